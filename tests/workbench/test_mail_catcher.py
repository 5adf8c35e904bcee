import smtplib
import threading
import urllib.error
import urllib.request
from email.message import EmailMessage

import pytest

from mail_catcher import MailCatcher, MailStore, page_server


@pytest.fixture
def catcher(tmp_path):
    with MailCatcher(tmp_path) as running:
        yield running


@pytest.fixture
def page(catcher):
    """Function that fetches a path of the catcher's page."""
    server = page_server(catcher.store, 0)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()

    def fetch(path, **headers):
        url = f"http://localhost:{server.server_port}{path}"
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as response:
            return response.read().decode(), response.headers

    yield fetch
    server.shutdown()
    thread.join()
    server.server_close()


def mail(subject="Reminder", to="debtor@example.com"):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "us@example.com", to, subject
    message.set_content("Please pay.")
    return message


def send(catcher, message):
    with smtplib.SMTP("127.0.0.1", catcher.port) as connection:
        connection.send_message(message)


def test_an_accepted_mail_is_a_file_with_its_envelope(catcher):
    send(catcher, mail("Zahlungserinnerung für März"))

    (found,) = catcher.messages()
    assert found["Subject"] == "Zahlungserinnerung für März"
    assert found["X-Envelope-To"] == "debtor@example.com"
    assert found.get_content().splitlines() == ["Please pay."]


def test_mails_are_listed_in_the_order_of_arrival(catcher):
    for number in range(5):
        send(catcher, mail(f"number {number}"))

    assert [found["Subject"] for found in catcher.messages()] == [f"number {n}" for n in range(5)]


def test_a_failure_asked_for_happens_once_and_keeps_nothing(catcher):
    catcher.fail_next(1, 451)

    with pytest.raises(smtplib.SMTPDataError) as refused:
        send(catcher, mail())
    assert refused.value.smtp_code == 451
    assert catcher.messages() == []

    send(catcher, mail())
    assert len(catcher.messages()) == 1


@pytest.mark.parametrize("code", [451, 550])
def test_recipients_matching_a_pattern_are_refused(catcher, code):
    catcher.reject("*@bounce.example", code)

    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        send(catcher, mail(to="someone@BOUNCE.example"))
    assert refused.value.recipients["someone@BOUNCE.example"][0] == code
    send(catcher, mail())
    assert len(catcher.messages()) == 1


def test_after_a_hang_up_the_sender_does_not_know_but_the_mail_is_there(catcher):
    catcher.hang_up_next()

    with pytest.raises((smtplib.SMTPException, OSError)):
        send(catcher, mail())
    assert len(catcher.messages()) == 1


def test_stopping_ends_an_open_conversation(tmp_path):
    with MailCatcher(tmp_path) as catcher:
        connection = smtplib.SMTP("127.0.0.1", catcher.port)
        connection.ehlo()

    with pytest.raises((smtplib.SMTPServerDisconnected, OSError)):
        connection.noop()
    connection.close()


def test_waiting_for_mails_that_do_not_come_fails(catcher):
    with pytest.raises(AssertionError, match="0 of 1 mails"):
        catcher.wait_for(1, seconds=0.1)


def test_unfinished_files_are_not_listed(tmp_path):
    store = MailStore(tmp_path)
    (tmp_path / ".20260101T000000.eml.part").write_bytes(b"half")

    assert store.names() == []


def test_only_names_of_mails_can_be_read(tmp_path):
    store = MailStore(tmp_path / "mail")
    (tmp_path / "secret.eml").write_text("x")

    for name in ("../secret.eml", "secret.eml", "/etc/passwd"):
        with pytest.raises(KeyError):
            store.raw(name)


def test_the_page_lists_the_newest_mail_first(catcher, page):
    send(catcher, mail("first"))
    send(catcher, mail("second <b>"))

    html, _ = page("/")
    assert html.index("second &lt;b&gt;") < html.index("first")


def test_the_page_shows_parts_and_hands_out_attachments(catcher, page):
    message = mail()
    message.add_alternative("<p>Please <b>pay</b>.</p>", subtype="html")
    message.add_attachment(
        b"%PDF-", maintype="application", subtype="pdf", filename="Mahnung ü.pdf"
    )
    send(catcher, message)
    (name,) = catcher.store.names()

    html, _ = page(f"/mail/{name}")
    assert "Mahnung ü.pdf" in html
    assert "<iframe sandbox" in html

    part, headers = page(f"/mail/{name}/html")
    assert "<b>pay</b>" in part
    assert "sandbox" in headers["Content-Security-Policy"]

    content, headers = page(f"/mail/{name}/part/2")
    assert content == "%PDF-"
    assert headers["Content-Disposition"].startswith("attachment")


def test_the_page_answers_to_no_foreign_name(page):
    with pytest.raises(urllib.error.HTTPError, match="403"):
        page("/", Host="evil.example")
