"""Postern's own settings, with the rival's addresses beside Postern's."""

from endpoints.settings import *  # noqa: F403

ROOT_URLCONF = "tests.bench.api.rival"
