"""A pytest plug-in: says how long the whole of `./dev test` took, above pytest's own closing line."""

import os
import time

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Write the time since the first check began."""
    began = os.environ.get("POSTERN_DEV_BEGAN")
    if began:
        terminalreporter.write_line(f"./dev test took {time.time() - float(began):.0f} s in all.")
