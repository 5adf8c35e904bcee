"""Working days and sending days."""

from collections.abc import Container
from dataclasses import dataclass, field
from datetime import date, timedelta

_ONE_DAY = timedelta(days=1)
_SATURDAY = 5
# A calendar that never sends would loop for ever; a year and a day is longer than any pause.
_HORIZON_DAYS = 366


@dataclass(frozen=True, slots=True)
class Pause:
    """A yearly pause, both days included; it may run over New Year (12-20 to 01-06)."""

    start: tuple[int, int]
    end: tuple[int, int]

    def covers(self, day: date) -> bool:
        here = (day.month, day.day)
        if self.start <= self.end:
            return self.start <= here <= self.end
        return here >= self.start or here <= self.end


@dataclass(frozen=True, slots=True)
class Calendar:
    """Holidays of the company's place and the days on which it sends.

    ``weekdays`` holds 0 (Monday) to 6 (Sunday).
    """

    holidays: Container[date] = field(default_factory=frozenset)
    weekdays: frozenset[int] = frozenset(range(5))
    pause: Pause | None = None

    def is_working_day(self, day: date) -> bool:
        return day.weekday() < _SATURDAY and day not in self.holidays

    def next_working_day(self, day: date) -> date:
        """Return ``day``, or the next working day if it is none (§ 193 BGB)."""
        while not self.is_working_day(day):
            day += _ONE_DAY
        return day

    def is_sending_day(self, day: date) -> bool:
        paused = self.pause is not None and self.pause.covers(day)
        return day.weekday() in self.weekdays and day not in self.holidays and not paused

    def next_sending_day(self, day: date) -> date | None:
        """Return ``day`` or the first later day on which notices go out; None if there is none."""
        for offset in range(_HORIZON_DAYS):
            candidate = day + timedelta(days=offset)
            if self.is_sending_day(candidate):
                return candidate
        return None


def get_subdivision(country_code: str, state_code: str) -> str:
    """Return the code of ISO 3166-2, without the country, for a state as Odoo spells it.

    >>> get_subdivision("DE", "DE-BY"), get_subdivision("CH", "ZH-FR"), get_subdivision("AT", "9")
    ('BY', 'ZH', '9')
    """
    return state_code.removeprefix(f"{country_code}-").partition("-")[0]
