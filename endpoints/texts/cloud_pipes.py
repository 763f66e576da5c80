"""Why the API refuses something of a ClickPipe."""

from django.utils.translation import gettext_lazy as _

from endpoints.texts.say import Templates

CLOUD_PIPES: dict[str, Templates] = {
    "other_source": (
        _("This ClickPipe reads %(source)s; make another one for another source."),
        _("This ClickPipe reads another source; make another one."),
    ),
    # Both clients look for the English words of these two (cloud-api.md §7.3).
    "must_be_paused": ("ClickPipe must be paused to edit its table mappings.",),
    "already_running": ("ClickPipe is already running.",),
    "cannot_resync": (_("A Kafka ClickPipe cannot be resynced."),),
    "not_a_uri": (_("This is not a MongoDB URI, such as mongodb://db.example.com:27017/."),),
    "secret_in_uri": (_("Leave user and password out of the URI: they belong into credentials."),),
}
