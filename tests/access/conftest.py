"""The world of the walks, and quiet about the many answers that are refusals."""

import logging
from collections.abc import Iterator

import pytest
from django.utils import translation

from tests.access.world import World, make_world


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Log nothing below an error, in English."""
    log = logging.getLogger("django.request")
    before = log.level
    log.setLevel(logging.ERROR)
    with translation.override("en"):
        yield
    log.setLevel(before)
