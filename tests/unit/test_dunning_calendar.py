"""§§ 187, 193 BGB and the days on which notices go out."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from debitor_dunning.core.calendar import Calendar, Pause

FRIDAY = date(2026, 4, 10)
SATURDAY = date(2026, 4, 11)
SUNDAY = date(2026, 4, 12)
MONDAY = date(2026, 4, 13)
GOOD_FRIDAY = date(2026, 4, 3)
EASTER_MONDAY = date(2026, 4, 6)
EASTER = frozenset({GOOD_FRIDAY, EASTER_MONDAY})
CHRISTMAS = Pause((12, 20), (1, 6))


def test_a_working_day_stays_what_it_is():
    assert Calendar().next_working_day(FRIDAY) == FRIDAY


def test_saturday_and_sunday_move_to_monday():
    assert Calendar().next_working_day(SATURDAY) == MONDAY
    assert Calendar().next_working_day(SUNDAY) == MONDAY


def test_good_friday_moves_over_easter_to_tuesday():
    calendar = Calendar(holidays=EASTER)
    assert calendar.next_working_day(GOOD_FRIDAY) == date(2026, 4, 7)


def test_a_sending_saturday_is_no_working_day():
    calendar = Calendar(weekdays=frozenset({5}))
    assert calendar.is_sending_day(SATURDAY)
    assert not calendar.is_working_day(SATURDAY)


def test_nothing_goes_out_on_a_holiday():
    calendar = Calendar(holidays=EASTER)
    assert not calendar.is_sending_day(EASTER_MONDAY)
    assert calendar.next_sending_day(GOOD_FRIDAY) == date(2026, 4, 7)


def test_only_chosen_weekdays_send():
    calendar = Calendar(weekdays=frozenset({1, 3}))
    assert calendar.next_sending_day(FRIDAY) == date(2026, 4, 14)


def test_no_weekday_at_all_never_sends():
    assert Calendar(weekdays=frozenset()).next_sending_day(FRIDAY) is None


def test_a_pause_over_the_whole_year_never_sends():
    assert Calendar(pause=Pause((1, 1), (12, 31))).next_sending_day(FRIDAY) is None


def test_the_christmas_pause_runs_over_new_year():
    for day in (date(2026, 12, 20), date(2026, 12, 31), date(2027, 1, 1), date(2027, 1, 6)):
        assert CHRISTMAS.covers(day)
    assert not CHRISTMAS.covers(date(2026, 12, 19))
    assert not CHRISTMAS.covers(date(2027, 1, 7))


def test_a_summer_pause_stays_within_its_year():
    summer = Pause((7, 1), (7, 31))
    assert summer.covers(date(2026, 7, 1))
    assert summer.covers(date(2026, 7, 31))
    assert not summer.covers(date(2026, 1, 1))


def test_after_the_christmas_pause_the_first_sending_day_is_taken():
    calendar = Calendar(pause=CHRISTMAS, holidays=frozenset({date(2027, 1, 6)}))
    assert calendar.next_sending_day(date(2026, 12, 21)) == date(2027, 1, 7)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.frozensets(st.dates(), max_size=5))
def test_the_next_working_day_is_the_first_one_that_is_not_before(day, holidays):
    calendar = Calendar(holidays=holidays)
    found = calendar.next_working_day(day)
    assert found >= day
    assert calendar.is_working_day(found)
    assert not any(
        calendar.is_working_day(day + timedelta(days=offset))
        for offset in range((found - day).days)
    )


@given(
    st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    st.frozensets(st.integers(0, 6)),
    st.tuples(st.integers(1, 12), st.integers(1, 28)),
    st.tuples(st.integers(1, 12), st.integers(1, 28)),
)
def test_a_sending_day_is_on_a_chosen_weekday_outside_the_pause(day, weekdays, start, end):
    calendar = Calendar(weekdays=weekdays, pause=Pause(start, end))
    found = calendar.next_sending_day(day)
    if found is None:
        assert not weekdays or all(
            not calendar.is_sending_day(day + timedelta(days=offset)) for offset in range(366)
        )
    else:
        assert found >= day
        assert found.weekday() in weekdays
        assert not calendar.pause.covers(found)
