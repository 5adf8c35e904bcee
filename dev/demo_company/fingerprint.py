"""Is it the same story again? A digest over what people see, without record numbers."""

import hashlib
import json

# model: domain, order, fields; a date of creation or an id would differ each time.
_SEEN = (
    ("res.partner", [("ref", "!=", False)], "ref",
     ("ref", "name", "street", "zip", "city", "vat", "lang", "email")),
    ("account.move", [], "date, name, ref, amount_total, id",
     ("name", "date", "move_type", "state", "ref", "invoice_date_due", "amount_total",
      "amount_residual", "payment_state", "is_move_sent", "currency_id", "partner_id")),
    ("account.bank.statement", [], "date, name",
     ("name", "date", "balance_start", "balance_end_real")),
    ("debitor.dunning.notice", [], "name, id",
     ("name", "date", "state", "channel", "level_id", "partner_id", "recipient_id",
      "amount_total", "deadline")),
    ("debitor.dunning.block", [], "id",
     ("partner_id", "move_id", "reason_id", "date_from", "date_to", "lifted_on")),
)  # fmt: skip


def dump(env):
    """Return the normalised content: {model: [[value, …], …]}."""
    content = {}
    for name, domain, order, names in _SEEN:
        if name not in env:
            continue
        model = env[name].with_context(lang="en_US", active_test=False)
        present = [field for field in names if field in model._fields]
        content[name] = sorted(
            [_plain(record[field]) for field in present]
            for record in model.search(domain, order=order)
        )
    return content


def _plain(value):
    if hasattr(value, "_name"):
        return value.display_name or ""
    if isinstance(value, float):
        return f"{value:.2f}"
    return str(value or "")


def fingerprint(env):
    """Return a hexadecimal digest of ``dump``; equal for equal seed and day."""
    return hashlib.sha256(json.dumps(dump(env), ensure_ascii=False).encode()).hexdigest()
