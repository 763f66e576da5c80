"""Reasons that any endpoint may have, those of VPC endpoint services included."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from endpoints.domain.reasons import Reason
from endpoints.texts.advice.base import (
    NOBODY,
    OPERATORS,
    OWNER,
    TELL_OPERATORS,
    WAIT,
    YOU,
    Advice,
)
from endpoints.texts.say import Templates

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

COMMON: dict[Reason, Advice] = {
    Reason.REQUESTED: Advice((_("The request is saved; the work is about to begin."),), NOBODY, WAIT),
    Reason.CREATING: Advice((_("The endpoint is being created in AWS."),), NOBODY, WAIT),
    Reason.CONNECTING: Advice((_("AWS is connecting the endpoint to the endpoint service."),), NOBODY, WAIT),
    Reason.REPLACING: Advice(
        (_("What the previous attempt left in AWS is being removed before the next one begins."),),
        NOBODY,
        WAIT,
    ),
    Reason.AWS_UNAVAILABLE: Advice(
        (
            _("AWS does not answer or asks us to wait. The next try is at %(until)s."),
            _("AWS does not answer or asks us to wait. Postern tries again by itself."),
        ),
        NOBODY,
        WAIT,
    ),
    Reason.OPERATOR_MUST_ACT: Advice(
        (
            _("The AWS set-up of this installation in %(region)s needs attention before the work can go on."),
            _("The AWS set-up of this installation needs attention before the work can go on."),
        ),
        OPERATORS,
        (TELL_OPERATORS,),
    ),
    Reason.WRITES_PAUSED: Advice(
        (_("Changes in AWS are paused by the operators of this installation."),),
        OPERATORS,
        (TELL_OPERATORS,),
    ),
    Reason.WAITING_FOR_TURN: Advice(
        (
            _("It waits for its turn: AWS accepts only a few changes a minute in %(region)s."),
            _("It waits for its turn: AWS accepts only a few changes a minute."),
        ),
        NOBODY,
        WAIT,
    ),
    Reason.OWNER_MUST_ACCEPT: Advice(
        (_("The connection waits for the owner of the endpoint service to accept it."),),
        OWNER,
        (
            _(
                "In the AWS console of the account that owns %(service_name)s: Endpoint Services → Endpoint"
                " connections → Actions → Accept endpoint connection request."
            ),
            _(
                "In the owner's AWS console: Endpoint Services → Endpoint connections → Actions → Accept"
                " endpoint connection request."
            ),
        ),
    ),
    Reason.AVAILABLE: Advice(
        (_("The endpoint is connected."),),
        NOBODY,
        (_("Copy a DNS name, add the port of your source, and use both in a ClickPipe."),),
    ),
    Reason.MODIFYING: Advice(
        (_("The endpoint is connected; AWS is applying a change to it."),),
        NOBODY,
        (_("Copy a DNS name, add the port of your source, and use both in a ClickPipe."),),
    ),
    Reason.REJECTED_BY_OWNER: Advice(
        (_("The owner of the endpoint service rejected the connection."),),
        YOU,
        (_("Ask the owner of the endpoint service why, and retry when they are ready to accept."),),
    ),
    Reason.NOT_ACCEPTED_IN_TIME: Advice(
        (_("The owner of the endpoint service did not accept the connection in time."),),
        YOU,
        (_("Ask the owner to be ready to accept, then retry or create a new endpoint."),),
    ),
    Reason.FAILED_AT_AWS: Advice(
        (_("AWS could not bring up the endpoint."),),
        YOU,
        (_("Retry. If it fails again, ask the operators of this installation what AWS said."),),
    ),
    Reason.REMOVED_OUTSIDE: Advice(
        (_("The endpoint was deleted in AWS, and not by Postern."),),
        YOU,
        (_("Find out who deleted it and why, then retry. Nothing is created again without you."),),
    ),
    Reason.SERVICE_NOT_FOUND: Advice(
        (
            _("AWS knows no endpoint service %(service_name)s that account %(account)s may connect to."),
            _("AWS knows no endpoint service %(service_name)s that this installation may connect to."),
            _("AWS knows no endpoint service of this name that this installation may connect to."),
        ),
        OWNER,
        (
            _(
                "The owner checks the name and adds arn:aws:iam::%(account)s:root to the allowed principals"
                " of the endpoint service. Then retry."
            ),
            _(
                "The owner checks the name and adds this installation's AWS account to the allowed"
                " principals of the endpoint service. Then retry."
            ),
        ),
    ),
    Reason.SERVICE_NOT_INTERFACE: Advice(
        (
            _("%(service_name)s is not an endpoint service of type Interface."),
            _("This is not an endpoint service of type Interface."),
        ),
        YOU,
        (_("Create a new endpoint with an endpoint service that stands behind a Network Load Balancer."),),
    ),
    Reason.REGION_NOT_SUPPORTED: Advice(
        (
            _(
                "%(service_name)s does not exist, does not allow account %(account)s, or does not accept"
                " connections from the region %(region)s."
            ),
            _(
                "The endpoint service does not exist, does not allow this installation, or does not accept"
                " connections from the region of your ClickPipes."
            ),
        ),
        OWNER,
        (
            _(
                "Check the service name and its region. If they are right, in the owner's AWS console under"
                " Endpoint Services → Actions: Modify supported Regions → add %(region)s, and Allow"
                " principals → add arn:aws:iam::%(account)s:root. Then retry."
            ),
            _(
                "Check the service name and its region. If they are right, in the owner's AWS console under"
                " Endpoint Services → Actions: Modify supported Regions, and Allow principals. Then retry."
            ),
        ),
    ),
    Reason.NO_COMMON_ZONE: Advice(
        (
            _("The endpoint service and this installation share no Availability Zone in %(region)s."),
            _("The endpoint service and this installation share no Availability Zone."),
        ),
        OWNER,
        (
            _(
                "The owner adds an Availability Zone to the load balancer of the endpoint service, or the"
                " operators add a subnet in one of its zones. Then retry."
            ),
        ),
    ),
    Reason.NO_NETWORK: Advice(
        (
            _("This installation has no network in %(region)s that takes new endpoints."),
            _("This installation has no network in this region that takes new endpoints."),
        ),
        OPERATORS,
        (_("The operators add a network, or open one that is draining. Then retry."),),
    ),
    Reason.PARTIAL_AT_AWS: Advice(
        (_("AWS made the endpoint in some zones only and has not finished it."),), NOBODY, WAIT
    ),
    Reason.NO_ROOM: Advice(
        (
            _(
                "No network in %(region)s has room: the quota is reached in %(quota)s, and no subnet has a"
                " free block of 16 addresses in %(blocks)s."
            ),
            _("No network in %(region)s has room: the quota is reached in %(quota)s."),
            _("No network in %(region)s has room: no subnet has a free block of 16 addresses in %(blocks)s."),
            _("No network in %(region)s has room: no subnet has a free address in %(addresses)s."),
            _("No network in %(region)s has a subnet in a zone with VPC Lattice: %(zones)s"),
            _("No network of this installation has room for another endpoint."),
        ),
        OPERATORS,
        (TELL_OPERATORS,),
    ),
    Reason.REFUSED_BY_AWS: Advice(
        (_("AWS refused the request."),),
        YOU,
        (
            _(
                "Check what was entered with the owner of the data source, then retry. The operators of this"
                " installation can read what AWS said."
            ),
        ),
    ),
    Reason.REMOVAL_REQUESTED: Advice(
        (_("Removal was requested; everything made for this endpoint is being deleted in AWS."),),
        NOBODY,
        WAIT,
    ),
    Reason.DEADLINE_PASSED: Advice(
        (_("The deadline passed; everything made for this endpoint is being deleted in AWS."),),
        NOBODY,
        WAIT,
    ),
    Reason.DELETING_AT_AWS: Advice((_("AWS is deleting the endpoint."),), NOBODY, WAIT),
    Reason.DELETING_OUTSIDE: Advice(
        (_("Somebody is deleting the endpoint in AWS, and it is not Postern."),),
        YOU,
        (
            _(
                "Ask in the AWS account of this installation who deletes it. Once it is gone, retry to have a"
                " new one, or remove this one."
            ),
        ),
    ),
    Reason.UNKNOWN_STATE: Advice(
        (_("AWS reports a state that Postern does not know."),),
        OPERATORS,
        (_("The operators look at the endpoint in AWS. The page follows when the state changes."),),
    ),
}

STALE = Advice(
    (
        _("AWS could not be read since %(since)s. The last known state is: %(status)s."),
        _("AWS could not be read for an hour."),
    ),
    OPERATORS,
    (_("The operators check the access to AWS. Nothing is removed while the state is unknown."),),
)
REMOVED: dict[str, Templates] = {
    Reason.REMOVAL_REQUESTED: (
        _("Removed on request of %(who)s. Everything made for it in AWS is gone."),
        _("Removed on request. Everything made for it in AWS is gone."),
    ),
    Reason.DEADLINE_PASSED: (
        _("Removed by automatic cleanup, because its deadline passed. Everything made for it is gone."),
    ),
}
REMOVED_WHY: dict[str, "StrOrPromise"] = {
    Reason.REMOVAL_REQUESTED: _("Removal was requested"),
    Reason.DEADLINE_PASSED: _("Its deadline passed"),
}
