"""Fill the sources of the ClickPipes that use or reach each endpoint, for the ClickPipes there are."""

from django.db import migrations

_FILL = """
UPDATE endpoints_reverseprivateendpoint endpoint SET pipe_sources = found.sources
FROM (
    SELECT id, string_agg(DISTINCT source, ',' ORDER BY source) AS sources
    FROM (
        SELECT named.reverseprivateendpoint_id AS id, pipe.source
        FROM endpoints_clickpipe_endpoints named
        JOIN endpoints_clickpipe pipe ON pipe.id = named.clickpipe_id
        WHERE pipe.removed_at IS NULL
        UNION
        SELECT reached.id, pipe.source
        FROM endpoints_clickpipe pipe
        JOIN endpoints_reverseprivateendpoint reached ON reached.service_id = pipe.service_id
            AND (reached.dns_names ?| pipe.reached_names::text[]
                OR reached.private_dns_names ?| pipe.reached_names::text[])
        WHERE pipe.removed_at IS NULL
    ) used
    GROUP BY id
) found
WHERE found.id = endpoint.id
"""


class Migration(migrations.Migration):
    dependencies = [("endpoints", "0009_lists")]

    operations = [migrations.RunSQL(_FILL, migrations.RunSQL.noop)]
