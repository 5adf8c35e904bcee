"""From the scheduled action to the customer's mailbox, on the demo company."""

import base64
import hashlib
import io
import time

import pypdf
import pytest

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@pytest.fixture
def client(new_database, odoo_server, mail_catcher, rpc):
    """Logged in as administrator, in a company that sends on any day of the week.

    What the demo company left on its desk is cancelled before another process, which
    runs the scheduled actions, could send it.
    """
    database = new_database()
    client = rpc(odoo_server(database, smtp_port=mail_catcher.port))
    left_over = [("state", "in", ("proposed", "reviewed", "approved", "sending"))]
    client.call(
        "debitor.dunning.run",
        "action_cancel",
        client.call("debitor.dunning.run", "search", left_over),
    )
    procedures = client.call("debitor.dunning.procedure", "search", [])
    every_day = {f"send_on_{day}": True for day in WEEKDAYS}
    client.call(
        "debitor.dunning.procedure",
        "write",
        procedures,
        {**every_day, "use_holidays": False, "pause_from": False, "pause_to": False},
    )
    odoo_server(database, smtp_port=mail_catcher.port, max_cron_threads=1)
    return client


def wait_until(condition, seconds=120):
    deadline = time.monotonic() + seconds
    while not (result := condition()):
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.5)
    return result


def run_nightly(client):
    """Let the scheduled action make its proposal and return the run's id."""
    before = client.call("debitor.dunning.run", "search", [])
    cron = client.call(
        "ir.model.data", "check_object_reference", "debitor_dunning", "ir_cron_nightly"
    )
    client.call("ir.cron", "method_direct_trigger", [cron[1]])
    domain = [("id", "not in", before), ("state", "=", "proposed")]
    [run] = wait_until(lambda: client.call("debitor.dunning.run", "search", domain))
    return run


def read_notices(client, domain):
    names = [
        "name", "state", "channel", "lang", "partner_id", "recipient_id", "amount_total", "amount_due",
        "message_ref", "letter_id", "letter_sha256", "line_ids", "currency_id", "problem",
        "deadline",
    ]  # fmt: skip
    return client.call("debitor.dunning.notice", "search_read", domain, fields=names)


def lines_of(client, notice, **conditions):
    domain = [("notice_id", "=", notice["id"]), ("is_included", "=", True)]
    domain += [(name, "=", value) for name, value in conditions.items()]
    names = ["move_id", "move_line_id", "amount_residual", "is_credit"]
    return client.call("debitor.dunning.notice.line", "search_read", domain, fields=names)


def pay(client, notice, amount):
    """Register a payment on the first invoice of a notice, through Odoo's own dialog."""
    move = lines_of(client, notice, is_credit=False)[0]["move_id"][0]
    context = {"active_model": "account.move", "active_ids": [move]}
    wizard = client.call(
        "account.payment.register",
        "create",
        {"amount": amount, "payment_difference_handling": "open"},
        context=context,
    )
    client.call("account.payment.register", "action_create_payments", [wizard], context=context)


def send(client, run):
    wizard = client.call("debitor.dunning.send", "create", {"run_id": run, "send_at_once": True})
    client.call("debitor.dunning.send", "action_confirm", [wizard])


def letter_text(content):
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)


def attachments_of(message):
    return {
        part.get_filename(): part.get_payload(decode=True) for part in message.iter_attachments()
    }


def test_from_the_scheduled_action_to_the_mailbox(client, mail_catcher):
    run = run_nightly(client)
    proposed = read_notices(client, [("run_id", "=", run), ("state", "=", "proposed")])
    by_mail = [one for one in proposed if one["channel"] == "email"]
    assert len(by_mail) >= 5
    client.call("debitor.dunning.run", "action_approve", [run])

    # between approval and sending: one customer pays a part, another gets a block
    euro = [one for one in by_mail if one["currency_id"][1] == "EUR" and one["amount_total"] > 100]
    part_paid, blocked = euro[0], euro[1]
    pay(client, part_paid, 10)
    [reason] = client.call("debitor.dunning.block.reason", "search", [], limit=1)
    client.call(
        "debitor.dunning.block",
        "create",
        {"partner_id": blocked["partner_id"][0], "reason_id": reason, "note": "asked for time"},
    )
    send(client, run)
    wait_until(
        lambda: (
            not read_notices(
                client, [("run_id", "=", run), ("state", "in", ("approved", "queued", "sending"))]
            )
        )
    )

    notices = {one["id"]: one for one in read_notices(client, [("run_id", "=", run)])}
    sent = [one for one in notices.values() if one["state"] == "sent"]
    assert notices[blocked["id"]]["state"] == "blocked"
    assert "asked for time" in notices[blocked["id"]]["problem"]
    after = notices[part_paid["id"]]
    assert after["state"] == "sent"
    assert after["amount_total"] == pytest.approx(part_paid["amount_total"] - 10)
    # Each notice sent is one message, no more and no less.
    messages = {message["Message-Id"].strip(): message for message in mail_catcher.messages()}
    assert len(mail_catcher.messages()) == len(messages)
    assert set(messages) == {one["message_ref"] for one in sent}
    for notice in sent:
        check_mail(client, notice, messages[notice["message_ref"]])


def check_mail(client, notice, message):
    """The letter in the mail is the one that is kept, and says what the notice says."""
    [attachment] = client.call(
        "ir.attachment", "read", [notice["letter_id"][0]], fields=["name", "datas"]
    )
    kept = base64.b64decode(attachment["datas"])
    assert hashlib.sha256(kept).hexdigest() == notice["letter_sha256"]
    assert attachments_of(message)[attachment["name"]] == kept
    text = letter_text(kept).replace("−", "-")  # printed with a true minus sign
    body = message.get_body(("plain",)).get_content()
    for line in lines_of(client, notice):
        assert format_amount(line["amount_residual"], notice["lang"]) in text
        for number in invoice_numbers(client, line):
            assert number in text
            assert number in body
    assert format_amount(notice["amount_due"], notice["lang"]) in text
    is_german = notice["lang"].startswith("de")
    assert ("Rechnung" in text) == is_german
    [recipient] = client.call("res.partner", "read", [notice["recipient_id"][0]], fields=["email"])
    assert recipient["email"] in message["To"]


def invoice_numbers(client, line):
    """The number of an invoice or credit note; a payment's means nothing to the customer."""
    [move] = client.call("account.move", "read", [line["move_id"][0]], fields=["name", "move_type"])
    return [move["name"]] if move["move_type"] != "entry" else []


def format_amount(amount, lang):
    text = f"{amount:,.2f}"
    return text.translate(str.maketrans(",.", ".,")) if lang.startswith("de") else text


def test_a_mail_server_that_is_down_leaves_notices_waiting(client, mail_catcher):
    run = run_nightly(client)
    client.call("debitor.dunning.run", "action_approve", [run])
    mail_catcher.stop()
    send(client, run)
    waiting = [("run_id", "=", run), ("channel", "=", "email"), ("state", "=", "queued")]
    wait_until(lambda: all(one["problem"] for one in read_notices(client, waiting)))

    mail_catcher.start()
    cron = client.call("ir.model.data", "check_object_reference", "debitor_dunning", "ir_cron_send")
    client.call("ir.cron", "method_direct_trigger", [cron[1]])

    wait_until(lambda: not read_notices(client, waiting))
    sent = read_notices(client, [("run_id", "=", run), ("state", "=", "sent")])
    assert len(sent) == len(mail_catcher.messages()) > 0


def test_refused_and_broken_off_messages_show_and_are_never_resent_silently(client, mail_catcher):
    run = run_nightly(client)
    client.call("debitor.dunning.run", "action_approve", [run])
    mail_catcher.hang_up_next()
    send(client, run)
    in_doubt = [("run_id", "=", run), ("state", "=", "in_doubt")]
    [doubtful] = wait_until(lambda: read_notices(client, in_doubt))
    wait_until(lambda: not read_notices(client, [("run_id", "=", run), ("state", "=", "queued")]))
    refs = [message["Message-Id"].strip() for message in mail_catcher.messages()]
    assert refs.count(doubtful["message_ref"]) == 1
    assert doubtful["problem"]

    client.call("debitor.dunning.notice", "action_send_again", [doubtful["id"]])
    wait_until(lambda: not read_notices(client, in_doubt))
    wait_until(lambda: read_notices(client, [("id", "=", doubtful["id"]), ("state", "=", "sent")]))
    refs = [message["Message-Id"].strip() for message in mail_catcher.messages()]
    assert refs.count(doubtful["message_ref"]) == 2, "the resend carries the same Message-ID"
