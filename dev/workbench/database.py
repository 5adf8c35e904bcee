"""Databases and their filestores on one server: create, copy, rename, drop."""

import json
import os
import shutil

import psycopg2
from psycopg2 import sql


class Databases:
    """The databases of a server together with the filestores of an Odoo data folder."""

    def __init__(self, server, data_dir):
        self.server = server
        self.data_dir = data_dir

    def names(self):
        return [row[0] for row in self._query("SELECT datname FROM pg_database")]

    def exists(self, name):
        return name in self.names()

    def create(self, name):
        """An empty database as Odoo itself makes one."""
        self._execute(
            "CREATE DATABASE {} ENCODING 'unicode' LC_COLLATE 'C' TEMPLATE template0", name
        )
        connection = self.server.connect(name)
        try:
            with connection.cursor() as cursor:
                cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        except psycopg2.errors.InsufficientPrivilege:
            pass  # a server of the user's may forbid extensions: Odoo works without
        finally:
            connection.close()

    def copy(self, source, target):
        """Copy database and filestore; nobody may be connected to `source`."""
        strategy = " STRATEGY FILE_COPY" if self._version() >= 150000 else ""
        self._execute("CREATE DATABASE {} TEMPLATE {}" + strategy, target, source)
        if self._filestore(source).exists():
            # Files are named by their content and never changed: links suffice.
            shutil.copytree(
                self._filestore(source), self._filestore(target), copy_function=_link_or_copy
            )

    def rename(self, source, target):
        self._execute("ALTER DATABASE {} RENAME TO {}", source, target)
        if self._filestore(source).exists():
            shutil.rmtree(self._filestore(target), ignore_errors=True)
            self._filestore(source).rename(self._filestore(target))

    def drop(self, name):
        """Drop database and filestore, ending sessions that are open on it."""
        self._execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        shutil.rmtree(self._filestore(name), ignore_errors=True)

    def drop_unused(self, name):
        """Drop like `drop`, but raise ObjectInUse when somebody is connected."""
        self._execute("DROP DATABASE IF EXISTS {}", name)
        shutil.rmtree(self._filestore(name), ignore_errors=True)

    def note(self, name):
        """What `set_note` kept with the database; {} if nothing."""
        rows = self._query(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s",
            [name],
        )
        try:
            return json.loads(rows[0][0]) if rows and rows[0][0] else {}
        except ValueError:
            return {}

    def set_note(self, name, note):
        """Keep a small dict with the database, as its comment."""
        connection = self.server.connect()
        with connection.cursor() as cursor:
            statement = sql.SQL("COMMENT ON DATABASE {} IS {}")
            cursor.execute(statement.format(sql.Identifier(name), sql.Literal(json.dumps(note))))
        connection.close()

    def _filestore(self, name):
        return self.data_dir / "filestore" / name

    def _version(self):
        return int(self._query("SHOW server_version_num")[0][0])

    def _query(self, statement, parameters=None):
        connection = self.server.connect()
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement, parameters)
                return cursor.fetchall()
        finally:
            connection.close()

    def _execute(self, statement, *names):
        connection = self.server.connect()
        try:
            with connection.cursor() as cursor:
                cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
        finally:
            connection.close()


def _link_or_copy(source, target):
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
