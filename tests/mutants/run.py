"""`./dev mutants [NAME …]`: break each safety rule in a copy of the checkout and see the named test go red.

A mutant is a patch in this folder: header lines `Rule:`, `Test:` (a node id) and `Why:`, then a unified diff.
It is killed when the patched copy still imports and the test fails by an assertion; anything else (it
passes, it does not run, it stumbles over another error, the patch does not apply) is a failure of this run.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
CHECKOUT = HERE.parent.parent
KILLED = "killed"
PATIENCE_SECONDS = 240

_IMPORTS = """
import importlib, pkgutil, django
django.setup()
import endpoints
for module in pkgutil.walk_packages(endpoints.__path__, "endpoints."):
    if not module.name.startswith(("endpoints.sandbox", "endpoints.wsgi", "endpoints.asgi")):
        importlib.import_module(module.name)
"""


class Unreadable(Exception):
    """A patch without its header."""


@dataclass(frozen=True)
class Mutant:
    """One patch: which rule it breaks and which test must see that."""

    name: str
    path: Path
    rule: str
    test: str


@dataclass(frozen=True)
class Ending:
    """How one phase of one test ended: `passed`, `assertion` or `other`, and what it said."""

    test: str
    when: str
    ended: str
    told: str


def read(path: Path) -> Mutant:
    """Read a patch's header. Raises Unreadable."""
    header = path.read_text("utf-8").partition("\n--- ")[0]
    found = dict(re.findall(r"^(Rule|Test|Why): +(\S.*)$", header, re.MULTILINE))
    missing = [name for name in ("Rule", "Test", "Why") if name not in found]
    if missing:
        raise Unreadable(f"{path.name} has no line {missing[0]!r}.")
    return Mutant(path.stem, path, found["Rule"], found["Test"].strip())


def verdict(endings: Iterable[Ending]) -> str:
    """Return `killed`, or why the mutant was not killed as it should be."""
    seen = list(endings)
    if not any(ending.when == "call" for ending in seen):
        return "the test did not run"
    bad = [ending for ending in seen if ending.ended != "passed"]
    if not bad:
        return "survived"
    for ending in bad:
        if ending.when != "call" or ending.ended != "assertion":
            return f"failed otherwise ({ending.when}): {ending.told}"
    return KILLED


def is_green(endings: Sequence[Ending], test: str) -> bool:
    """Say whether a test, with all its parameters, ran and passed."""
    mine = [e for e in endings if e.test == test or e.test.startswith(f"{test}[")]
    return any(e.when == "call" for e in mine) and all(e.ended == "passed" for e in mine)


def copy_checkout(target: Path) -> None:
    """Copy what git knows, and what it would add, as it stands now."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=CHECKOUT, capture_output=True, check=True,
    ).stdout  # fmt: skip
    for name in filter(None, listed.decode().split("\0")):
        source = CHECKOUT / name
        if source.is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target / name)


class Copy:
    """The copy of the checkout in which mutants live."""

    def __init__(self, directory: Path, scratch: Path, env: Mapping[str, str]) -> None:
        self.directory = directory
        self._outcomes = scratch / "outcomes"
        # Bytecode is matched by time and size: a patch and its undoing may not differ in either.
        self._env = dict(env) | {
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONPATH": str(directory),
            "MUTANT_OUTCOMES": str(self._outcomes),
        }

    def patch(self, path: Path, *, back: bool = False) -> str:
        """Apply a patch, or take it back; return "" or what git says against it."""
        command = ["git", "apply", *(["-R"] if back else []), str(path)]
        # Not git's business which repository surrounds the temporary directory.
        env = self._env | {"GIT_CEILING_DIRECTORIES": str(self.directory.parent)}
        done = subprocess.run(command, cwd=self.directory, env=env, capture_output=True, text=True)
        return done.stderr.strip()

    def imports(self) -> str:
        """Import everything of ours; return "" or the last line of the error."""
        env = {"DJANGO_SETTINGS_MODULE": "endpoints.settings", **_TEST_SETTINGS, **self._env}
        command = [sys.executable, "-c", _IMPORTS]
        done = subprocess.run(command, cwd=self.directory, env=env, capture_output=True, text=True)
        return "" if done.returncode == 0 else (done.stderr.strip().splitlines() or ["?"])[-1]

    def test(self, tests: Sequence[str]) -> tuple[list[Ending], str]:
        """Run tests; return how they ended, and what pytest said."""
        self._outcomes.unlink(missing_ok=True)
        command = [
            sys.executable, "-m", "pytest", "-q", "-x" if len(tests) == 1 else "-q",
            "-p", "tests.mutants.outcomes", *tests,
        ]  # fmt: skip
        try:
            done = subprocess.run(
                command, cwd=self.directory, env=self._env, capture_output=True, text=True,
                timeout=PATIENCE_SECONDS,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return [], f"no end after {PATIENCE_SECONDS} s"
        if not self._outcomes.exists():
            return [], done.stdout + done.stderr
        lines = self._outcomes.read_text("utf-8").splitlines()
        return [Ending(**json.loads(line)) for line in lines], done.stdout + done.stderr


_TEST_SETTINGS = {"SECRET_KEY": "mutants-only-mutants-only-mutants-only-mutants-only", "DEVELOPMENT": "1"}


def judge(copy: Copy, mutant: Mutant) -> str:
    """Break the rule in the copy, look, and mend it; return `killed` or what is wrong."""
    trouble = copy.patch(mutant.path)
    if trouble:
        return f"does not apply: {trouble.splitlines()[0]}"
    try:
        trouble = copy.imports()
        if trouble:
            return f"does not import: {trouble}"
        return verdict(copy.test([mutant.test])[0])
    finally:
        copy.patch(mutant.path, back=True)


def chosen(names: Sequence[str]) -> list[Mutant]:
    """Return the mutants that are named, or all. Raises Unreadable."""
    mutants = [read(path) for path in sorted(HERE.glob("*.patch"))]
    unknown = set(names) - {mutant.name for mutant in mutants}
    if unknown:
        known = ", ".join(mutant.name for mutant in mutants)
        raise Unreadable(f"No mutant {', '.join(sorted(unknown))}. There are: {known}.")
    return [mutant for mutant in mutants if not names or mutant.name in names]


def main(names: Sequence[str]) -> int:
    """Judge the mutants that are named, or all; print a table and return the exit code."""
    try:
        mutants = chosen(names)
    except Unreadable as error:
        print(error, file=sys.stderr)
        return 2
    began = time.monotonic()
    env = dict(os.environ)
    if not env.get("DATABASE_URL"):
        env.setdefault("VAR_DIR", str(CHECKOUT / "var" / "test"))
    with tempfile.TemporaryDirectory(prefix="postern-mutants-") as scratch:
        directory = Path(scratch) / "checkout"
        directory.mkdir()
        copy_checkout(directory)
        copy = Copy(directory, Path(scratch), env)
        endings, said = copy.test(sorted({mutant.test for mutant in mutants}))
        red = sorted({mutant.test for mutant in mutants if not is_green(endings, mutant.test)})
        if red:
            print(said[-4000:])
            print("Unpatched, these are not green:", *red, sep="\n  ")
            return 1
        width = max((len(mutant.name) for mutant in mutants), default=0)
        verdicts = []
        for mutant in mutants:
            verdicts.append(judge(copy, mutant))
            print(f"{mutant.name:{width}}  {mutant.rule:22}  {verdicts[-1]}", flush=True)
    killed = verdicts.count(KILLED)
    print(f"{killed} of {len(mutants)} mutants killed in {time.monotonic() - began:.0f} s.")
    return 0 if killed == len(mutants) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
