"""Fixtures for tests against real databases, Odoo processes, mail and a browser.

Templates are made once per content of the addons and copied for each test.
`make test PART=server` runs these tests; inside the environment pytest alone does too.
"""

import itertools
import os
import re
import shutil
import sys

import pytest

from mail_catcher import MailCatcher
from workbench import odoo_source, paths, system_packages
from workbench.json_rpc import JsonRpc
from workbench.lab import HOME, Lab
from workbench.odoo_process import OdooCommand, OdooServer, free_port

LOGS = paths.LOGS / "test"

BROWSER_FLAGS = (
    "--disable-dev-shm-usage",  # /dev/shm is small in containers
    "--disable-gpu",
    "--disable-extensions",
    "--disable-background-networking",
    "--mute-audio",
    "--no-first-run",
)


@pytest.fixture(scope="session")
def lab():
    """Server, templates and copies; see workbench.lab.Lab."""
    opened = Lab(odoo_source.ensure()).open()
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def pg(lab):
    """The PostgreSQL server: host, port, user, .environment(), .connect(database)."""
    return lab.server


@pytest.fixture(scope="session")
def demo_template(lab):
    """Name of the template with all our addons and the demo company."""
    return lab.templates.demo()


@pytest.fixture(scope="session")
def installed_template(lab):
    """Name of the template with all our addons and no business data."""
    return lab.templates.installed()


@pytest.fixture
def new_database(lab, request):
    """new_database(template=None) -> name of a fresh copy with its filestore.

    The demo template is the default. Copies are dropped after the test, unless
    DEBITOR_KEEP=1.
    """
    names = []

    def create(template=None):
        source = template or request.getfixturevalue("demo_template")
        names.append(lab.new_database(source, "server"))
        return names[-1]

    yield create
    for name in names:
        lab.drop(name)


@pytest.fixture
def odoo_server(lab, request):
    """odoo_server(database, port=None, options=(), start=True, **settings) -> OdooServer.

    A real Odoo process: `.url`, `.port`, `.pid`, `.log` (path), `.log_text()`,
    `.start()`, `.stop()`, `.kill()`. `settings` are lines of odoo.conf, such as
    smtp_port=catcher.port or max_cron_threads=1 (0 unless given). Several servers
    may serve one database.
    """
    servers = []
    label = re.sub(r"\W+", "-", request.node.name)[:60]

    def create(database, port=None, options=(), start=True, **settings):
        number = len(servers) + 1
        command = OdooCommand(
            lab.odoo.source,
            lab.server,
            HOME,
            f"odoo-{os.getpid()}-{database}-{number}.conf",
            **{**lab.odoo.extra_settings, **settings},
        )
        log = LOGS / f"server-{label}-{number}.log"
        log.unlink(missing_ok=True)
        server = OdooServer(command, database, port or free_port(), log, options)
        servers.append(server)
        return server.start() if start else server

    yield create
    for server in servers:
        server.stop()
        server.command.config.unlink(missing_ok=True)


@pytest.fixture
def mail_catcher(tmp_path):
    """A running MailCatcher; give its .port to a server as smtp_port."""
    with MailCatcher(tmp_path / "mail") as catcher:
        yield catcher


@pytest.fixture
def rpc():
    """rpc(server, login="admin", password=None) -> JsonRpc, logged in.

    client.call("res.partner", "search_read", [], fields=["name"]); an exception of
    Odoo's becomes a RemoteError. The password is the login unless given.
    """

    def connect(server, login="admin", password=None):
        return JsonRpc(server.url, server.database).log_in(login, password or login)

    return connect


@pytest.fixture(scope="session")
def browser():
    """Playwright's Chromium, the system's one; skipped where there is none."""
    executable = next(filter(None, map(shutil.which, system_packages.CHROMIUM_NAMES)), None)
    if executable is None:
        pytest.skip("Chromium is not installed")
    from playwright.sync_api import sync_playwright

    flags = list(BROWSER_FLAGS)
    if sys.platform == "linux" and os.geteuid() == 0:
        flags.append("--no-sandbox")  # Chromium's sandbox refuses root
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=executable, args=flags)
        yield running
        running.close()


@pytest.fixture
def log_in(browser, request):
    """log_in(server, login="admin", password=None, **context) -> Page in the web client.

    `context` goes to browser.new_context: viewport=…, locale="de-DE". Errors of the
    page's console are collected in `page.console_errors`.
    """
    contexts = []
    numbers = itertools.count(1)

    def open_page(server, login="admin", password=None, **options):
        context = browser.new_context(**{"viewport": {"width": 1366, "height": 900}, **options})
        contexts.append(context)
        page = context.new_page()
        page.console_errors = []
        page.on("console", lambda line: _collect(page, line))
        page.goto(f"{server.url}/web/login")
        page.fill("input[name=login]", login)
        page.fill("input[name=password]", password or login)
        page.click("button[type=submit]")
        page.wait_for_selector(".o_main_navbar", timeout=60_000)
        return page

    yield open_page
    failed = getattr(request.node, "failed", False)
    for context in contexts:
        if failed:
            for page in context.pages:
                name = re.sub(r"\W+", "-", request.node.name)[:60]
                page.screenshot(path=LOGS / f"failed-{name}-{next(numbers)}.png")
        context.close()


def _collect(page, line):
    if line.type == "error":
        page.console_errors.append(line.text)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    report = yield
    if report.when == "call" and report.failed:
        item.failed = True
    return report
