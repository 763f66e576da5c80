"""The API itself: its keys, its envelope, and which answer each refusal gets. Resources add their routers.

Source: cloud-api.md §2.
"""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, ValidationError

from endpoints import intents
from endpoints.api.beyond import router as beyond
from endpoints.api.bodies import sentence
from endpoints.api.envelope import EnvelopeRenderer, Problem, failure, unexpected
from endpoints.api.keys import BasicKey
from endpoints.api.organizations import router as organizations
from endpoints.api.pipes.views import router as pipes
from endpoints.api.private_endpoints import router as private_endpoints
from endpoints.api.services import router as services
from endpoints.api.waiting import router as waiting
from endpoints.api.wrong import place_of, said

api = NinjaAPI(
    title="Postern",
    version="1",
    auth=BasicKey(),
    renderer=EnvelopeRenderer(),
    openapi_url=None,
    docs_url=None,
)
for _router in (organizations, services, private_endpoints, beyond, waiting, pipes):
    api.add_router("", _router)


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
    return failure(request, Problem(403, _why_forbidden(error)))


def _why_forbidden(error: PermissionDenied) -> str:
    """Say which role it takes, and for which ClickPipes: whoever gets a 403 sees the service."""
    if not isinstance(error, intents.RoleTooLow):
        return "The role of this key does not allow this."
    takes = f"This takes the role {error.needed.value}"
    if not error.pipes:
        return f"{takes}."
    names, left = intents.first_of(error.pipes)
    return f"{takes}, because ClickPipes depend on it: {names}{f' and {left} more' if left else ''}."


@api.exception_handler(ValidationError)
def _on_invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    wrong = " ".join(f"{place_of(found['loc'][-1:])}: {said(found)}" for found in error.errors)
    return failure(request, Problem(400, wrong))


@api.exception_handler(intents.IntentRefused)
def _on_refused(request: HttpRequest, refused: intents.IntentRefused) -> HttpResponse:
    text = sentence(refused.code, refused.params)
    detail = f"{refused.field}: {text}" if refused.field else text
    return failure(request, Problem(409 if refused.is_conflict else 400, detail))


@api.exception_handler(Exception)
def _on_exception(request: HttpRequest, error: Exception) -> HttpResponse:
    return unexpected(request, error)
