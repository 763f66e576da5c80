"""What the API is measured against: the same middleware and key, and one SELECT of JSON made before."""

import uuid
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path

from endpoints.api.envelope import Problem, enveloped
from endpoints.api.keys import BasicKey

TABLE = "bench_prepared"
_find_key = BasicKey()


@enveloped
def prepared(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Send a prepared text to who has a key."""
    if _find_key(request) is None:
        raise Problem(401, "Send a key.")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT body FROM {TABLE} WHERE id = %s", [key])
        (body,) = cursor.fetchone()
    return HttpResponse(body, content_type="application/json; charset=utf-8")


def prepare(key: uuid.UUID, body: str) -> None:
    """Keep a text for the view. The table stands in the bench's own database only."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE IF NOT EXISTS {TABLE} (id uuid PRIMARY KEY, body text NOT NULL)")
        values: list[Any] = [key, body]
        cursor.execute(f"INSERT INTO {TABLE} VALUES (%s, %s)", values)


urlpatterns: list[URLPattern | URLResolver] = [
    path("v1/bench/<uuid:key>", prepared),
    path("", include("endpoints.urls")),
]
