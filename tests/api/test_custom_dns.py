"""Custom private DNS names in the API: echoed, replaced in full, held by one, recorded and not served."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from endpoints import claims
from endpoints.intents import retry
from endpoints.intents.base import IntentRefused
from endpoints.models import Attempt, AuditEntry, CustomName, Event, Network, ReversePrivateEndpoint, Service
from tests.api.conftest import BODY, Caller, CallerFor, create, make_service, row
from tests.api.samples import MSK, RESOURCE, SERVICE

pytestmark = [pytest.mark.django_db, pytest.mark.urls("endpoints.api.urls")]

FIELD = "customPrivateDnsMappings"


def mappings(*names: str) -> list[dict[str, str]]:
    """Return names as the API has them; `name=target` with its target."""
    made = []
    for name in names:
        name, _, target = name.partition("=")
        made.append({"privateDnsName": name} | ({"targetId": target} if target else {}))
    return made


def patch(caller: Caller, endpoint: object, *names: str) -> Any:
    """Replace the names of an endpoint, expect 200, and return the result."""
    answer = caller.call("PATCH", f"/{endpoint}", {FIELD: mappings(*names)})
    assert answer.status_code == 200, answer.json()
    return answer.json()["result"]


def refused(caller: Caller, endpoint: object, *names: str, status: int = 409) -> str:
    """Replace the names of an endpoint, expect a refusal, and return its text."""
    return caller.error("PATCH", f"/{endpoint}", {FIELD: mappings(*names)}, status=status)


def place(endpoint_id: str, network: Network) -> Attempt:
    """Give an endpoint its place in a network."""
    now = timezone.now()
    where = {"endpoint_id": endpoint_id, "generation": 1, "token": endpoint_id, "created_at": now}
    return Attempt.objects.create(network=network, request={}, **where)


@pytest.fixture
def made(caller: Caller) -> str:
    """The id of an endpoint without names."""
    return str(row(caller.create()).pk)


@pytest.fixture
def networks(service: Service) -> list[Network]:
    """Two networks of the service's region."""
    first = Network.objects.get()
    second = Network.objects.create(
        region=first.region, vpc_id="vpc-2", subnet_ids=["subnet-2"], security_group_ids=["sg-2"]
    )
    return [first, second]


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_patch_replaces_the_whole_list_and_echoes_it(caller: Caller, made: str, slash: str) -> None:
    names = ("b.example.com", "*.example.com", "a.example.com")
    for wanted in (names, names[::-1], ("c.example.com",), ()):
        result = patch(caller, made + slash, *wanted)
        assert result[FIELD] == mappings(*wanted)
        assert result == caller.call("GET", f"/{made}").json()["result"]
        assert sorted(CustomName.objects.values_list("name", flat=True)) == sorted(wanted)


def test_a_create_may_bring_names_and_echoes_them(caller: Caller) -> None:
    names = mappings("*.z.example.com", "a.example.com")
    result = create(caller, SERVICE, **{FIELD: names})
    assert result[FIELD] == names
    result = create(caller, RESOURCE, **{FIELD: mappings("b.example.com=rcfg-1", "c.example.com")})
    assert result[FIELD] == mappings("b.example.com=rcfg-1", "c.example.com")


def test_the_entry_of_a_request_has_the_names_that_it_brought(caller: Caller) -> None:
    names = mappings("b.example.com=rcfg-1", "c.example.com")
    create(caller, RESOURCE, **{FIELD: names})
    create(caller, SERVICE)
    first, second = AuditEntry.objects.filter(action="endpoint.requested").order_by("pk")
    assert first.after["customPrivateDnsMappings"] == names
    assert "customPrivateDnsMappings" not in second.after


@pytest.mark.parametrize("body", [{}, {"description": "x"}, {FIELD: None}, {FIELD: {}}, [], {"a": 1}])
def test_a_body_without_a_list_changes_nothing(caller: Caller, made: str, body: Any) -> None:
    before = patch(caller, made, "a.example.com")
    answer = caller.call("PATCH", f"/{made}", body)
    assert answer.status_code == (200 if body in ({}, {FIELD: None}) else 400)
    assert caller.call("GET", f"/{made}").json()["result"] == before
    assert AuditEntry.objects.filter(action="endpoint.dns_changed").count() == 1


def test_each_change_has_a_line_and_an_entry_and_no_change_has_none(caller: Caller, made: str) -> None:
    for names in (("a.example.com",), ("a.example.com",), ()):
        patch(caller, made, *names)
    lines = Event.objects.filter(code="custom_dns_changed").order_by("id")
    assert [(line.actor, line.params) for line in lines] == [
        ("API key operator", {"names": ["a.example.com"]}),
        ("API key operator", {"names": []}),
    ]
    entries = AuditEntry.objects.filter(action="endpoint.dns_changed").order_by("pk")
    assert [(entry.before, entry.after) for entry in entries] == [
        ({FIELD: []}, {FIELD: mappings("a.example.com")}),
        ({FIELD: mappings("a.example.com")}, {FIELD: []}),
    ]


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (["X.example.com"], "X.example.com"),
        (["a.example.com", "a.example.com"], "twice"),
        (["db.local"], "reserved"),
        (["a.example.com=rcfg-1"], "targetId is supported only for VPC_RESOURCE"),
        (["x"] * 201, "At most 200"),
    ],
)
def test_wrong_names_are_refused_at_either_door(
    caller: Caller, made: str, names: list[str], told: str
) -> None:
    text = refused(caller, made, *names, status=400)
    assert text.startswith(f"BAD_REQUEST: {FIELD}: ")
    assert told in text
    assert caller.error("POST", body=BODY | {FIELD: mappings(*names)}, status=400) == text


def test_msk_has_no_custom_names_and_clears_none(caller: Caller) -> None:
    msk = create(caller, MSK)["id"]
    assert "MSK" in refused(caller, msk, "a.example.com", status=400)
    assert patch(caller, msk)[FIELD] == []


# --- who holds a name ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("held", "wanted", "clashes"),
    [
        ("a.example.com", "a.example.com", True),
        ("*.example.com", "a.example.com", True),
        ("a.example.com", "*.example.com", True),
        ("*.example.com", "*.example.com", True),
        ("*.example.com", "*.z.example.com", False),
        ("*.example.com", "a.z.example.com", False),
        ("a.example.com", "b.example.com", False),
    ],
)
def test_a_service_has_no_two_endpoints_whose_names_overlap(
    caller: Caller, made: str, held: str, wanted: str, clashes: bool
) -> None:
    patch(caller, made, held)
    other = str(row(caller.create(description="other")).pk)
    if not clashes:
        assert patch(caller, other, "x.example.org", wanted)[FIELD] == mappings("x.example.org", wanted)
        return
    text = refused(caller, other, "x.example.org", wanted)
    assert text.startswith(f"CONFLICT: {FIELD}: {wanted} is taken")
    assert made in text
    assert "“Orders”" in text
    body = BODY | {"description": "third", FIELD: mappings(wanted)}
    assert caller.error("POST", body=body, status=409) == text
    assert caller.call("GET", f"/{other}").json()["result"][FIELD] == []
    assert ReversePrivateEndpoint.objects.count() == 2
    patch(caller, made, "free.example.org")
    patch(caller, other, wanted)


def test_two_services_of_one_organization_may_have_the_same_name(
    caller: Caller, caller_for: CallerFor, made: str, service: Service
) -> None:
    patch(caller, made, "a.example.com")
    sibling = caller_for(make_service("analytics", service.organization))
    patch(sibling, row(sibling.create()).pk, "a.example.com")


def test_another_organization_is_refused_in_the_same_network_only_and_not_told_by_whom(
    caller: Caller, caller_for: CallerFor, made: str, networks: list[Network]
) -> None:
    patch(caller, made, "*.example.com")
    other = caller_for(make_service("tea"))
    theirs = create(other, RESOURCE)["id"]
    text = refused(other, theirs, "a.example.com")  # neither has its place yet
    assert text.startswith(f"CONFLICT: {FIELD}: a.example.com is taken")
    for secret in (made, "Orders", "orders", "organization"):
        assert secret not in text
    place(made, networks[0])
    refused(other, theirs, "a.example.com")
    attempt = place(theirs, networks[1])
    patch(other, theirs, "a.example.com")
    patch(other, theirs)
    Attempt.objects.filter(pk=attempt.pk).update(network=networks[0])
    refused(other, theirs, "a.example.com")


def test_a_retry_may_be_placed_anywhere_and_claims_anew(
    caller: Caller, caller_for: CallerFor, made: str, networks: list[Network]
) -> None:
    other = caller_for(make_service("tea"))
    theirs = create(other, RESOURCE)["id"]
    place(made, networks[0])
    place(theirs, networks[1])
    patch(caller, made, "a.example.com")
    patch(other, theirs, "a.example.com")
    ReversePrivateEndpoint.objects.filter(pk=made).update(status="Failed")
    mine = ReversePrivateEndpoint.objects.get(pk=made)
    with pytest.raises(IntentRefused, match="dns_name_taken"):
        retry(endpoint=mine, by=caller.key)
    patch(other, theirs)
    assert retry(endpoint=mine, by=caller.key).generation == 2


def test_an_owners_verified_name_in_the_network_is_taken(
    caller: Caller, caller_for: CallerFor, made: str, networks: list[Network]
) -> None:
    other = caller_for(make_service("tea"))
    owner = ReversePrivateEndpoint.objects.get(pk=create(other, RESOURCE)["id"])
    claims.claim_private_names(owner, "vpc-1", ["db.example.com"])
    refused(caller, made, "*.example.com")
    place(made, networks[1])
    patch(caller, made, "*.example.com")


def test_a_tombstones_names_are_free_and_what_is_being_removed_holds_its_own(
    caller: Caller, made: str
) -> None:
    patch(caller, made, "a.example.com")
    other = str(row(caller.create(description="other")).pk)
    caller.call("DELETE", f"/{made}")
    refused(caller, other, "a.example.com")
    assert refused(caller, made, "b.example.com").startswith("CONFLICT: ")
    ReversePrivateEndpoint.objects.filter(pk=made).update(removed_at=timezone.now())
    assert patch(caller, other, "a.example.com")[FIELD] == mappings("a.example.com")
    caller.error("PATCH", f"/{made}", {FIELD: []}, status=404)


def test_names_of_what_is_being_removed_can_be_cleared(caller: Caller, made: str) -> None:
    patch(caller, made, "a.example.com")
    caller.call("DELETE", f"/{made}")
    assert patch(caller, made)[FIELD] == []


@pytest.mark.django_db(transaction=True, available_apps=None)
@pytest.mark.parametrize("other_tenant", [False, True])
def test_of_ten_patches_at_once_one_gets_the_name(
    caller: Caller, caller_for: CallerFor, other_tenant: bool
) -> None:
    Service.objects.update(endpoint_limit=20)
    callers = [caller_for(make_service(f"tea {number}")) if other_tenant else caller for number in range(10)]
    for one in callers if other_tenant else []:
        assert one.key.organization_id != caller.key.organization_id
    share = "arn:aws:ram:eu-central-1:123456789012:resource-share/{}"
    made = [
        create(one, RESOURCE, vpcResourceShareArn=share.format(number)) for number, one in enumerate(callers)
    ]

    def ask(number: int) -> int:
        name = "*.example.com" if number % 2 else f"a{number % 4}.example.com"
        try:
            body = {FIELD: mappings(name, "same.example.org")}
            status: int = callers[number].call("PATCH", f"/{made[number]['id']}", body).status_code
            return status
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        assert sorted(pool.map(ask, range(10))) == [200] + [409] * 9


def test_viewers_and_strangers_change_no_names(
    caller: Caller, caller_for: CallerFor, made: str, service: Service
) -> None:
    viewer = caller_for(service, "viewer")
    assert refused(viewer, made, "a.example.com", status=403).startswith("FORBIDDEN: ")
    assert viewer.error("PATCH", f"/{made}", b"\x00", status=403)
    stranger = caller_for(service, "admin", of=make_service("tea"))
    assert refused(stranger, made, "a.example.com", status=404) == f"NOT_FOUND: {service.pk}"


# --- where names lead ------------------------------------------------------------------------------------


def test_targets_are_known_once_their_names_are_published(caller: Caller, networks: list[Network]) -> None:
    made = create(caller, RESOURCE)["id"]
    names = ("a.rcfg.example", "b.rcfg.example")
    associations = [
        {
            "id": f"rcfg-{n}",
            "name": name.upper(),
            "private": private,
            "accessible": True,
            "code": "",
            "text": "",
        }
        for n, (name, private) in enumerate(zip(names, ("db.owner.example", ""), strict=True))
    ]
    attempt = place(made, networks[0])
    attempt.details = {"associations": associations}
    attempt.save()
    assert patch(caller, made, "x.example.com=rcfg-9")["dnsTargets"] == []
    ReversePrivateEndpoint.objects.update(status="Ready", dns_names=list(names))
    result = caller.call("GET", f"/{made}").json()["result"]
    assert caller.call("GET").json()["result"] == [result]
    assert result["dnsTargets"] == [
        {"id": f"rcfg-{n}", "kind": "RESOURCE_CONFIGURATION", "internalDnsName": name}
        for n, name in enumerate(names)
    ]
    assert result["privateDnsMappings"] == [
        {"privateDnsName": "db.owner.example", "internalDnsName": names[0]}
    ]
    text = refused(caller, made, "x.example.com=rcfg-9", "y.example.com=rcfg-9", status=400)
    assert "y.example.com: this endpoint does not lead to rcfg-9" in text
    assert "x.example.com" not in text
    patched = patch(caller, made, "x.example.com=rcfg-9", "y.example.com=rcfg-1")
    assert patched["dnsTargets"] == result["dnsTargets"]


def test_an_owners_private_names_lead_to_the_regional_name(caller: Caller, made: str) -> None:
    regional = "vpce-0a-b.vpce-svc-0123456789abcdef0.eu-central-1.vpce.amazonaws.com"
    told = {"dns_names": [regional], "private_dns_names": ["db.owner.example"]}
    ReversePrivateEndpoint.objects.update(status="Ready", **told)
    result = caller.call("GET", f"/{made}").json()["result"]
    assert result["privateDnsMappings"] == [
        {"privateDnsName": "db.owner.example", "internalDnsName": regional}
    ]
    assert result["dnsTargets"] == []


def test_custom_names_are_recorded_and_answer_nothing(caller: Caller, made: str) -> None:
    patch(caller, made, "a.example.com", "*.b.example.com")
    result = caller.call("GET", f"/{made}").json()["result"]
    assert result["dnsNames"] == result["privateDnsNames"] == []
    endpoint = ReversePrivateEndpoint.objects.get(pk=made)
    assert endpoint.answered_names == set()
    assert not ReversePrivateEndpoint.objects.answering(["a.example.com", "*.b.example.com"]).exists()
