"""Why an orphan is neither adopted nor deleted, by the code of an IntentRefused."""

from django.utils.translation import gettext_lazy as _

from endpoints.texts.say import Templates

ORPHAN_REFUSALS: dict[str, Templates] = {
    "orphan_not_here": (
        _("%(external_id)s is gone, belongs to an endpoint, or was seen only once so far."),
        _("It is gone, belongs to an endpoint, or was seen only once so far."),
    ),
    "orphan_being_adopted": (
        _("%(external_id)s is being adopted. Wait until that ended, one way or the other."),
        _("It is being adopted."),
    ),
    "orphan_being_deleted": (
        _("Somebody asked for the deletion of %(external_id)s in AWS."),
        _("Somebody asked for its deletion in AWS."),
    ),
    "adopt_not_ours": (
        _(
            "Its tags do not name an endpoint and an attempt of this installation, so nothing would find it"
            " again."
        ),
    ),
    "adopt_row_lives": (
        _(
            "Its tags name an endpoint that lives. What belongs to that endpoint is taken back by itself;"
            " anything beside it is to be deleted."
        ),
    ),
    "adopt_older_attempt": (
        _("Its tags name an earlier attempt of an endpoint that made newer ones since. Delete it instead."),
    ),
    "adopt_other_service": (
        _(
            "Its tags name a removed endpoint of the service %(service)s. An endpoint belongs to one service"
            " for ever: choose that one."
        ),
        _("Its tags name a removed endpoint of another service."),
    ),
    "adopt_other_target": (
        _("It leads to another source than the removed endpoint that its tags name. Delete it instead."),
    ),
    "adopt_wrong_region": (
        _("It is in %(region)s, but the ClickPipes of this service run in %(wanted)s."),
        _("It is in another region than the ClickPipes of this service."),
    ),
    "adopt_no_network": (
        _("It is in %(vpc)s, which is no network of this installation. Add that network first."),
        _("It is in a VPC that is no network of this installation."),
    ),
    "adopt_unknown_kind": (_("It is of no type that Postern makes."),),
    "adopt_no_share": (_("No resource share brings its resource configuration to us any more."),),
    "adopt_going": (
        _("AWS says that it is %(state)s: there is nothing left to adopt."),
        _("It is going."),
    ),
    "adopt_not_allowed": (_("Whoever asked for it is not staff any more, or the service is gone."),),
    "adopt_names_taken": (
        _("Another endpoint in its network answers for its private DNS names: %(names)s"),
        _("Another endpoint in its network answers for its private DNS names."),
    ),
    "type_the_external_id": (
        _("Type the external ID exactly as it is: %(external_id)s"),
        _("Type the external ID exactly as it is."),
    ),
}
