"""Teams: Django's groups by a name of their own."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("auth", "0012_alter_user_first_name_max_length"), ("endpoints", "0022_request_digest")]

    operations = [
        migrations.CreateModel(
            name="Team",
            fields=[],
            options={
                "verbose_name": "team",
                "verbose_name_plural": "teams",
                "ordering": ["name"],
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("auth.group",),
        )
    ]
