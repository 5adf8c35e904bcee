"""A mail server that delivers nothing: it keeps every message as a file.

As a program it also serves a page that shows the mails. In tests:

    with MailCatcher(folder) as catcher:
        catcher.reject("*@bounce.example", 550)
        ...
        (message,) = catcher.messages()
"""

import argparse
import asyncio
import email
import email.policy
import fnmatch
import itertools
import os
import re
import signal
import sys
import threading
import time
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote, unquote

from aiosmtpd.smtp import SMTP

HOST = "127.0.0.1"
SIZE_LIMIT = 64 * 1024 * 1024
TEXTS = {
    421: "4.3.2 Service not available",
    450: "4.2.1 Mailbox busy",
    451: "4.3.0 Try again later",
    452: "4.2.2 Mailbox full",
    550: "5.1.1 No such mailbox",
    552: "5.2.2 Mailbox full",
    554: "5.7.1 Refused",
}


class MailStore:
    """A folder of `.eml` files whose names sort by arrival."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self._counter = itertools.count(1)

    def save(self, content, sender="", recipients=()):
        """Keep one message for good; return its name.

        The envelope goes into X-Envelope headers: it names the real recipients.
        """
        now = time.time_ns()
        stamp = time.strftime("%Y%m%dT%H%M%S", time.gmtime(now // 10**9))
        name = f"{stamp}.{now % 10**9:09d}-{os.getpid()}-{next(self._counter):06d}.eml"
        envelope = f"X-Envelope-From: {sender}\r\nX-Envelope-To: {', '.join(recipients)}\r\n"
        unfinished = self.folder / f".{name}.part"
        with unfinished.open("wb") as handle:
            handle.write(envelope.encode("utf-8") + content)
            handle.flush()
            os.fsync(handle.fileno())
        unfinished.rename(self.folder / name)
        self._sync_folder()
        return name

    def _sync_folder(self):
        descriptor = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def names(self):
        """Names of all messages, oldest first."""
        return sorted(path.name for path in self.folder.glob("[!.]*.eml"))

    def raw(self, name):
        """The content of one file. Raises KeyError for an unknown name."""
        if not re.fullmatch(r"\w[\w.-]*\.eml", name) or not (self.folder / name).is_file():
            raise KeyError(name)
        return (self.folder / name).read_bytes()

    def message(self, name):
        return email.message_from_bytes(self.raw(name), policy=email.policy.default)

    def messages(self):
        """All messages as `email.message.EmailMessage`, oldest first."""
        return [self.message(name) for name in self.names()]

    def clear(self):
        for name in self.names():
            (self.folder / name).unlink()


class MailCatcher:
    """An SMTP server on a port of its own (0: any free one), in a thread."""

    def __init__(self, folder, port=0, delay=0.0):
        self.store = MailStore(folder)
        self.port = port
        self.delay = delay
        self._failures = []
        self._hang_ups = 0
        self._rejections = {}
        self._loop = None
        self._thread = None
        self._server = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    # what tests ask of it

    def fail_next(self, count=1, code=451):
        """Refuse the next messages after their content was sent."""
        self._failures += [code] * count

    def hang_up_next(self, count=1):
        """Keep the next messages but cut the line before answering.

        The sender cannot know whether they arrived.
        """
        self._hang_ups += count

    def reject(self, pattern, code=550):
        """Refuse recipients that match a shell pattern such as `*@bounce.example`."""
        self._rejections[pattern.lower()] = code

    def accept_all(self):
        """Forget all failures, hang-ups and rejections asked for."""
        self._failures.clear()
        self._hang_ups = 0
        self._rejections.clear()

    def messages(self):
        return self.store.messages()

    def clear(self):
        self.store.clear()

    def wait_for(self, count, seconds=30):
        """The messages, once there are `count`. Raises AssertionError if that takes too long."""
        deadline = time.monotonic() + seconds
        while len(self.store.names()) < count:
            if time.monotonic() > deadline:
                found = len(self.store.names())
                raise AssertionError(f"{found} of {count} mails arrived within {seconds} s")
            time.sleep(0.05)
        return self.messages()

    # life

    def start(self):
        self._loop = asyncio.new_event_loop()
        self._server = self._loop.run_until_complete(
            self._loop.create_server(self._protocol, HOST, self.port)
        )
        self.port = self._server.sockets[0].getsockname()[1]
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        return self

    def stop(self):
        """Close the port and end conversations that are still going on."""
        asyncio.run_coroutine_threadsafe(self._end_conversations(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _end_conversations(self):
        self._server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def _protocol(self):
        return SMTP(
            self,
            hostname="localhost",
            enable_SMTPUTF8=True,
            data_size_limit=SIZE_LIMIT,
            loop=self._loop,
        )

    # hooks that aiosmtpd calls by name

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802
        for pattern, code in self._rejections.items():
            if fnmatch.fnmatch(address.lower(), pattern):
                return _answer(code)
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server, _session, envelope):  # noqa: N802
        if self.delay:
            await asyncio.sleep(self.delay)
        if self._failures:
            return _answer(self._failures.pop(0))
        self.store.save(envelope.original_content, envelope.mail_from, envelope.rcpt_tos)
        if self._hang_ups:
            self._hang_ups -= 1
            server.transport.abort()
        return "250 2.0.0 OK, kept"


def _answer(code):
    return f"{code} {TEXTS.get(code, '4.0.0 Refused' if code < 500 else '5.0.0 Refused')}"


# the page

STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem;
       padding: 0 1rem; color: #222; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .4rem .8rem .4rem 0; border-bottom: 1px solid #ddd;
         vertical-align: top; }
iframe { width: 100%; height: 36rem; border: 1px solid #ccc; }
pre { white-space: pre-wrap; background: #f6f6f6; padding: 1rem; }
"""


def _page(title, body):
    return (
        "<!doctype html><html lang='en'><head><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width'>"
        f"<title>{escape(title)}</title><style>{STYLE}</style></head>"
        f"<body><h1>{escape(title)}</h1>{body}</body></html>"
    )


def _leaves(message):
    """The parts that carry content, numbered as in the addresses of the page."""
    return [part for part in message.walk() if not part.is_multipart()]


def _is_attachment(part):
    return bool(part.get_filename()) or part.get_content_disposition() == "attachment"


def _text_of(message, kind):
    part = message.get_body(preferencelist=(kind,))
    return part.get_content() if part is not None else None


def list_page(store):
    rows = []
    for name in reversed(store.names()):
        message = store.message(name)
        subject = message["Subject"] or "(no subject)"
        rows.append(
            f"<tr><td>{escape(message['Date'] or '')}</td><td>{escape(message['From'] or '')}</td>"
            f"<td>{escape(message['To'] or message['X-Envelope-To'] or '')}</td>"
            f"<td><a href='/mail/{quote(name)}'>{escape(subject)}</a></td></tr>"
        )
    if not rows:
        return _page("Caught mails", "<p>No mail yet.</p>")
    head = "<tr><th>Date</th><th>From</th><th>To</th><th>Subject</th></tr>"
    return _page("Caught mails", f"<table>{head}{''.join(rows)}</table>")


def mail_page(store, name):
    message = store.message(name)
    base = f"/mail/{quote(name)}"
    headers = ("Date", "From", "To", "Cc", "Reply-To", "X-Envelope-To", "Message-Id")
    rows = "".join(
        f"<tr><th>{header}</th><td>{escape(str(message[header]))}</td></tr>"
        for header in headers
        if message[header]
    )
    body = [
        f"<p><a href='/'>All mails</a> · <a href='{base}/raw'>Source</a></p><table>{rows}</table>"
    ]
    attachments = [
        f"<li><a href='{base}/part/{number}'>{escape(part.get_filename() or part.get_content_type())}"
        f"</a> ({len(part.get_payload(decode=True) or b'')} bytes)</li>"
        for number, part in enumerate(_leaves(message))
        if _is_attachment(part)
    ]
    if attachments:
        body.append(f"<h2>Attachments</h2><ul>{''.join(attachments)}</ul>")
    if _text_of(message, "html") is not None:
        body.append(f"<h2>HTML</h2><iframe sandbox src='{base}/html'></iframe>")
    if (text := _text_of(message, "plain")) is not None:
        body.append(f"<h2>Text</h2><pre>{escape(text)}</pre>")
    return _page(message["Subject"] or "(no subject)", "".join(body))


def html_part(store, name):
    """The HTML part with its embedded pictures turned into addresses of this page."""
    message = store.message(name)
    html = _text_of(message, "html") or ""
    for number, part in enumerate(_leaves(message)):
        if content_id := part.get("Content-Id"):
            html = html.replace(
                f"cid:{content_id.strip('<>')}", f"/mail/{quote(name)}/part/{number}"
            )
    return html


class _PageHandler(BaseHTTPRequestHandler):
    store: MailStore

    def do_GET(self):
        if self.headers.get("Host", "").rsplit(":", 1)[0] not in ("localhost", HOST):
            # A foreign page could otherwise read the mails through a name of its own.
            self.send_error(HTTPStatus.FORBIDDEN)
            return
        try:
            self._route([unquote(part) for part in self.path.split("?")[0].split("/") if part])
        except (KeyError, IndexError, ValueError):
            self.send_error(HTTPStatus.NOT_FOUND)

    def _route(self, path):
        match path:
            case []:
                self._send(list_page(self.store))
            case ["mail", name]:
                self._send(mail_page(self.store, name))
            case ["mail", name, "html"]:
                policy = (
                    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:"
                )
                self._send(html_part(self.store, name), **{"Content-Security-Policy": policy})
            case ["mail", name, "raw"]:
                self._send(self.store.raw(name), "text/plain; charset=utf-8")
            case ["mail", name, "part", number]:
                self._send_part(_leaves(self.store.message(name))[int(number)])
            case _:
                raise KeyError(self.path)

    def _send_part(self, part):
        filename = quote(part.get_filename() or "part")
        disposition = f"attachment; filename*=UTF-8''{filename}"
        content = part.get_payload(decode=True) or b""
        self._send(content, part.get_content_type(), **{"Content-Disposition": disposition})

    def _send(self, content, content_type="text/html; charset=utf-8", **headers):
        data = content.encode("utf-8", "replace") if isinstance(content, str) else content
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("X-Content-Type-Options", "nosniff")
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        """Visits of the page are of no interest."""


def page_server(store, port):
    """A web server, not yet serving, for the page of a store."""
    handler = type("PageHandler", (_PageHandler,), {"store": store})
    return ThreadingHTTPServer((HOST, port), handler)


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--smtp-port", type=int, default=8025)
    parser.add_argument("--http-port", type=int, default=8026)
    parser.add_argument("--folder", default="var/mail")
    parser.add_argument("--delay", type=float, default=0, help="seconds before each answer")
    parser.add_argument("--fail-next", type=int, default=0, metavar="N")
    parser.add_argument("--fail-code", type=int, default=451)
    parser.add_argument("--hang-up-next", type=int, default=0, metavar="N")
    parser.add_argument(
        "--reject",
        action="append",
        default=[],
        metavar="PATTERN=CODE",
        help="refuse recipients, e.g. '*@bounce.example=550'",
    )
    options = parser.parse_args(arguments)

    catcher = MailCatcher(options.folder, options.smtp_port, options.delay)
    catcher.fail_next(options.fail_next, options.fail_code)
    catcher.hang_up_next(options.hang_up_next)
    for rule in options.reject:
        pattern, _, code = rule.partition("=")
        catcher.reject(pattern, int(code or 550))

    pages = page_server(catcher.store, options.http_port)
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    with catcher:
        threading.Thread(target=pages.serve_forever, daemon=True).start()
        ended.wait()
        pages.shutdown()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
