"""Why a request was refused, by the code of a SpecError or an IntentRefused."""

from django.utils.translation import gettext_lazy as _

from endpoints.texts.adopting import ORPHAN_REFUSALS
from endpoints.texts.cloud_pipes import CLOUD_PIPES
from endpoints.texts.custom_dns import CUSTOM_DNS
from endpoints.texts.keys import KEY_REFUSALS
from endpoints.texts.ownership import OWNERSHIP
from endpoints.texts.say import Templates

REFUSALS: dict[str, Templates] = {
    **OWNERSHIP,
    **CUSTOM_DNS,
    **KEY_REFUSALS,
    **CLOUD_PIPES,
    **ORPHAN_REFUSALS,
    "required": (_("Enter a value."),),
    "not_text": (_("This must be text."),),
    "unprintable": (_("Remove the characters that cannot be printed, such as line breaks or NUL."),),
    "undecodable": (_("This was not sent as UTF-8 and cannot be read. Type it again."),),
    "too_long": (
        _("At most %(maximum)s characters are allowed; this has %(length)s."),
        _("This is too long."),
    ),
    "unknown_type": (
        _("There is no endpoint type of this name. Known types: %(known)s"),
        _("There is no endpoint type of this name."),
    ),
    "aws_only": (
        _(
            "GCP_PSC_SERVICE_ATTACHMENT is of Google Cloud, and this installation makes endpoints in AWS"
            " only. Known types: %(known)s"
        ),
        _("This is a type of Google Cloud, and this installation makes endpoints in AWS only."),
    ),
    "foreign_field": (
        _("This field does not belong to the type %(type)s."),
        _("This field does not belong to this type."),
    ),
    "quoted": (_("Remove the quotation marks around it."),),
    "inner_space": (_("Remove the spaces and line breaks inside it."),),
    "pasted": (_("This is something else."),),
    "shape": (_("This does not have the right form."),),
    "wrong_region": (
        _(
            "This lies in %(region)s, but the ClickPipes of this service run in %(wanted)s. Only a"
            " VPC endpoint service can be reached from another region."
        ),
        _("This lies in another region than the ClickPipes of this service."),
    ),
    "no_network": (
        _("This installation has no network in %(region)s. Ask its operators to add one."),
        _("This installation has no network in this region. Ask its operators to add one."),
    ),
    "name_taken": (
        _(
            "This endpoint service is already used by another organization. If it is yours, ask the"
            " operators of this installation to allow it for your organization."
        ),
    ),
    "msk_slot_taken": (
        _(
            "This MSK cluster already has a connection with this authentication. AWS allows one for each"
            " cluster and authentication."
        ),
    ),
    "share_taken": (
        _(
            "This resource share was already used for an endpoint. A share serves one endpoint only: ask its"
            " owner for a new share of the same resource configuration."
        ),
    ),
    "type_the_description": (
        _("Type the description exactly as it is written: %(description)s"),
        _("Type the description exactly as it is written."),
    ),
    "not_a_host": (_("This is no host name. It looks like: host.example.com"),),
    "several_hosts": (_("Enter one host name at a time."),),
    "host_is_url": (_("Enter the host name alone, without https:// and path."),),
    "host_is_address": (_("This is an IP address. Endpoints are found by host name."),),
    "one_label": (_("Enter only what stands in place of the star, without a dot."),),
    "not_a_port": (_("A port is a number from 1 to 65535."),),
    "no_port": (
        _("Add the port after the host name: host.example.com:%(port)s"),
        _("Add the port after the host name."),
    ),
    "one_host": (_("Enter one host with its port. Only Kafka has a list of them."),),
    "too_many_hosts": (_("At most %(maximum)s hosts are allowed."), _("These are too many hosts.")),
    "pipe_name_taken": (
        _("The ClickPipe %(pipe_id)s of this service has this name already. Choose another."),
        _("A ClickPipe of this service has this name already. Choose another."),
    ),
    "endpoint_not_usable": (
        _(
            "Cannot be used: %(ids)s. Each must be an endpoint of this service that can reach this source and"
            " is not being removed."
        ),
        _(
            "This endpoint cannot be used: it is not of this service, is being removed, or cannot reach"
            " this source."
        ),
    ),
    "not_its_name": (
        _(
            "This endpoint does not answer %(host)s. Choose one of its names, or one that its wildcard"
            " covers."
        ),
        _("This endpoint does not answer this host."),
    ),
    "no_endpoint_answers": (
        _("No endpoint of this service that leads to this source answers %(host)s."),
        _("No endpoint of this service answers this host."),
    ),
    "no_choice": (_("Choose one."),),
    "type_not_for_source": (
        _("This type cannot lead to %(source)s. Choose another."),
        _("This type cannot lead to this source. Choose another."),
    ),
    "hand_off_days": (_("Choose for how many days the link should work."),),
    "being_removed": (_("This endpoint is being removed already."),),
    "being_replaced": (_("This endpoint is being replaced already."),),
    "taking_a_place": (
        _("This endpoint is taking another's place. Wait until it has, or stop that replacement."),
    ),
    "cannot_stop": (
        _("The old endpoint is being removed to make room for the new one; that cannot be taken back."),
    ),
    "type_unfit": (
        _("This type cannot reach the source of these ClickPipes: %(pipes)s"),
        _("This type cannot reach the source of the ClickPipes that depend on this endpoint."),
    ),
    "needs_admin": (
        _(
            "ClickPipes depend on this endpoint, and it must be removed first: only an admin of the service"
            " may ask for that."
        ),
    ),
    "new_one_removed": (_("The new endpoint was removed before the ClickPipes were moved."),),
    "nobody_to_create": (
        _(
            "Whoever asked for the replacement may not create endpoints here any more. Replace the endpoint"
            " once more yourself."
        ),
    ),
    "nobody_to_move": (
        _(
            "Whoever asked for the replacement may not move ClickPipes here any more. Replace the endpoint"
            " once more yourself."
        ),
    ),
    "service_full": (
        _(
            "This service uses %(used)s of the %(limit)s endpoints it may have. Remove one that is not"
            " needed, or ask the staff of this installation for a higher limit. One that is being removed"
            " counts until it is gone."
        ),
        _("This service has as many endpoints as it may have."),
    ),
    "organization_full": (
        _(
            "The organization of this service uses %(used)s of the %(limit)s endpoints it may have. Remove"
            " one that is not needed, or ask the staff of this installation for a higher limit. One that is"
            " being removed counts until it is gone."
        ),
        _("The organization of this service has as many endpoints as it may have."),
    ),
    "reason_needed": (_("Say why: it is kept with who did it."),),
    "claim_in_use": (
        _("Something in AWS may still use it. It can be released once that is seen gone, and no orphan."),
    ),
    "network_in_use": (
        _(
            "Endpoints in it: %(count)s. Set it to draining, recreate or remove its endpoints, and remove it"
            " once they are gone."
        ),
        _("Endpoints live in it. Set it to draining, and remove it once they are gone."),
    ),
    "network_has_history": (
        _(
            "Endpoints that were removed lived in it, and what was done for them is kept for a while. Set it"
            " to draining until then: nothing is made in it any more."
        ),
    ),
    "region_in_use": (_("It has networks, endpoints or orphans, or their history is still kept."),),
    "cannot_retry": (
        _("There is nothing to retry: the endpoint is in the status %(status)s."),
        _("There is nothing to retry."),
    ),
}

HELD_BY: Templates = (
    _(
        "It is held by the endpoint “%(holder)s” (%(holder_id)s) of the service “%(holder_service)s” of your"
        " organization."
    ),
    _("It is held by an endpoint of your organization."),
)
"""Added to a refusal, where the holder is of the same organization."""
