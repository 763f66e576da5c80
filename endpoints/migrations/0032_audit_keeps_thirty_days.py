"""Let no pruning reach the last thirty days: else one that says a time to come takes its own entry along.

Thirty days are the least that AUDIT_DAYS may be (postern.E015).
"""

from django.db import migrations

_FUNCTION = """
CREATE OR REPLACE FUNCTION endpoints_audit_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    pruned_before timestamptz;
BEGIN
    IF TG_OP = 'DELETE' THEN
        SELECT max((entry.after ->> 'before')::timestamptz) INTO pruned_before
        FROM endpoints_auditentry entry
        WHERE entry.action = 'audit.pruned' AND entry.transaction = pg_current_xact_id()::text::bigint;
        IF OLD.at < pruned_before{and_old} THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION 'The audit is append-only: % is refused.', TG_OP
        USING HINT = 'manage.py prune deletes what is older than it is kept for.';
END
$$;
"""
FORWARD = _FUNCTION.replace("{and_old}", " AND OLD.at < now() - interval '30 days'")
BACKWARD = _FUNCTION.replace("{and_old}", "")


class Migration(migrations.Migration):
    dependencies = [("endpoints", "0031_cache")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
