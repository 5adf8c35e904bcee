import json
import logging
from dataclasses import dataclass
from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import SQL

from ...core.claims.charges import ChargedItem, ClaimKind, decide_charges
from ...core.claims.default_start import (
    DefaultFacts,
    count_as_received,
    find_default_start,
)
from ...core.claims.interest import Interest, InterestCalculator
from ...core.claims.netting import spread_credits
from ...tools.collector import collector_at_rest
from .debitor_claim_reader import LineSource

_logger = logging.getLogger(__name__)

OUTSTANDING = ("claimed", "booked")


@dataclass(frozen=True, slots=True)
class Draft:
    """A claim that a notice may make; ``interest`` holds the table of default interest."""

    notice_id: int
    kind: ClaimKind
    amount: Decimal
    item_id: int | None = None
    start: object = None
    rule_id: int | None = None
    interest: Interest | None = None
    # Earlier claims that this one takes the place of.
    supersedes: tuple = ()


class DebitorClaimMaker(models.AbstractModel):
    """From the items of notices to their claims: brings facts to the core, keeps the result.

    Claims follow from the books, so that users may not write them; whoever calls this has
    checked the rights on the notices.
    """

    _name = "debitor.claim.maker"
    _description = "Maker of Claims"

    @api.model
    def _renew(self, notices, *, is_final=False):
        """Decide anew what notices claim, from what the books say today.

        Until a notice goes out its claims are drafts on the notice and no records: a
        proposal of 100,000 items would only be thrown away again.

        :param is_final: the notice goes out: keep the tables of interest, and carry no other
            earlier claims than those that were approved
        """
        notices = notices.sudo()
        if not notices or not self._is_concerned(notices):
            return
        self._flush_facts()
        drafts = self._compute_drafts(notices)
        demands = self._decide_demands(notices, drafts, is_final)
        self._keep(drafts, demands, is_final)
        self._carry(notices, drafts, demands)

    @api.model
    def _is_concerned(self, notices):
        """Tell whether anything is, was or could be claimed by these notices."""
        if notices.level_id.filtered(lambda level: level._has_charges()):
            return True
        companies = notices.company_id.ids
        if self.env["debitor.claim"].sudo().search([("company_id", "in", companies)], limit=1):
            return True
        return any(notice.claim_drafts or notice.amount_claims for notice in notices)

    @api.model
    def _flush_facts(self):
        for name in (
            "account.move",
            "account.move.line",
            "account.partial.reconcile",
            "debitor.dunning.notice",
            "debitor.dunning.notice.line",
            "debitor.claim",
            "debitor.dunning.block",
        ):
            self.env[name].flush_model()

    # ------------------------------------------------------------------
    # Computing
    # ------------------------------------------------------------------

    @api.model
    def _compute_drafts(self, notices):
        """Return ``{notice id: ([Draft, …], trace)}`` for all notices; writes nothing."""
        drafts = {notice.id: ([], None) for notice in notices}
        charging = notices.filtered(lambda notice: notice.level_id._has_charges())
        for company, own in charging.grouped("company_id").items():
            drafts |= self._compute(company, own)
        return drafts

    @api.model
    def _compute(self, company, notices, source=None):
        """Return ``{notice id: ([Draft, …], trace)}`` for those of one company that have items.

        :param source: where their items are read from, if not from their lines
        """
        source = source or LineSource(tuple(notices.ids))
        facts = self.env["debitor.claim.reader"]._read_notices(source)
        desk = Desk(company.with_company(company))
        with collector_at_rest():
            return {
                notice.id: desk.make(notice, facts[notice.id])
                for notice in notices
                if facts[notice.id].items
            }

    @api.model
    def _recompute(self, claims):
        """Return ``{claim: core Interest}`` up to each claim's own day, from today's books."""
        self._flush_facts()
        found = {}
        for company, own in claims.sudo().grouped("company_id").items():
            facts = self.env["debitor.claim.reader"]._read_notices(
                LineSource(tuple(own.notice_id.ids))
            )
            for notice in facts.values():
                Desk.net_credits(notice)
            items = {
                (notice_id, item.id): item
                for notice_id, notice in facts.items()
                for item in notice.items
            }
            desk = Desk(company.with_company(company))
            for claim in own:
                item = items.get((claim.notice_id.id, claim.move_line_id.id))
                interest = item and desk.recompute(claim, item)
                if interest:
                    found[claim] = interest
        return found

    @api.model
    def _compute_interest_tables(self, notices):
        """Return ``{(notice id, item id): core Interest}`` of what notices may claim today."""
        tables = {}
        for company, own in notices.sudo().grouped("company_id").items():
            for notice_id, (drafts, _trace) in self._compute(company, own).items():
                tables |= {(notice_id, one.item_id): one.interest for one in drafts if one.interest}
        return tables

    # ------------------------------------------------------------------
    # Keeping
    # ------------------------------------------------------------------

    @api.model
    def _keep(self, drafts, demands, is_final):
        """Write drafts, sums and what was decided to their notices with one statement."""
        carried, kept_back = self._sum_demands(demands)
        rows = [
            {
                "id": notice_id,
                "drafts": [self._prepare_draft(one, is_final) for one in own] or None,
                "trace": self._prepare_trace(trace, kept_back.get(notice_id)),
                "amount": str(sum((one.amount for one in own), carried.get(notice_id, 0))),
            }
            for notice_id, (own, trace) in drafts.items()
        ]
        self.env.cr.execute(
            SQL(
                """UPDATE debitor_dunning_notice notice
                      SET claim_drafts = new.drafts, claim_trace = new.trace,
                          amount_claims = new.amount
                     FROM jsonb_to_recordset(%s) AS new(
                          id int, drafts jsonb, trace jsonb, amount numeric)
                    WHERE notice.id = new.id""",
                json.dumps(rows),
            )
        )

    @api.model
    def _prepare_trace(self, trace, kept_back):
        return (trace or {}) | {"kept_back": kept_back} if kept_back else trace

    @api.model
    def _prepare_draft(self, draft, is_final):
        """Return a draft as it is kept on its notice, and joined by ``_insert``."""
        interest = draft.interest
        kept = {"kind": draft.kind, "amount": str(draft.amount), "item": draft.item_id}
        if draft.start:
            kept |= {"start": draft.start.day.isoformat(), "reason": draft.start.reason}
            if draft.start.received:
                kept["received"] = draft.start.received.isoformat()
        if interest:
            kept |= {
                "rule": draft.rule_id,
                "total": str(interest.amount),
                "verified": interest.is_verified,
            }
            if is_final:
                kept["periods"] = as_json(interest)
        return kept

    @api.model
    def _insert(self, notices):
        """Make claims of the drafts of notices that went out; return the new claims.

        What was settled since a letter was made is not claimed: its notice says so.
        """
        notices.flush_recordset()
        self.env["debitor.claim"].flush_model()
        rows = self.env.execute_query(self._get_insertion(notices))
        notices.invalidate_recordset(["claim_ids"])
        claimed = {}
        for _id, notice_id, amount in rows:
            claimed[notice_id] = claimed.get(notice_id, 0) + Decimal(amount)
        self._note_shortfalls(notices, claimed)
        return self.env["debitor.claim"].browse(row[0] for row in rows)

    @api.model
    def _get_insertion(self, notices):
        """Return SQL that makes claims of drafts and returns (id, notice id, amount)."""
        now = fields.Datetime.now()
        return SQL(
            """INSERT INTO debitor_claim (
                   kind, company_id, currency_id, partner_id, notice_id, move_line_id,
                   move_id, date, amount, amount_paid, amount_open, state, party_kind,
                   party_evidence, rule_id, start_date, start_reason, received_date,
                   interest_total, periods,
                   is_verified, create_uid, write_uid, create_date, write_date)
               SELECT new.kind, notice.company_id, notice.currency_id, notice.partner_id,
                      notice.id, item.id, item.move_id, notice.date, due.amount, 0, due.amount,
                      'claimed', notice.claim_trace->>'party', notice.claim_trace->>'evidence',
                      new.rule, new.start, new.reason, new.received, new.total, new.periods,
                      COALESCE(new.verified, TRUE), %s, %s, %s, %s
                 FROM debitor_dunning_notice notice
           CROSS JOIN jsonb_to_recordset(notice.claim_drafts) AS new(
                      kind text, item int, amount numeric, rule int, start date, reason text,
                      received date, total numeric, periods jsonb, verified boolean)
            LEFT JOIN account_move_line item ON item.id = new.item
           CROSS JOIN LATERAL (
                      SELECT LEAST(new.amount, new.total - COALESCE(sum(%s), 0)) AS amount
                        FROM debitor_claim claim
                       WHERE claim.kind = 'interest' AND claim.move_line_id = new.item) due
                WHERE notice.id IN %s AND jsonb_typeof(notice.claim_drafts) = 'array'
                  AND due.amount > 0
             ORDER BY notice.id, new.kind = 'interest', new.kind, item.id
                   ON CONFLICT DO NOTHING
            RETURNING id, notice_id, amount::text""",
            self.env.uid,
            self.env.uid,
            now,
            now,
            self.env["debitor.claim.reader"]._get_settled_amount(),
            tuple(notices.ids) or (0,),
        )

    @api.model
    def _note_shortfalls(self, notices, claimed):
        """Say on each notice where less became claims than its letter demands."""
        for notice in notices:
            drafted = sum(Decimal(one["amount"]) for one in notice.claim_drafts or ())
            found = claimed.get(notice.id, 0)
            if found != drafted:
                notice._log(
                    self.env._(
                        "This notice demands %(drafted)s in claims, of which %(claimed)s could be"
                        " claimed: the rest was settled or claimed otherwise meanwhile.",
                        drafted=notice.currency_id.format(float(drafted)),
                        claimed=notice.currency_id.format(float(found)),
                    )
                )
                _logger.warning("Notice %s demands more than it claims", notice.id)


def as_json(interest):
    """Return the table of interest as it is kept with a claim; amounts are texts.

    A row says what lowered the principal before it, and the last one what left nothing open.
    """
    rows = [
        {
            "first": period.first.isoformat(),
            "last": period.last.isoformat(),
            "days": period.days,
            "year": period.year,
            "principal": str(period.principal),
            "base": None if period.base is None else str(period.base),
            "percent": str(period.percent),
            # Four digits show where a cent comes from; the sum is rounded once.
            "interest": f"{float(period.interest):.4f}",
            "is_verified": period.is_verified,
            "changes": _as_json_changes(period.changes),
        }
        for period in interest.periods
    ]
    if rows:
        rows[-1]["ended_by"] = _as_json_changes(interest.ended_by)
    return rows


def _as_json_changes(changes):
    return [
        {
            "kind": change.kind.value,
            "number": change.number,
            "day": change.day.isoformat(),
            "amount": str(change.amount),
        }
        for change in changes
    ]


class Desk:
    """What one company's claims are decided by, looked up once for many notices.

    A field of a record costs as much as the interest of an item: what all items of a notice
    share is read before they are walked through.
    """

    def __init__(self, company):
        self._company = company
        self._counts_payment_day = company.dunning_counts_payment_day
        self._is_due_agreed = company.dunning_is_due_agreed
        self._warns_consumers = company.dunning_warns_consumers
        self._receipt_days = company.dunning_receipt_days
        self._rules = {}
        self._charges = {}
        self._calendars = {}
        self._starts = {}
        self._with_lump_sum = set()

    def make(self, notice, facts):
        """Return the drafts of one notice and the trace of what was decided."""
        partner = notice.partner_id.with_company(self._company)
        party = partner._get_debitor_party()
        starts = self._find_starts(notice, facts.items, partner, party)
        charges = self._decide_charges(notice, facts.items, party, starts)
        drafts = [
            Draft(notice.id, claim.kind, claim.amount, claim.item_id) for claim in charges.claims
        ]
        missing = {}
        if notice.level_id.has_interest:
            interest, missing = self._make_interest(notice, facts, partner, party, starts)
            drafts += interest
        trace = {
            "party": party.kind.value,
            "evidence": party.evidence.value,
            "corrections": [
                [kind.value, code.value, item] for kind, code, item in charges.corrections
            ],
            "missing": sorted(missing),
        }
        return drafts, trace

    # ------------------------------------------------------------------
    # Start of default
    # ------------------------------------------------------------------

    def _find_starts(self, notice, items, partner, party):
        """Return ``{item id: core DefaultStart or None}``."""
        is_agreed = self._is_due_agreed or partner.debitor_is_due_agreed
        procedure = notice.procedure_id
        return {
            item.id: item.due and self._find_start(procedure, item, is_agreed, party)
            for item in items
        }

    def _find_start(self, procedure, item, is_agreed, party):
        received = None
        if item.was_sent and item.invoice_date:
            received = count_as_received(item.invoice_date, self._receipt_days)
        key = (
            procedure._ids, item.due, received, item.reminded, item.default_from, is_agreed,
            party.is_consumer,
        )  # fmt: skip
        if key not in self._starts:  # many invoices share their days
            facts = DefaultFacts(
                due=item.due,
                received=received,
                reminded=item.reminded,
                is_agreed=is_agreed,
                is_consumer=party.is_consumer,
                warned=self._warns_consumers,
                manual=item.default_from,
            )
            self._starts[key] = find_default_start(facts, self._get_calendar(procedure))
        return self._starts[key]

    def _get_calendar(self, procedure):
        if procedure not in self._calendars:
            self._calendars[procedure] = procedure._as_calendar()
        return self._calendars[procedure]

    # ------------------------------------------------------------------
    # Fee and lump sums
    # ------------------------------------------------------------------

    def _decide_charges(self, notice, items, party, starts):
        claimed = self._with_lump_sum
        charges = decide_charges(
            self._get_level_charges(notice),
            party,
            [
                ChargedItem(
                    item.id,
                    item.move_id,
                    starts[item.id],
                    item.has_lump_sum or item.move_id in claimed,
                )
                for item in items
            ],
            notice.date,
        )
        # Of two notices about instalments of one invoice, one claims the lump sum.
        invoices = {item.id: item.move_id for item in items}
        claimed |= {invoices[claim.item_id] for claim in charges.claims if claim.item_id}
        return charges

    def _get_level_charges(self, notice):
        key = (notice.level_id, notice.currency_id, notice.date)
        if key not in self._charges:
            self._charges[key] = notice.level_id._as_charges(
                self._company, notice.currency_id, notice.date
            )
        return self._charges[key]

    # ------------------------------------------------------------------
    # Interest
    # ------------------------------------------------------------------

    def _make_interest(self, notice, facts, partner, party, starts):
        """Return drafts of interest, and the half-years whose base rate is missing."""
        rule = self._get_rule(partner, party)
        if not rule:
            return [], {}
        self.net_credits(facts)
        versions = self._get_versions(rule, notice.currency_id)
        notice_id, rule_id, today = notice.id, rule.id, notice.date
        drafts, missing = [], {}
        for item in facts.items:
            start = starts[item.id]
            version = self._choose_version(versions, item)
            if start is None or start.day > today or version is None:
                continue
            # What it would include another notice demands already: the next one claims it.
            if item.demanded_by - {notice_id}:
                continue
            balances = item.get_balances(self._counts_payment_day)
            interest = version.compute(balances, start.day, today)
            if interest.missing:
                missing |= dict.fromkeys(day.isoformat() for day in interest.missing)
            amount = interest.amount - item.interest_settled
            if amount > 0:
                drafts.append(
                    Draft(
                        notice_id, ClaimKind.INTEREST, amount, item.id, start, rule_id, interest,
                        item.claimed_ids,
                    )
                )  # fmt: skip
        return drafts, missing

    def recompute(self, claim, item):
        """Return the core's ``Interest`` of a claim, or None where its rule is gone."""
        versions = claim.rule_id and self._get_versions(claim.rule_id, claim.currency_id)
        version = versions and self._choose_version(versions, item)
        if not version or not claim.start_date:
            return None
        balances = item.get_balances(self._counts_payment_day)
        return version.compute(balances, claim.start_date, claim.date)

    @staticmethod
    def net_credits(facts):
        """Let credits that the notice nets lessen the oldest items from their own days on."""
        if facts.credits:
            covered = spread_credits([(one.id, one.open) for one in facts.items], facts.credits)
            for item in facts.items:
                item.payments += covered.get(item.id, ())

    def _get_rule(self, partner, party):
        company = self._company
        by_law = (
            company.dunning_interest_consumer_id
            if party.is_consumer
            else company.dunning_interest_business_id
        )
        return partner.debitor_interest_rule_id or by_law

    def _get_versions(self, rule, currency):
        """Return ``[(first day of invoices it holds for, core calculator), …]``, newest first."""
        key = (rule, currency)
        if key not in self._rules:
            rounding = Decimal(str(currency.rounding))
            self._rules[key] = [
                (valid_from, InterestCalculator(core_rule, rounding))
                for valid_from, core_rule in rule._as_interest_rules()
            ]
        return self._rules[key]

    @staticmethod
    def _choose_version(versions, item):
        """Return the calculator of the rule that held when the debt arose."""
        arose = item.invoice_date or item.due
        for valid_from, version in versions:
            if arose is None or valid_from <= arose:
                return version
        return None
