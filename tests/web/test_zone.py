"""Times in the reader's own zone, as their browser tells it."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from tests.people import Cast, make_endpoint
from tests.web.conftest import page_of

pytestmark = pytest.mark.django_db

MOMENT = datetime(2026, 8, 6, 6, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "zone", "shown"),
    [
        ("ko", "Asia/Seoul", "2026년 8월 6일 오후 3:20 KST"),
        ("en", "America/New_York", "6 Aug 2026, 02:20 EDT"),
        ("en", "", "6 Aug 2026, 06:20 UTC"),
        ("en", "Nowhere/Else", "6 Aug 2026, 06:20 UTC"),
        ("en", "../../etc/passwd", "6 Aug 2026, 06:20 UTC"),
    ],
)
def test_times_are_shown_in_the_zone_of_the_browser(
    cast: Cast, viewer: Client, language: str, zone: str, shown: str
) -> None:
    endpoint = make_endpoint(cast.service, status_since=MOMENT)
    viewer.cookies.load({"django_language": language, "postern_zone": zone})
    page = viewer.get(page_of(endpoint)).text
    assert shown in page
    assert 'datetime="2026-08-06T06:20:00Z"' in page
