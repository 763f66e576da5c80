"""When a deadline was last warned of. Rows that rest until their deadline look again, for its warnings."""

from django.db import migrations, models

_LOOK_AGAIN = """
UPDATE endpoints_reverseprivateendpoint SET due_at = status_since
WHERE removed_at IS NULL AND due_at > status_since
AND status IN ('PendingAcceptance', 'Rejected', 'Expired', 'Failed')
"""


class Migration(migrations.Migration):
    dependencies = [
        ("endpoints", "0012_limits"),
    ]

    operations = [
        migrations.AddField(
            model_name="reverseprivateendpoint",
            name="warned_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="warned at"),
        ),
        migrations.RunSQL(_LOOK_AGAIN, migrations.RunSQL.noop),
    ]
