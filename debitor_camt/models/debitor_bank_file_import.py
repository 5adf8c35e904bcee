import hashlib
import logging

import psycopg2
from odoo import api, models
from odoo.exceptions import ConcurrencyError, UserError
from odoo.tools import mute_logger

from ..core.checks import CONNECTION
from ..core.errors import CamtError, UnreadableFile
from ..core.reading import read_messages
from .matching.debitor_match_reader import MatchSession

_logger = logging.getLogger(__name__)

# A file that is larger, or has more transactions, is imported in the background.
INLINE_BYTES = 1_000_000
INLINE_TRANSACTIONS = 200
# Lines made in one transaction: large enough that statements don't count, short enough for
# the time limits of workers.
CHUNK_SIZE = 500
_AT_WORK = ("new", "importing")
# Whoever began starts over, and then sees what the others have written.
_STARTS_OVER = (psycopg2.OperationalError, ConcurrencyError)


class DebitorBankFile(models.Model):
    """How a file comes in, and is imported step by step."""

    _inherit = "debitor.bank.file"

    # ------------------------------------------------------------------
    # Coming in
    # ------------------------------------------------------------------

    @api.model
    def import_files(self, files, source="program", **vals):
        """Import bank files into the current company; one that fails never harms the others.

        :param files: list of ``(name, bytes)``
        :param vals: more facts of where they came from, e.g. ``sender``
        :return: their records in the same order, of a file that came before its old one;
            see ``state`` and ``problem_text``
        """
        self._check_may("account.group_account_invoice")
        found = self.browse()
        for name, content in files:
            file = self._receive(name, content, source=source, **vals)
            if file.state == "new":
                file._import_now_or_later()
            found += file
        return found

    def create_document_from_attachment(self, attachment_ids):
        """Import uploaded attachments and show what became of them; called by the client."""
        self._check_may("account.group_account_invoice")
        attachments = self.env["ir.attachment"].browse(attachment_ids)
        attachments.check_access("read")
        contents = [(one.name, one.raw or b"") for one in attachments]
        self._drop_uploaded(attachments)
        return self.import_files(contents, source="upload")._get_report_action()

    def _drop_uploaded(self, attachments):
        """Delete what the client has uploaded: each file keeps its original itself."""
        attachments.filtered(
            lambda one: one.create_uid == self.env.user and not one.res_model
        ).sudo().unlink()  # of the user's own making, and nobody else's

    @api.model
    def _receive(self, name, content, **vals):
        """Return the record of a file, a new one or that of the same file which came before."""
        digest = hashlib.sha256(content).hexdigest()
        old = self.sudo().search(  # whoever may import may know that it is there
            [
                ("company_id", "=", self.env.company.id),
                ("sha256", "=", digest),
                ("state", "!=", "cancelled"),
            ]
        )
        if not old:
            return self._create_file(self._prepare_file_vals(name, content, digest) | vals, content)
        old.repeat_count += 1
        if old.state == "failed":
            old._start_again()
        return old.sudo(self.env.su)

    def _prepare_file_vals(self, name, content, digest):
        return {
            "name": (name or "").replace("\\", "/").rsplit("/", 1)[-1] or self.env._("Bank file"),
            "company_id": self.env.company.id,
            "user_id": self.env.uid,
            "sha256": digest,
            "size": len(content),
        }

    def _create_file(self, vals, content):
        # Closed to users, so that a file says nothing but what came.
        Files = self.sudo().with_context(mail_create_nosubscribe=True, mail_create_nolog=True)
        try:
            with self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                file = Files.create(vals)
        except psycopg2.errors.UniqueViolation as error:
            # The same file is being imported elsewhere: start over, and find it as known.
            raise ConcurrencyError(str(error)) from error
        file.attachment_id = (
            self.env["ir.attachment"]
            .sudo()  # the user may import without having the right to make attachments here
            .create(
                {
                    "name": file.name,
                    "raw": content,
                    "res_model": self._name,
                    "res_id": file.id,
                    "company_id": file.company_id.id,
                    "mimetype": "application/octet-stream",
                }
            )
        )
        return file.sudo(self.env.su)

    # ------------------------------------------------------------------
    # Step by step
    # ------------------------------------------------------------------

    def _start_again(self):
        """Let a file that failed be read, or be worked on from where it stopped."""
        self._note(state="importing" if self.sudo().sheet_ids else "new", problem=False)

    def _import_now_or_later(self):
        """Import a small file at once, and let the scheduled action take a large one."""
        file = self._with_match_session()
        if file.state == "new" and file.size <= INLINE_BYTES:
            file._step(limit=INLINE_TRANSACTIONS)
        elif file.state == "importing":
            file._step()
        while file.state == "importing":
            file._step()
        if file.state == "new":
            self.env.ref("debitor_camt.ir_cron_import").sudo()._trigger()

    def _with_match_session(self):
        """Return this file, whose statements are matched with one index of open items."""
        return self.with_context(debitor_match_session=MatchSession())

    def _step(self, limit=None):
        """Read the file, or import its next sheet or chunk; whatever goes wrong is noted."""
        self.ensure_one()
        if self.state == "new":
            problem = self._attempt(lambda: self._read(limit))
            if problem:
                self._note(state="failed", problem=problem)
            return
        sheets = self.sudo().sheet_ids.filtered(lambda one: one.state in ("waiting", "importing"))
        if not sheets:
            self._finish()
            return
        sheet = sheets.sorted(lambda one: (one.state != "importing", one.sequence))[0]
        problem = self._attempt(lambda: sheet._advance(CHUNK_SIZE))
        if problem:
            sheet._hold([problem])

    def _attempt(self, step):
        """Do a step for itself, or not at all; return the problem ``{"code", "values"}``, if any."""
        try:
            with self.env.cr.savepoint():
                step()
            return None
        except _STARTS_OVER:
            raise
        except psycopg2.errors.UniqueViolation as error:
            raise ConcurrencyError(str(error)) from error  # somebody else was faster
        except CamtError as error:
            values = {name: str(value) for name, value in error.values.items()}
            problem = {"code": error.code, "values": values}
        except UserError as error:
            problem = {"code": "user_error", "values": {"reason": str(error)}}
        except Exception as error:
            _logger.exception("Bank file %s could not be imported", self.id)
            problem = {"code": "unexpected", "values": {"reason": type(error).__name__}}
        if session := self.env.context.get("debitor_match_session"):
            session.forget()  # what it settled was taken back with the savepoint
        return problem

    def _read(self, limit=None):
        """Turn the file into sheets with transactions, unless it has more than ``limit``."""
        content = self.sudo().attachment_id.raw
        if not content:
            raise UnreadableFile("empty")
        messages = read_messages(content, self.name)
        count = sum(len(one.transactions) for message in messages for one in message.statements)
        if limit is not None and count > limit:
            return
        self.env["debitor.bank.sheet"].sudo()._create_from_messages(self, messages)
        self._note(state="importing")

    def _finish(self):
        """Match what was imported, and say whether somebody must decide on something."""
        self._match_lines()
        self._note_end()
        if not self.env.context.get("debitor_is_looking_again"):
            self._get_connecting_sheets()._look_again_in_order()

    def _get_connecting_sheets(self):
        """Return statements in quarantine that waited for what this file has brought."""
        journals = self.sudo().sheet_ids.filtered(lambda one: one.state == "imported").journal_id
        held = (
            self.env["debitor.bank.sheet"]
            .sudo()
            .search([("journal_id", "in", journals.ids), ("state", "=", "quarantine")])
        )
        return held.filtered(lambda one: {item["code"] for item in one.problems} <= CONNECTION)

    def _note_end(self):
        """Set the state that follows from the sheets once none is left to import."""
        for file in self.sudo():
            states = set(file.sheet_ids.mapped("state"))
            if not states & {"waiting", "importing"}:
                file._note(state="attention" if "quarantine" in states else "done")

    def _match_lines(self):
        """Let the new lines be matched; if that fails, they are there and wait for a person."""
        lines = self.sudo().line_ids.filtered(
            lambda line: line.state == "posted" and not line.is_reconciled
        )
        try:
            with self.env.cr.savepoint():
                lines._match_imported_lines()
        except _STARTS_OVER:
            raise
        except Exception:
            _logger.exception("The lines of bank file %s could not be matched", self.id)
            self.sudo().message_post(
                body=self.env._("The transactions were imported, but could not be matched.")
            )

    @api.model
    def _cron_import(self):
        """Import what waits, in steps that each end with a commit."""
        Cron = self.env["ir.cron"]
        files = self.search([("state", "in", _AT_WORK)], order="id")
        Cron._commit_progress(remaining=len(files))
        for one in files:
            file = one.try_lock_for_update().with_company(one.company_id)
            file = file._with_match_session()
            while file and file.state in _AT_WORK:
                try:
                    file._step()
                except _STARTS_OVER:
                    self.env.cr.rollback()
                    break  # another worker was faster: its turn comes again
                if not Cron._commit_progress(int(file.state not in _AT_WORK)):
                    return
                file = file.try_lock_for_update()
