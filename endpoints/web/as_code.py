"""The part of an endpoint's page that says it as code."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from django.conf import settings

from endpoints.domain.as_code import AsCode
from endpoints.domain.specs import HeldKind
from endpoints.models import ReversePrivateEndpoint
from endpoints.texts.as_code import READ, SET_NAMES, create_label, notes

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Way = tuple[str, str, "list[tuple[StrOrPromise, str, str]]"]
"""By what, the start of the buttons' ids, and what is copied: what it does, the rest of its id, the text."""


def as_code_context(endpoint: ReversePrivateEndpoint) -> dict[str, Any]:
    """Return the variables of `endpoint/_as_code.html` for an endpoint; its service comes with it."""
    code = AsCode(
        url=settings.BASE_URL,
        organization_id=str(endpoint.service.organization_id),
        service_id=str(endpoint.service_id),
        endpoint_id=str(endpoint.pk),
        asked={"description": endpoint.description, "type": endpoint.type, **endpoint.parameters},
        names=endpoint.custom_dns,
    )
    alone = {held.kind for held in endpoint.spec.held() if not held.shared}
    has_names, is_gone = bool(endpoint.custom_dns), endpoint.is_removed
    known = notes(alone, names=has_names, targets=code.has_targets, is_gone=is_gone)
    return {"code": code, "code_notes": list(known), "code_ways": _ways(endpoint, code, alone)}


def _ways(endpoint: ReversePrivateEndpoint, code: AsCode, alone: Collection[HeldKind]) -> list[Way]:
    """Return what can be copied by the API and by its client; reading needs an endpoint that is there."""
    create = create_label(alone, is_gone=endpoint.is_removed)
    calls = [(create, "create", code.create_call)]
    commands = [(create, "create", code.create_command)]
    if code.names and endpoint.removal_requested_at is None:
        calls.insert(0, (SET_NAMES, "names", code.names_call))
        commands.insert(0, (SET_NAMES, "names", code.names_command))
    if not endpoint.is_removed:
        calls.insert(0, (READ, "read", code.read_call))
        commands.insert(0, (READ, "read", code.read_command))
    return [("API", "as-api-", calls), ("clickhousectl", "as-command-", commands)]
