"""Setting a ClickPipe up, page by page: what each step shows, takes, refuses and keeps."""

import pytest
from django.test import Client
from django.urls import reverse

from endpoints.domain.status import Status
from endpoints.domain.types import Source
from endpoints.models import ClickPipe, PipeDraft, ReversePrivateEndpoint, Service
from tests.people import REGIONAL_NAME, SERVICE_NAME, Cast

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}
NEW = {
    "type": "VPC_ENDPOINT_SERVICE",
    "vpcEndpointServiceName": SERVICE_NAME,
    "description": "Orders database",
}
PAGES = ["choose-connection", "choose-endpoint", "new-pipe-endpoint", "pipe-host"]


def page(service: Service, name: str, source: Source = Source.POSTGRES, *more: object) -> str:
    return reverse(name, args=[service.pk, source, *more])


def draft_of(cast: Cast, source: Source = Source.POSTGRES) -> PipeDraft:
    return PipeDraft.objects.get(user=cast.operator, service=cast.service, source=source)


def test_the_whole_way_from_source_to_clickpipe(cast: Cast, operator: Client) -> None:
    start = operator.get(reverse("choose-source", args=[cast.service.pk])).text
    connection = page(cast.service, "choose-connection")
    assert f'href="{connection}"' in start
    assert "Reverse private endpoint" in operator.get(connection).text
    choice = operator.post(connection)
    assert (choice.status_code, choice["Location"]) == (303, page(cast.service, "choose-endpoint"))
    new = page(cast.service, "new-pipe-endpoint")
    assert f'href="{new}"' in operator.get(choice["Location"]).text
    made = operator.post(new, NEW)
    endpoint = ReversePrivateEndpoint.objects.get()
    wait = page(cast.service, "pipe-endpoint", Source.POSTGRES, endpoint.pk)
    assert (made.status_code, made["Location"]) == (303, wait)
    waiting = operator.get(wait).text
    assert "This page follows by itself" in waiting
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in waiting
    assert "Create ClickPipe" not in waiting
    ReversePrivateEndpoint.objects.update(status=Status.READY, dns_names=[REGIONAL_NAME])
    ready = operator.get(wait).text
    assert "Create ClickPipe" in ready
    assert "http-equiv" not in ready
    assert 'value="5432"' in ready
    done = operator.post(wait, {"host": REGIONAL_NAME, "port": "5432", "name": "orders"})
    pipe = ClickPipe.objects.get()
    assert (done.status_code, done["Location"]) == (
        303,
        reverse("clickpipe", args=[cast.service.pk, pipe.pk]),
    )
    assert (pipe.source, pipe.address) == ("Postgres", f"{REGIONAL_NAME}:5432")
    assert list(pipe.endpoints.all()) == [endpoint]
    assert pipe.created_by == cast.operator
    assert not PipeDraft.objects.exists()
    assert "Can connect" in operator.get(done["Location"]).text
