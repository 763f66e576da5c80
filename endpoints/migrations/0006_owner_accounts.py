"""Fill the owner's AWS account of the endpoints there are, from the ARN among their parameters."""

from django.db import migrations

_FILL = """
UPDATE endpoints_reverseprivateendpoint
SET owner_account = split_part(
    coalesce(parameters ->> 'vpcResourceShareArn', parameters ->> 'mskClusterArn', ''), ':', 5)
WHERE owner_account = ''
"""


class Migration(migrations.Migration):
    dependencies = [("endpoints", "0005_console")]

    operations = [migrations.RunSQL(_FILL, migrations.RunSQL.noop)]
