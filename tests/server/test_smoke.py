"""The shortest way through the whole house: is anything broken at all?"""

import pytest

from workbench import addons
from workbench.json_rpc import RemoteError


@pytest.fixture
def server(new_database, odoo_server):
    return odoo_server(new_database())


def test_our_addons_are_installed_and_german_is_there(server, rpc):
    client = rpc(server)

    installed = client.call(
        "ir.module.module",
        "search_read",
        [("name", "=like", "debitor%"), ("state", "=", "installed")],
        fields=["name"],
    )
    assert sorted(module["name"] for module in installed) == addons.names()
    assert client.call("res.lang", "search_count", [("code", "in", ["de_DE", "en_US"])]) == 2


def test_a_wrong_password_is_refused(server, rpc):
    with pytest.raises(RemoteError, match="Access Denied"):
        rpc(server, "admin", "wrong")


def test_mail_arrives_in_the_catcher(new_database, odoo_server, rpc, mail_catcher):
    client = rpc(odoo_server(new_database(), smtp_port=mail_catcher.port))
    values = {
        "subject": "Hello",
        "email_from": "us@example.com",
        "email_to": "you@example.com",
        "body_html": "<p>Grüße</p>",
    }

    mail = client.call("mail.mail", "create", values)
    client.call("mail.mail", "send", [mail])

    (message,) = mail_catcher.wait_for(1)
    assert message["To"] == "you@example.com"
    assert "Grüße" in message.get_body(("html",)).get_content()


def test_the_web_client_opens_without_an_error(server, log_in):
    page = log_in(server)

    assert page.title()
    assert page.console_errors == []


def test_a_killed_server_starts_again(server, rpc):
    server.kill()
    server.start()

    assert rpc(server).user_id
