"""Hand a message to the mail server and tell what became of it.

A mail server that breaks off in the middle leaves open whether it took the message.
Odoo's own exceptions don't tell that apart from a refusal, so it is told apart here.
"""

import logging
import smtplib

_logger = logging.getLogger(__name__)

_OK = 250
_PERMANENT = 500


class ServerUnreachable(Exception):
    """No connection: nothing was sent, try again later."""


class MessageRefused(Exception):
    """The server said no; ``is_permanent`` tells whether trying again makes sense."""

    def __init__(self, text, is_permanent):
        super().__init__(text)
        self.is_permanent = is_permanent


class OutcomeUnknown(Exception):
    """The connection broke while the message was handed over."""


class MailSession:
    """One connection to the mail server for many messages, opened with the first one."""

    def __init__(self, env):
        self._server = env["ir.mail_server"].sudo()  # mail servers are closed to users
        self._connections = {}
        self._unreachable = {}

    def connect(self, email_from):
        """Return a connection for this sender; raise ServerUnreachable where there is none.

        A server that can't be reached is asked once a session, not once a message.
        """
        if email_from in self._unreachable:
            raise ServerUnreachable(self._unreachable[email_from])
        connection = self._connections.get(email_from)
        if connection is not None and _is_alive(connection):
            return connection
        try:
            connection = self._server._connect__(smtp_from=email_from)
        except Exception as error:
            # smtplib, ssl, socket and Odoo's UserError all mean the same before a message is sent
            self._unreachable[email_from] = str(error)
            raise ServerUnreachable(str(error)) from error
        self._connections[email_from] = connection
        return connection

    def send(self, message):
        """Send one EmailMessage; return normally only when the server took it."""
        connection = self.connect(message["From"])
        try:
            self._server.send_email(message, smtp_session=connection)
        except Exception as error:
            # Whatever went wrong, the next message gets a connection that works.
            _end(self._connections.pop(message["From"]), "close")
            raise _classify(error) from error

    def close(self):
        for connection in self._connections.values():
            _end(connection, "quit")
        self._connections = {}


def _is_alive(connection):
    try:
        code, _reply = connection.noop()
    except (OSError, smtplib.SMTPException):
        return False
    return code == _OK


def _end(connection, way):
    if connection is None:  # Odoo gives none while its tests run
        return
    try:
        getattr(connection, way)()
    except (OSError, smtplib.SMTPException):
        _logger.debug("The mail server had closed the connection already.")


def _classify(error):
    """Return the exception of this module that says what ``error`` means."""
    # Odoo wraps what smtplib raised in a MailDeliveryException.
    cause = error
    while cause is not None and not isinstance(cause, smtplib.SMTPException | OSError):
        cause = cause.__cause__ or cause.__context__
    if isinstance(cause, smtplib.SMTPRecipientsRefused):
        code, text = next(iter(cause.recipients.values()))
        return MessageRefused(_as_text(text), code >= _PERMANENT)
    if isinstance(cause, smtplib.SMTPResponseException):
        return MessageRefused(_as_text(cause.smtp_error), cause.smtp_code >= _PERMANENT)
    if cause is None or isinstance(cause, smtplib.SMTPNotSupportedError):
        # raised before anything was sent: a bad address, a message that can't be built
        return MessageRefused(str(error), is_permanent=True)
    return OutcomeUnknown(str(cause))


def _as_text(reply):
    return reply.decode("utf-8", "replace") if isinstance(reply, bytes) else str(reply)
