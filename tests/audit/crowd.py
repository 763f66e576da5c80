"""Many audit entries at once, for what must stay fast with a million."""

import uuid

from django.db import connection

from tests.people import Cast

_INSERT = """
INSERT INTO endpoints_auditentry (
    at, actor_kind, actor_id, actor_name, address, action, object_kind, object_id, object_name,
    organization_id, service_id, before, after, reason, transaction
)
SELECT
    now() - make_interval(secs => n * %(every)s), 'person', (n %% 50)::text,
    'person' || n %% 50 || '@example.com',
    '192.0.2.7', CASE n %% 4 WHEN 0 THEN 'endpoint.requested' WHEN 1 THEN 'endpoint.retried'
        WHEN 2 THEN 'hand_off.made' ELSE 'clickpipe.recorded' END,
    'reverseprivateendpoint', md5('e' || n %% 1000)::uuid::text, 'Endpoint ' || n %% 1000,
    %(organization)s, CASE WHEN n %% 20 = 0 THEN %(service)s::uuid ELSE %(other)s::uuid END,
    '{"generation": 1}', '{"generation": 2}', '', 0
FROM generate_series(1, %(number)s) n
"""


def write_many(cast: Cast, number: int, every: float = 30) -> str:
    """Write so many entries, one `every` so many seconds, back from now; return the id of one thing.

    Every 20th is of the cast's service. 50 people act on 1,000 things.
    """
    where = {"organization": cast.organization.pk, "service": cast.service.pk, "other": uuid.uuid4()}
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, {**where, "number": number, "every": every})
        cursor.execute("ANALYZE endpoints_auditentry")
        cursor.execute("SELECT md5('e7')::uuid::text")
        return str(cursor.fetchone()[0])
