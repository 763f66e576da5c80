"""The operations: list, create, get and delete of a service's reverse private endpoints. cloud-api.md §3."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError

from endpoints import intents
from endpoints.api.bodies import read_object, sentence, wanted_by
from endpoints.api.envelope import EnvelopeRenderer, Problem, failure, unexpected
from endpoints.api.keys import BasicKey, key_of
from endpoints.api.retries import request_once
from endpoints.api.shapes import EndpointShape
from endpoints.models import ReversePrivateEndpoint, Role, Service, read_clock

api = NinjaAPI(
    title="Postern",
    version="1",
    auth=BasicKey(),
    renderer=EnvelopeRenderer(),
    openapi_url=None,
    docs_url=None,
)

COLLECTION = "/organizations/{organization_id}/services/{service_id}/clickpipesReversePrivateEndpoints"
ONE = COLLECTION + "/{endpoint_id}"


@api.get(COLLECTION, response=list[EndpointShape])
def list_endpoints(request: HttpRequest, organization_id: str, service_id: str) -> list[EndpointShape]:
    """Return all that are not tombstones, the newest first; there is no paging."""
    service = _service(request, organization_id, service_id)
    now = read_clock().now
    return [EndpointShape.of(endpoint, now) for endpoint in _live(service)]


@api.post(COLLECTION, response=EndpointShape)
def create_endpoint(request: HttpRequest, organization_id: str, service_id: str) -> EndpointShape:
    """Ask for an endpoint; the answer does not wait for AWS."""
    service = _service(request, organization_id, service_id)
    key = key_of(request)
    intents.require_role(key, service, Role.OPERATOR)  # before the body: who may not act learns nothing of it
    wanted = wanted_by(read_object(request), service)
    endpoint = request_once(service=service, wanted=wanted, by=key)
    return EndpointShape.of(endpoint, read_clock().now)


@api.get(ONE, response=EndpointShape)
def get_endpoint(
    request: HttpRequest, organization_id: str, service_id: str, endpoint_id: str
) -> EndpointShape:
    """Return one endpoint; a tombstone is a 404."""
    service = _service(request, organization_id, service_id)
    return EndpointShape.of(_endpoint(service, endpoint_id), read_clock().now)


@api.delete(ONE)
def delete_endpoint(request: HttpRequest, organization_id: str, service_id: str, endpoint_id: str) -> None:
    """Ask for the removal of an endpoint, which then shows as Deleting; asking again changes nothing."""
    service = _service(request, organization_id, service_id)
    intents.request_removal(endpoint=_endpoint(service, endpoint_id), by=key_of(request))


def _service(request: HttpRequest, organization_id: str, service_id: str) -> Service:
    """Return the service of the address. Raises Problem: 400 for a malformed id, 404 for a stranger."""
    organization = _uuid("organization", organization_id)
    service = _uuid("service", service_id)
    mine = Service.objects.visible_to(key_of(request)).filter(organization=organization, pk=service)
    found = mine.first()
    if found is None:
        raise Problem(404, service_id)
    return found


def _live(service: Service) -> list[ReversePrivateEndpoint]:
    return list(service.endpoints.live().select_related("region"))


def _endpoint(service: Service, endpoint_id: str) -> ReversePrivateEndpoint:
    pk = _uuid("reverse private endpoint", endpoint_id)
    found = service.endpoints.live().select_related("region", "service").filter(pk=pk).first()
    if found is None:
        raise Problem(404, endpoint_id)
    return found


def _uuid(what: str, text: str) -> UUID:
    try:
        if len(text) == 36:
            return UUID(text)
    except ValueError:
        pass
    raise Problem(400, f"Invalid {what} id <string:{text[:60]}>")


@api.exception_handler(Problem)
def _on_problem(request: HttpRequest, problem: Problem) -> HttpResponse:
    return failure(request, problem)


@api.exception_handler(AuthenticationError)
def _on_stranger(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    detail = "Send an API key with HTTP Basic: its id as the user, its secret as the password."
    response = failure(request, Problem(401, detail))
    response["WWW-Authenticate"] = 'Basic realm="Postern", charset="UTF-8"'
    return response


@api.exception_handler(PermissionDenied)
def _on_forbidden(request: HttpRequest, error: PermissionDenied) -> HttpResponse:
    return failure(request, Problem(403, "The role of this key does not allow this."))


@api.exception_handler(intents.IntentRefused)
def _on_refused(request: HttpRequest, refused: intents.IntentRefused) -> HttpResponse:
    text = sentence(refused.code, refused.params)
    detail = f"{refused.field}: {text}" if refused.field else text
    return failure(request, Problem(409 if refused.is_conflict else 400, detail))


@api.exception_handler(Exception)
def _on_exception(request: HttpRequest, error: Exception) -> HttpResponse:
    return unexpected(request, error)
