"""The type chooser, and which endpoint answers a host."""

from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from endpoints import texts
from endpoints.domain.choosing import Nearness, Place, choose
from endpoints.domain.status import Status
from endpoints.domain.types import EndpointType, Source
from endpoints.models import Region, Service
from endpoints.texts.choosing import PLACES, WHY
from tests.people import ACCOUNT, REGIONAL_NAME, Cast, make_endpoint, make_tombstone
from tests.web.conftest import page_of

HOST = "b-1.kafka.example.com"
WILDCARD = "*.kafka.example.com"


def chooser(service: Service) -> str:
    return reverse("choose-type", args=[service.pk])


def finder(service: Service) -> str:
    return reverse("which-endpoint", args=[service.pk])


def answers(source: Source, place: Place, near: Nearness) -> dict[str, str]:
    return {"source": source, "place": place, "region": near}


RDS = answers(Source.POSTGRES, Place.RDS, Nearness.SAME)


# --- access ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["choose-type", "which-endpoint"])
def test_strangers_find_nothing_and_others_sign_in(cast: Cast, stranger: Client, name: str) -> None:
    address = reverse(name, args=[cast.service.pk])
    assert stranger.get(address).status_code == 404
    assert Client().get(address)["Location"] == f"/sign-in/?next={address}"
    assert stranger.post(address).status_code == 405


# --- the chooser ----------------------------------------------------------------------------------------


def test_the_chooser_asks_three_questions_and_answers_nothing_yet(cast: Cast, viewer: Client) -> None:
    page = viewer.get(chooser(cast.service)).text
    assert page.count("<fieldset") == 3
    assert page.count('type="radio"') == len(Source) + len(Place) + len(Nearness)
    assert [str(name) for name, _ in PLACES.values() if str(name) not in unescape(page)] == []
    assert "In eu-central-1, where the ClickPipes of this service run" in page
    assert "Choose one." not in page
    assert 'id="answer"' not in page


@pytest.mark.parametrize("near", list(Nearness))
@pytest.mark.parametrize("place", list(Place))
@pytest.mark.parametrize("source", list(Source))
def test_every_answer_is_explained(
    cast: Cast, operator: Client, source: Source, place: Place, near: Nearness
) -> None:
    choice = choose(source, place, near)
    page = unescape(operator.get(chooser(cast.service), answers(source, place, near)).text)
    assert str(WHY[choice.why]) in page
    create = reverse("create-endpoint", args=[cast.service.pk])
    if choice.recommended is None:
        assert "Not possible" in page
        assert f"{create}?type=" not in page
    else:
        assert f"Recommended: {texts.type_label(choice.recommended)}" in page
        assert f'href="{create}?type={choice.recommended}"' in page
        assert ACCOUNT in page
        assert all(texts.type_label(kind) in page for kind in choice.alternatives)
    assert "%(" not in page
    assert "None" not in page


def test_what_to_prepare_is_filled_with_port_account_and_region(cast: Cast, viewer: Client) -> None:
    page = unescape(viewer.get(chooser(cast.service), RDS).text)
    assert "--region eu-central-1" in page
    assert f"--principals {ACCOUNT}" in page
    assert "Create a resource configuration for a database of Amazon RDS" in page
    assert "Create a resource configuration for a host name" not in page
    assert 'resource "aws_vpclattice_resource_gateway"' in page
    assert "AWS::RAM::ResourceShare" in page
    assert 'id="copy-share-terraform"' in page
    assert 'aria-label="Copy for Terraform: Share the resource configuration"' in page


def test_what_was_chosen_stays_chosen_and_what_was_not_is_asked_for(cast: Cast, viewer: Client) -> None:
    page = viewer.get(chooser(cast.service), {"source": "Kafka", "place": "moon"}).text
    assert 'value="Kafka" checked' in page
    assert page.count(" checked") == 1
    assert page.count("Choose one.") == 2
    assert 'aria-describedby="id_place_error"' in page
    assert 'id="answer"' not in page


def test_a_viewer_is_not_led_to_a_page_that_refuses(cast: Cast, viewer: Client, operator: Client) -> None:
    link = "Create an endpoint of this type"
    assert link not in viewer.get(chooser(cast.service), RDS).text
    assert link in operator.get(chooser(cast.service), RDS).text


def test_an_account_that_is_not_verified_is_said_so(cast: Cast, viewer: Client) -> None:
    Region.objects.update(account_id="")
    page = unescape(viewer.get(chooser(cast.service), RDS).text)
    assert "is not verified yet" in page
    assert "--principals '<POSTERN_ACCOUNT_ID>'" in page


def test_the_region_table_marks_this_services_line(cast: Cast, viewer: Client) -> None:
    page = viewer.get(chooser(cast.service)).text
    assert page.count('<tr class="marked">') == 1
    marked = page.partition('<tr class="marked">')[2].partition("</tr>")[0]
    assert "Any other region in Europe" in marked
    assert "(this service)" in marked
    assert "eu-central-1" in marked
    assert "on or after 2026-04-15 (UTC)" in page
    assert page.count("before its day") == 2


def test_an_override_of_staff_goes_before_the_table(cast: Cast, viewer: Client) -> None:
    Service.objects.filter(pk=cast.service.pk).update(clickpipes_region_override="us-west-2")
    page = viewer.get(chooser(cast.service)).text
    assert "The ClickPipes of this service run in us-west-2." in page
    assert 'class="marked"' not in page
    assert "Staff set this for the service" in page


def test_the_chooser_takes_few_queries(
    cast: Cast, viewer: Client, django_assert_max_num_queries: object
) -> None:
    viewer.get(chooser(cast.service))
    with django_assert_max_num_queries(7):  # type: ignore[operator]
        viewer.get(chooser(cast.service), RDS)


# --- which endpoint -------------------------------------------------------------------------------------


def find(client: Client, service: Service, host: str) -> str:
    return unescape(client.get(finder(service), {"host": host}).text)


def test_the_finder_asks_for_a_host_first(cast: Cast, viewer: Client) -> None:
    page = viewer.get(finder(cast.service)).text
    assert 'name="host"' in page
    assert "aria-invalid" not in page
    assert "answer-title" not in page


def test_an_exact_name_comes_before_a_wildcard(cast: Cast, viewer: Client) -> None:
    wide = make_endpoint(cast.service, description="All brokers", private_dns_names=[WILDCARD])
    exact = make_endpoint(cast.service, description="First broker", dns_names=[HOST])
    page = find(viewer, cast.service, f"{HOST.upper()}.:9092")
    assert page.index(page_of(exact)) < page.index(page_of(wide))
    assert f"<code>{WILDCARD}</code>" in page
    assert page.count("(wildcard)") == 1
    assert page.count('data-status="Ready"') == 2


def test_a_wildcard_covers_one_label_only(cast: Cast, viewer: Client) -> None:
    make_endpoint(cast.service, private_dns_names=[WILDCARD])
    for host in (f"x.{HOST}", "kafka.example.com"):
        assert "No endpoint of this service answers" in find(viewer, cast.service, host)
    assert "Endpoints that answer" in find(viewer, cast.service, HOST)


def test_only_live_endpoints_of_this_service_answer(cast: Cast, viewer: Client) -> None:
    make_endpoint(cast.other_service, dns_names=[HOST])
    make_tombstone(cast.service, dns_names=[HOST])
    page = find(viewer, cast.service, HOST)
    assert "No endpoint of this service answers" in page
    assert "covers one label only" in page
    make_endpoint(cast.service, Status.DELETING, description="Going", dns_names=[HOST])
    assert "Going" in find(viewer, cast.service, HOST)


def test_a_name_of_aws_is_found_as_well(cast: Cast, viewer: Client) -> None:
    endpoint = make_endpoint(cast.service)
    assert page_of(endpoint) in find(viewer, cast.service, REGIONAL_NAME)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Enter a value."),
        ("10.0.0.1", "This is an IP address."),
        ("https://db.example.com/", "Enter the host name alone"),
        ("a.example.com,b.example.com", "Enter one host name at a time."),
        ("<script>alert(1)</script>", "Enter the host name alone"),
        ("a b", "This is no host name."),
    ],
)
def test_what_is_no_host_name_is_said_at_the_field(cast: Cast, viewer: Client, typed: str, said: str) -> None:
    response = viewer.get(finder(cast.service), {"host": typed})
    assert said in unescape(response.text)
    assert 'aria-invalid="true"' in response.text
    assert 'aria-describedby="id_host_error id_host_helptext"' in response.text
    assert "<script>alert" not in response.text
    assert "answer-title" not in response.text


def test_output_is_escaped(cast: Cast, viewer: Client) -> None:
    make_endpoint(cast.service, description="<b>bold</b>", dns_names=[HOST])
    raw = viewer.get(finder(cast.service), {"host": HOST}).text
    assert "&lt;b&gt;bold" in raw
    assert "<b>bold" not in raw
    assert "<POSTERN" not in viewer.get(chooser(cast.service), RDS).text


def test_the_answer_is_one_query_however_many_endpoints_there_are(
    cast: Cast, viewer: Client, django_assert_max_num_queries: object
) -> None:
    for number in range(5):
        make_endpoint(cast.service, description=f"broker {number}", private_dns_names=[WILDCARD])
    find(viewer, cast.service, HOST)
    with django_assert_max_num_queries(7):  # type: ignore[operator]
        assert "broker 4" in find(viewer, cast.service, HOST)


@pytest.mark.parametrize("kind", list(EndpointType))
def test_every_type_can_be_recommended(cast: Cast, operator: Client, kind: EndpointType) -> None:
    found = [
        answers(source, place, near)
        for source in Source
        for place in Place
        for near in Nearness
        if choose(source, place, near).recommended is kind
    ]
    assert f"?type={kind}" in operator.get(chooser(cast.service), found[0]).text
