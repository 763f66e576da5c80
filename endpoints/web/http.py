"""The requests and responses of the pages."""

from django.http import HttpRequest, HttpResponseRedirect
from django_htmx.middleware import HtmxDetails

from endpoints.models import Service, User


class PersonRequest(HttpRequest):
    """A request by somebody who signed in; `SignInMiddleware` lets nobody else through to a view."""

    user: User
    htmx: HtmxDetails
    service: Service


class SeeOther(HttpResponseRedirect):
    """The answer to a POST that did its work: go and look, with GET."""

    status_code = 303
