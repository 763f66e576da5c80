"""Let nobody change what the audit says, nor delete it but by an `audit.pruned` entry that says so."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION endpoints_audit_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    pruned_before timestamptz;
BEGIN
    IF TG_OP = 'DELETE' THEN
        SELECT max((entry.after ->> 'before')::timestamptz) INTO pruned_before
        FROM endpoints_auditentry entry
        WHERE entry.action = 'audit.pruned' AND entry.transaction = pg_current_xact_id()::text::bigint;
        IF OLD.at < pruned_before THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION 'The audit is append-only: % is refused.', TG_OP
        USING HINT = 'manage.py prune deletes what is older than it is kept for.';
END
$$;
CREATE TRIGGER audit_keeps BEFORE UPDATE OR DELETE ON endpoints_auditentry
    FOR EACH ROW EXECUTE FUNCTION endpoints_audit_keeps();
CREATE TRIGGER audit_is_not_emptied BEFORE TRUNCATE ON endpoints_auditentry
    FOR EACH STATEMENT EXECUTE FUNCTION endpoints_audit_keeps();
"""
BACKWARD = """
DROP TRIGGER audit_is_not_emptied ON endpoints_auditentry;
DROP TRIGGER audit_keeps ON endpoints_auditentry;
DROP FUNCTION endpoints_audit_keeps();
"""


class Migration(migrations.Migration):
    dependencies = [("endpoints", "0020_ownership_and_audit")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
