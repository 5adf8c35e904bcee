import contextlib
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debitor_dunning.core.claims.rate_file import read_rate_file
from debitor_dunning.core.errors import RateFileError

GERMAN = (
    '"";BBK01.SU0115;"";\n"";Basiszinssatz;;\nStand vom;01.07.2026\n2026-06;1,27;\n2026-07;1,52;\n'
)
COMMAS = [
    (date(2026, 1, 1), Decimal("1.27")),
    (date(2026, 7, 1), Decimal("1.52")),
    (date(2027, 1, 1), Decimal(2)),
]


def rates(text):
    return [(rate.half_year, rate.percent) for rate in read_rate_file(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (GERMAN, [(date(2026, 7, 1), Decimal("1.52"))]),
        ("date,rate\n2013-01-01,-0.13\n2013-02-01,-0.13\n", [(date(2013, 1, 1), Decimal("-0.13"))]),
        (
            "01.01.2026\t1,27\n01.07.2026\t\N{MINUS SIGN}0,10",
            [
                (date(2026, 1, 1), Decimal("1.27")),
                (date(2026, 7, 1), Decimal("-0.10")),
            ],
        ),
        (
            "\N{ZERO WIDTH NO-BREAK SPACE}2026-01;1,27\n2026-01;1,27\n",
            [(date(2026, 1, 1), Decimal("1.27"))],
        ),
        (
            "2001-07;.;Kein Wert vorhanden\n2026-01;1,27;\n",
            [(date(2026, 1, 1), Decimal("1.27"))],
        ),
        ('2026-01,"1,27",3\n2026-07,1.52,2.15\n2027-01,2\n', COMMAS),
    ],
)
def test_files_of_central_banks(text, expected):
    assert rates(text) == expected


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("", "empty", None),
        ("2026-02;1,0", "empty", None),
        ("2026-13;1,0", "empty", None),
        ("2026-01;1,27\n2026-01;1,28", "twice", 2),
        ("2026-01;viel", "number", 1),
        ("2026-01;1.270,5", "number", 1),
        ("2026-01;NaN", "number", 1),
        ("2026-01;.", "empty", None),
        ("2026-01,1,27\n2026-07,1,52\n", "comma", 1),
        ("date,rate\n2013-01-01,-0,13,\n", "comma", 2),
    ],
)
def test_what_is_refused(text, code, line):
    with pytest.raises(RateFileError) as caught:
        read_rate_file(text)

    assert (caught.value.code, caught.value.values.get("line")) == (code, line)


@pytest.mark.parametrize("text", ["2026-01;1\n" * 20_001, '2026-01;"' + "x" * 200_000])
def test_an_endless_file_is_refused(text):
    with pytest.raises(RateFileError):
        read_rate_file(text)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text):
    with contextlib.suppress(RateFileError):
        read_rate_file(text)
