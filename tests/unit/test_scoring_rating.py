"""Facts beside the score cap the class by visible rules."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scoring_samples import MODEL, NOBODY, TODAY, day, make_score, payer

from debitor_scoring.core.external import Report
from debitor_scoring.core.model import RISK_CLASSES, worse
from debitor_scoring.core.rating import CapRules, Facts, Override, rate
from debitor_scoring.core.score import score

RULES = CapRules()
GOOD = score(payer(-10), NOBODY, MODEL, TODAY)
BAD = score(payer(90), NOBODY, MODEL, TODAY)
NEW = make_score()
# Whatever is known, at its worst.
WORST = Facts(
    insolvent=True,
    blacklisted=True,
    returned_debits=5,
    dunning_rank=4,
    at_collection=True,
    broken_promises=9,
    reports=(Report("Creditreform", "e", day(-10)),),
)


def rate_with(found=GOOD, rules=RULES, **facts):
    return rate(found, Facts(**facts), rules, TODAY)


def test_without_facts_the_class_is_that_of_the_score():
    for found in (GOOD, BAD, NEW):
        rating = rate(found, Facts(), RULES, TODAY)
        assert (rating.risk_class, rating.decided_by) == (found.own_class, "score")
        assert rating.reasons == ()


@pytest.mark.parametrize(
    ("facts", "code", "risk_class"),
    [
        ({"insolvent": True}, "insolvent", "e"),
        ({"blacklisted": True}, "blacklisted", "e"),
        ({"at_collection": True}, "at_collection", "e"),
        ({"returned_debits": 2}, "returned_debits", "d"),
        ({"dunning_rank": 3}, "dunning", "d"),
        ({"reports": (Report("Creditreform", "d", day(-10)),)}, "report", "d"),
    ],
)
def test_a_fact_caps_the_class_and_says_so(facts, code, risk_class):
    rating = rate_with(**facts)
    assert (rating.risk_class, rating.own_class) == (risk_class, "a")
    assert rating.decided_by == code
    assert [reason.code for reason in rating.reasons] == [code]
    assert rating.reasons[0].values["cap"] == risk_class


@pytest.mark.parametrize("facts", [{"returned_debits": 1}, {"dunning_rank": 2}])
def test_less_than_the_rule_asks_for_caps_nothing(facts):
    assert rate_with(**facts).risk_class == "a"


def test_a_cap_never_lifts_a_class():
    rating = rate_with(BAD, returned_debits=2)
    assert (rating.risk_class, rating.decided_by) == ("e", "score")
    assert [reason.code for reason in rating.reasons] == ["returned_debits"]


def test_a_cap_gives_a_letter_to_a_customer_not_rated():
    assert rate_with(NEW, returned_debits=2).risk_class == "d"


def test_the_worst_cap_decides_and_all_are_told():
    rating = rate_with(returned_debits=2, blacklisted=True)
    assert rating.decided_by == "blacklisted"
    assert [reason.code for reason in rating.reasons] == ["blacklisted", "returned_debits"]


@pytest.mark.parametrize(("until", "risk_class"), [(day(0), "b"), (day(-1), "d"), (None, "b")])
def test_an_override_wins_until_it_expires(until, risk_class):
    rating = rate_with(returned_debits=2, override=Override("b", "knows the owner", until))
    assert rating.risk_class == risk_class
    assert rating.reasons[-1].code == "returned_debits"


def test_an_override_may_also_worsen_and_names_its_reason():
    rating = rate_with(override=Override("d", "sold to a fund", day(30)))
    assert (rating.risk_class, rating.decided_by) == ("d", "override")
    assert rating.reasons[0].values == {
        "class": "d",
        "reason": "sold to a fund",
        "until": day(30).isoformat(),
    }


def test_an_override_of_the_future_does_not_count_yet():
    assert rate_with(override=Override("d", since=day(1))).risk_class == "a"


def test_insolvency_beats_an_override():
    rating = rate_with(insolvent=True, override=Override("a"))
    assert (rating.risk_class, rating.decided_by) == ("e", "insolvent")


@pytest.mark.parametrize(
    "report",
    [
        Report("Creditreform", "e", day(-400), day(-1)),
        Report("Creditreform", "e", day(1)),
        Report("Creditreform", None, day(-10)),
        Report("Creditreform", "c", day(-10)),
    ],
)
def test_a_report_expired_or_not_bad_enough_caps_nothing(report):
    assert rate_with(reports=(report,)).risk_class == "a"


def test_rules_can_be_switched_off():
    off = CapRules(
        insolvency_cap=None,
        blacklist_cap=None,
        returned_debits=0,
        dunning_rank=0,
        collection_cap=None,
        report_bands=frozenset(),
    )
    assert rate(GOOD, WORST, off, TODAY).risk_class == "a"


def test_broken_promises_cap_where_the_company_wants_it():
    rules = replace(RULES, broken_promises=2)
    assert rate_with(broken_promises=2).risk_class == "a"
    assert rate_with(rules=rules, broken_promises=2).decided_by == "broken_promises"


@given(
    st.sampled_from([GOOD, BAD, NEW]),
    st.builds(
        Facts,
        insolvent=st.booleans(),
        blacklisted=st.booleans(),
        override=st.none(),
        returned_debits=st.integers(0, 4),
        dunning_rank=st.integers(0, 4),
        at_collection=st.booleans(),
    ),
)
def test_without_a_person_no_fact_ever_improves_a_class(found, facts):
    rating = rate(found, facts, RULES, TODAY)
    assert worse(rating.risk_class, found.own_class) == rating.risk_class
    caps = [reason.values["cap"] for reason in rating.reasons]
    assert caps == sorted(caps, reverse=True)
    if caps:
        assert rating.risk_class in RISK_CLASSES
        assert rating.risk_class == worse(found.own_class, caps[0])
