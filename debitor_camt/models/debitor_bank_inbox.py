import logging
import time
from pathlib import Path

from odoo import api, models
from odoo.tools import config

from ..tools.inbox import Inbox, UnsafeFile

_logger = logging.getLogger(__name__)

# Name of the option in the server's configuration file.
OPTION = "debitor_camt_inbox"
# Larger files are no bank's.
SIZE_LIMIT = 256 * 1024 * 1024


class DebitorBankInbox(models.AbstractModel):
    """The folder from which bank files are taken by themselves.

    Below the folder of the option there is one for each database, and in it one for each
    company, named by its id: ``<folder>/<database>/<company id>/``.
    """

    _name = "debitor.bank.inbox"
    _description = "Folder of Incoming Bank Files"

    @api.model
    def _get_inbox(self, company):
        """Return the :class:`Inbox` of a company, None where the administrator has set none."""
        folder = config.get(OPTION)
        if not folder:
            return None
        return Inbox(Path(folder) / self.env.cr.dbname / str(company.id))

    @api.model
    def _cron_import(self):
        """Import what lies in the folders; each file is committed before it is moved away."""
        # Companies are few, and each may have a folder.
        for company in self.env["res.company"].search([]):  # pylint: disable=no-search-all
            inbox = self._get_inbox(company)
            for name in inbox.list_names() if inbox else ():
                if not self._take(inbox, name, company):
                    return

    def _take(self, inbox, name, company):
        """Import one file and move it away; return the seconds that are left to go on."""
        Files = self.env["debitor.bank.file"].with_company(company)
        try:
            content = inbox.read_file(name, time.time(), SIZE_LIMIT)
            if content is None:
                return True  # somebody is still writing it
            file = Files.import_files([(name, content)], source="folder")
            target = inbox.failed if file.state == "failed" else inbox.done
        except UnsafeFile as error:
            _logger.warning("Bank file %s in the inbox was not read: %s", name, error.reason)
            target = inbox.failed
        left = self.env["ir.cron"]._commit_progress(1)
        inbox.move(name, target)
        return left
