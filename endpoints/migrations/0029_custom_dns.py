"""Custom private DNS names: as they are echoed, and who holds them."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("endpoints", "0028_orphan_adoption"),
    ]

    operations = [
        migrations.AddField(
            model_name="reverseprivateendpoint",
            name="custom_dns",
            field=models.JSONField(
                default=list, editable=False, verbose_name="custom private DNS names (recorded, not served)"
            ),
        ),
        migrations.AlterField(
            model_name="event",
            name="code",
            field=models.CharField(
                choices=[
                    ("requested", "requested"),
                    ("status_changed", "status_changed"),
                    ("share_found", "share_found"),
                    ("accept_sent", "accept_sent"),
                    ("accept_answered", "accept_answered"),
                    ("placed", "placed"),
                    ("create_sent", "create_sent"),
                    ("create_answered", "create_answered"),
                    ("create_refused", "create_refused"),
                    ("create_unanswered", "create_unanswered"),
                    ("adopted", "adopted"),
                    ("orphan_adopted", "orphan_adopted"),
                    ("private_dns_on", "private_dns_on"),
                    ("private_dns_taken", "private_dns_taken"),
                    ("retry_requested", "retry_requested"),
                    ("removal_requested", "removal_requested"),
                    ("deadline_near", "deadline_near"),
                    ("deadline_passed", "deadline_passed"),
                    ("delete_sent", "delete_sent"),
                    ("delete_refused", "delete_refused"),
                    ("gone_at_aws", "gone_at_aws"),
                    ("seen_again", "seen_again"),
                    ("removed_outside", "removed_outside"),
                    ("changed_outside", "changed_outside"),
                    ("changed_back", "changed_back"),
                    ("removed", "removed"),
                    ("aws_trouble", "aws_trouble"),
                    ("pipe_added", "pipe_added"),
                    ("pipe_removed", "pipe_removed"),
                    ("pipes_moved", "pipes_moved"),
                    ("replacement_asked", "replacement_asked"),
                    ("replaced", "replaced"),
                    ("replacement_stopped", "replacement_stopped"),
                    ("hand_off_made", "hand_off_made"),
                    ("hand_off_opened", "hand_off_opened"),
                    ("hand_off_revoked", "hand_off_revoked"),
                    ("cleaned_up", "cleaned_up"),
                    ("not_cleaned_up", "not_cleaned_up"),
                    ("custom_dns_changed", "custom_dns_changed"),
                ],
                max_length=40,
            ),
        ),
        migrations.CreateModel(
            name="CustomName",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=253)),
                ("parent", models.CharField(max_length=253)),
                (
                    "endpoint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="custom_names",
                        to="endpoints.reverseprivateendpoint",
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="endpoints.service"
                    ),
                ),
            ],
            options={
                "verbose_name": "custom private DNS name",
                "verbose_name_plural": "custom private DNS names",
                "indexes": [
                    models.Index(fields=["name"], name="custom_name_by_name"),
                    models.Index(fields=["parent"], name="custom_name_by_parent"),
                ],
                "constraints": [models.UniqueConstraint(fields=("service", "name"), name="custom_name_once")],
            },
        ),
    ]
