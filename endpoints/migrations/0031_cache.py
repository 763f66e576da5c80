"""The table of the cache, which all web processes share; what it holds may be lost, so it is not logged."""

from django.db import migrations

FORWARD = """
CREATE UNLOGGED TABLE endpoints_cache (
    cache_key varchar(255) NOT NULL PRIMARY KEY,
    value text NOT NULL,
    expires timestamp with time zone NOT NULL
);
CREATE INDEX endpoints_cache_expires ON endpoints_cache (expires);
"""


class Migration(migrations.Migration):
    dependencies = [("endpoints", "0030_key_form")]

    operations = [
        migrations.RunSQL(FORWARD, "DROP TABLE endpoints_cache;"),
    ]
