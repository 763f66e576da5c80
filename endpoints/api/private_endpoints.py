"""A service's reverse private endpoints: list, create, get, update, delete. Source: cloud-api.md §3."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from ninja import Router

from endpoints import intents
from endpoints.api.bodies import names_wanted_by, read_object, wanted_by
from endpoints.api.envelope import success
from endpoints.api.keys import key_of
from endpoints.api.places import SERVICE, endpoint_of, look_at, service_of
from endpoints.api.retries import digest_of, made_before
from endpoints.api.shapes import EndpointShape, many_as_json, one_as_json, read_many
from endpoints.models import ReversePrivateEndpoint, Role, Service, read_clock

router = Router(tags=["Reverse private endpoints"])

COLLECTION = SERVICE + "/clickpipesReversePrivateEndpoints"
ONE = COLLECTION + "/{endpoint_id}"


@router.get(COLLECTION, response=list[EndpointShape])
def list_endpoints(request: HttpRequest, organization_id: str, service_id: str) -> HttpResponse:
    """Return all that are not tombstones, the newest first; there is no paging."""
    service = service_of(request, organization_id, service_id)
    return success(request, many_as_json(_live(service), read_clock().now))


@router.post(COLLECTION, response=EndpointShape)
def create_endpoint(request: HttpRequest, organization_id: str, service_id: str) -> EndpointShape:
    """Ask for an endpoint; the answer does not wait for AWS."""
    service = service_of(request, organization_id, service_id)
    # Before the body is read: who may not act learns nothing of it.
    intents.require_role(key_of(request), service, Role.OPERATOR)
    return EndpointShape.of(_made(request, service), read_clock().now)


@transaction.atomic
def _made(request: HttpRequest, service: Service) -> ReversePrivateEndpoint:
    body = read_object(request)
    key = key_of(request)
    digest = digest_of(key, request.body)
    standing = service.endpoints.live().filter(removal_requested_at__isnull=True)
    earlier = made_before(service, standing.with_details().select_related("region"), digest)
    if earlier is not None:
        return earlier
    wanted = wanted_by(body, service)
    return intents.request_endpoint(service=service, wanted=wanted, by=key, request_digest=digest)


@router.get(ONE, response=EndpointShape)
def get_endpoint(
    request: HttpRequest, organization_id: str, service_id: str, endpoint_id: str
) -> HttpResponse:
    """Return one endpoint; a tombstone is a 404."""
    return success(request, one_as_json(*look_at(request, organization_id, service_id, endpoint_id)))


@router.patch(ONE, response=EndpointShape)
def update_endpoint(
    request: HttpRequest, organization_id: str, service_id: str, endpoint_id: str
) -> EndpointShape:
    """Replace the custom private DNS names, which are recorded and not served; nothing else can change."""
    service = service_of(request, organization_id, service_id)
    endpoint = endpoint_of(service, endpoint_id)
    key = key_of(request)
    intents.require_role(key, service, Role.OPERATOR)
    names = names_wanted_by(read_object(request), endpoint)
    if names is not None:
        endpoint = intents.change_custom_dns(endpoint=endpoint, names=names, by=key)
    return EndpointShape.of(endpoint, read_clock().now)


@router.delete(ONE)
def delete_endpoint(request: HttpRequest, organization_id: str, service_id: str, endpoint_id: str) -> None:
    """Ask for the removal of an endpoint, which then shows as Deleting; asking again changes nothing."""
    service = service_of(request, organization_id, service_id)
    intents.request_removal(endpoint=endpoint_of(service, endpoint_id), by=key_of(request))


def _live(service: Service) -> list[ReversePrivateEndpoint]:
    return read_many(service.endpoints.live())
