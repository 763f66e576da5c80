"""The verdict over a mutant, and the reading of its header."""

import subprocess
from pathlib import Path

import pytest

from tests.mutants.outcomes import kind_of
from tests.mutants.run import KILLED, Ending, Unreadable, chosen, is_green, read, verdict

TEST = "tests/engine/test_faults.py::test_it"
SETUP = Ending(TEST, "setup", "passed", "")
PASSED = Ending(TEST, "call", "passed", "")
ASSERTED = Ending(TEST, "call", "assertion", "assert 1 == 2")
RAISED = Ending(TEST, "call", "other", "KeyError: 'x'")
BROKEN = Ending(TEST, "setup", "other", "OperationalError")


@pytest.mark.parametrize(
    ("endings", "expected"),
    [
        ([SETUP, ASSERTED], KILLED),
        ([SETUP, PASSED, SETUP, ASSERTED], KILLED),
        ([SETUP, PASSED], "survived"),
        ([], "the test did not run"),
        ([SETUP], "the test did not run"),
        ([BROKEN], "the test did not run"),
        ([SETUP, RAISED], "failed otherwise (call): KeyError: 'x'"),
        ([SETUP, ASSERTED, RAISED], "failed otherwise (call): KeyError: 'x'"),
        ([SETUP, PASSED, BROKEN], "failed otherwise (setup): OperationalError"),
        ([SETUP, PASSED, Ending(TEST, "teardown", "assertion", "x")], "failed otherwise (teardown): x"),
    ],
)
def test_only_an_assertion_of_the_test_itself_kills(endings: list[Ending], expected: str) -> None:
    assert verdict(endings) == expected


def test_green_is_what_ran_and_passed_with_all_its_parameters() -> None:
    assert is_green([SETUP, PASSED], TEST)
    assert is_green([Ending(f"{TEST}[a]", "call", "passed", "")], TEST)
    assert not is_green([Ending(f"{TEST}[a]", "call", "passed", ""), ASSERTED], TEST)
    assert not is_green([SETUP], TEST)
    assert not is_green([Ending(f"{TEST}_too", "call", "passed", "")], TEST)


def test_an_assertion_is_told_from_other_errors() -> None:
    assert kind_of(AssertionError("x")) == "assertion"
    assert kind_of(pytest.fail.Exception("x")) == "assertion"
    assert kind_of(ValueError("x")) == "other"


def test_a_patch_without_its_header_is_refused(tmp_path: Path) -> None:
    patch = tmp_path / "lonely.patch"
    patch.write_text("Rule: token\nWhy: because\n\n--- a/x\n+++ b/x\n")
    with pytest.raises(Unreadable, match=r"lonely\.patch has no line 'Test'"):
        read(patch)


def test_every_rule_of_safety_has_a_mutant_and_its_test_exists() -> None:
    mutants = chosen([])
    root = Path(__file__).resolve().parent.parent.parent
    for mutant in mutants:
        path, *_, name = mutant.test.split("::")
        assert f"def {name.partition('[')[0]}(" in (root / path).read_text("utf-8"), mutant.name
    wanted = {
        "token", "tags", "look before create", "grace", "confirmed deletion", "lease", "stale reads",
        "refused or unanswered", "deadline", "absence twice", "right account",
        "late effects", "old goes last", "admin removes", "recorded or removed", "typed description",
        "link expires", "address kept", "disabled is out", "an admin stays", "roles from above",
        "role on pages", "role of intents", "starts in the queryset", "a stranger finds nothing",
        "form tokens", "audit is append-only", "keys expire", "keys keep to their service",
        "the winner is not named",
        "administration is for staff", "output is escaped", "no secrets in logs", "pages stay out of caches",
        "next only to ourselves", "methods that pages know",
    }  # fmt: skip
    assert wanted <= {mutant.rule for mutant in mutants}


def test_every_patch_still_fits_the_code() -> None:
    root = Path(__file__).resolve().parent.parent.parent
    for mutant in chosen([]):
        command = ["git", "apply", "--check", str(mutant.path)]
        done = subprocess.run(command, cwd=root, capture_output=True, text=True)
        assert done.returncode == 0, f"{mutant.name}: {done.stderr}"


def test_an_unknown_name_is_told() -> None:
    with pytest.raises(Unreadable, match="No mutant nonsense"):
        chosen(["nonsense"])
