"""Which request of the API made an endpoint."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("endpoints", "0021_audit_is_append_only")]

    operations = [
        migrations.AddField(
            model_name="reverseprivateendpoint",
            name="request_digest",
            field=models.CharField(blank=True, default="", editable=False, max_length=64),
        ),
    ]
