from odoo import models
from odoo.tools import SQL


class DebitorDunningRun(models.Model):
    _inherit = "debitor.dunning.run"

    def _get_review_warnings(self, groups):
        # EXTENDS debitor_dunning: nobody is dunned whose payment only waits to be matched
        warnings = super()._get_review_warnings(groups)
        is_decided = self.state in ("sending", "sent", "cancelled")
        if not is_decided and (count := self._count_paying_customers()):
            warnings.insert(
                0,
                {
                    "code": "paying",
                    "text": self.env._("Customers whose payment waits to be matched: %s", count),
                    "action": "debitor_camt.debitor_bank_review_action",
                    "label": self.env._("Bank Review"),
                },
            )
        return warnings

    def _count_paying_customers(self):
        """Count customers of whose items a bank line that waits would settle one."""
        self.env["account.bank.statement.line"].flush_model(["debitor_proposals", "is_reconciled"])
        self.env["debitor.dunning.notice.line"].flush_model()
        self.env["debitor.dunning.notice"].flush_model(["run_id", "state"])
        [[count]] = self.env.execute_query(
            SQL(
                """SELECT count(DISTINCT notice.partner_id)
                     FROM account_bank_statement_line line
                     JOIN account_move move ON move.id = line.move_id AND move.state = 'posted'
               CROSS JOIN jsonb_array_elements(line.debitor_proposals->0->'parts') AS part
                     JOIN debitor_dunning_notice_line item
                       ON item.move_line_id = (part->>0)::int AND item.is_included
                     JOIN debitor_dunning_notice notice
                       ON notice.id = item.notice_id
                      AND notice.state IN ('proposed', 'approved')
                    WHERE notice.run_id = %s AND line.is_reconciled IS NOT TRUE""",
                self.id,
            )
        )
        return count
