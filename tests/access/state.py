"""What the database holds, as one short text: a refused request can be seen to have written nothing."""

from functools import cache

from django.db import connection

# Sessions are not domain rows, and once a minute say when they were seen; so do keys.
_LEFT_OUT = {
    "django_session",
    "usersessions_usersession",
    "django_migrations",
    "django_content_type",
    "auth_permission",
}
_NOTED = ("last_used_at", "last_login")


def digest(*without: str) -> str:
    """Return a digest of every row of every table, but for those that are named."""
    with connection.cursor() as cursor:
        cursor.execute(_query(without))
        return str(cursor.fetchone()[0])


@cache
def _tables() -> tuple[str, ...]:
    with connection.cursor() as cursor:
        names = connection.introspection.table_names(cursor)
    return tuple(sorted(set(names) - _LEFT_OUT))


@cache
def _query(without: tuple[str, ...]) -> str:
    minus = " ".join(f"- '{name}'" for name in _NOTED)
    rows = " UNION ALL ".join(
        f"SELECT md5('{table}' || (to_jsonb(t) {minus})::text) AS h FROM \"{table}\" t"
        for table in _tables()
        if table not in without
    )
    return f"SELECT md5(coalesce(string_agg(h, '' ORDER BY h), '')) FROM ({rows}) AS all_rows"
