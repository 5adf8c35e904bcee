from pathlib import Path

from workbench.odoo_tests import judge, judge_against, read_log

TESTS = "odoo.addons.debitor_dunning.tests.test_run"


def log(*entries, total="0 failed, 0 error(s) of 2 tests"):
    """An Odoo log with (level, logger, text) entries and the closing line."""
    lines = [
        f"2026-11-02 10:00:00,000 7 {level} db {name}: {text}" for level, name, text in entries
    ]
    if total:
        text = f"{total} when loading database 'db'"
        lines.append(f"2026-11-02 10:00:09,000 7 INFO db odoo.tests.result: {text}")
    return "\n".join(lines)


STARTED = (
    ("INFO", TESTS, "Starting TestRun.test_one ..."),
    ("INFO", TESTS, "Starting TestRun.test_two ..."),
)


def outcome(text, exit_code=0):
    return judge("odoo", read_log(text), exit_code, Path("x.log"))


def test_a_clean_log_counts_its_tests():
    assert str(outcome(log(*STARTED))) == "2 passed, 0 failed, 0 skipped"


def test_a_failure_is_named_as_odoo_wants_it_on_the_command_line():
    failure = ("ERROR", TESTS, "FAIL: TestRun.test_two")
    result = outcome(log(*STARTED, failure, total="1 failed, 0 error(s) of 2 tests"), 1)

    assert str(result) == "1 passed, 1 failed, 0 skipped"
    assert result.problems == ["failed: /debitor_dunning:TestRun.test_two"]


def test_a_failure_comes_with_the_last_line_of_its_traceback():
    failure = (
        "ERROR",
        TESTS,
        "FAIL: TestRun.test_two\nTraceback:\n  File\nAssertionError: 1 != 2\n ",
    )
    result = outcome(log(*STARTED, failure, STARTED[0]), 1)

    assert result.problems == ["failed: /debitor_dunning:TestRun.test_two (AssertionError: 1 != 2)"]


def test_failing_subtests_count_as_one_test():
    failures = [
        ("ERROR", TESTS, f"FAIL: Subtest TestRun.test_two (level={level})") for level in (1, 2)
    ]
    result = outcome(log(*STARTED, *failures, total="2 failed, 0 error(s) of 2 tests"), 1)

    assert str(result) == "1 passed, 1 failed, 0 skipped"


def test_a_class_that_cannot_be_set_up_is_a_failure():
    error = ("ERROR", TESTS, f"ERROR: setUpClass ({TESTS}.TestOther)")
    result = outcome(log(*STARTED, error, total="0 failed, 1 error(s) of 2 tests"), 1)

    assert str(result) == "2 passed, 1 failed, 0 skipped"
    assert result.problems == ["failed: /debitor_dunning:TestOther"]


def test_a_skip_needs_a_reason():
    skip = ("INFO", TESTS, "skipped TestRun.test_two : needs a browser")
    bare = ("INFO", TESTS, "skipped TestRun.test_two : ")

    assert str(outcome(log(*STARTED, skip))) == "1 passed, 0 failed, 1 skipped"
    assert outcome(log(*STARTED, bare)).failed == 1


def test_a_skipped_subtest_is_named_after_its_test():
    skip = ("INFO", TESTS, "skipped Subtest TestRun.test_two (level=1) : no such level")

    assert list(read_log(log(*STARTED, skip)).skipped) == ["/debitor_dunning:TestRun.test_two"]


def test_no_tests_is_a_failure():
    assert outcome(log(total="0 failed, 0 error(s) of 0 tests")).problems == ["not one test ran"]


def test_a_log_without_an_end_is_a_failure():
    assert outcome(log(*STARTED, total=None), 137).failed == 1


def test_an_error_outside_of_tests_is_a_failure():
    stray = ("ERROR", "odoo.addons.base.models.ir_cron", "Job failed")

    assert outcome(log(*STARTED, stray)).problems == [
        "error in the log: odoo.addons.base.models.ir_cron: Job failed"
    ]


def test_what_also_fails_without_us_is_not_our_failure():
    failures = [("ERROR", TESTS, f"FAIL: TestRun.test_{name}") for name in ("one", "two")]
    found = read_log(log(*STARTED, *failures, total="2 failed, 0 error(s) of 2 tests"))

    result = judge_against(found, {"/debitor_dunning:TestRun.test_one"}, Path("x.log"))

    assert str(result) == "0 passed, 1 failed, 1 skipped"
    assert result.problems == ["failed: /debitor_dunning:TestRun.test_two"]
