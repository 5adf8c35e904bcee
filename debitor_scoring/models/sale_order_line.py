from odoo import api, models

# What can make a confirmed order dearer.
_RAISING = {"product_uom_qty", "price_unit", "discount", "tax_ids", "order_id", "product_id",
            "product_uom_id"}  # fmt: skip


# What follows from these and from invoices, and counts for the limit: not to be written by RPC.
_DERIVED = {"invoice_status", "qty_invoiced", "qty_to_invoice", "price_subtotal", "price_tax",
            "price_total"}  # fmt: skip


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS sale: a confirmed order that grows is judged again
        orders = self.env["sale.order"].browse(
            {vals["order_id"] for vals in vals_list if vals.get("order_id")}
        )
        if any(vals.keys() & _DERIVED for vals in vals_list):
            orders._check_not_forged({"amount_total": None})
        before = orders._get_confirmed_totals()
        lines = super().create(vals_list)
        orders._hold_raised(before)
        return lines

    def write(self, vals):
        # EXTENDS sale
        if vals.keys() & _DERIVED:
            self.order_id._check_not_forged({"amount_total": None})
        if not vals.keys() & _RAISING:
            return super().write(vals)
        orders = self.order_id | self.env["sale.order"].browse(vals.get("order_id") or [])
        before = orders._get_confirmed_totals()
        result = super().write(vals)
        orders._hold_raised(before)
        return result

    def unlink(self):
        # EXTENDS sale: a discount may be a line of its own
        orders = self.order_id
        before = orders._get_confirmed_totals()
        result = super().unlink()
        orders._hold_raised(before)
        return result


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _get_confirmed_totals(self):
        """Return ``{order id: total}`` of confirmed orders whose company holds orders."""
        return {
            order.id: order.amount_total
            for order in self.exists()
            if order.state == "sale" and order.company_id.sudo().debitor_hold_mode == "hold"
        }

    def _hold_raised(self, before):
        """Judge those anew whose total has risen above what it was ``before``."""
        raised = self.filtered(
            lambda order: (
                order.id in before
                and order.currency_id.compare_amounts(order.amount_total, before[order.id]) > 0
            )
        )
        if raised:
            raised._hold_confirmed()
        lowered = self.exists().filtered(
            lambda order: (
                order.id in before
                and order.debitor_hold_state == "waiting"
                and order.currency_id.compare_amounts(order.amount_total, before[order.id]) < 0
            )
        )
        if lowered:
            still = lowered._check_release(is_confirmed=True)
            lowered.filtered(lambda order: order not in still)._drop_holds(("waiting",))
