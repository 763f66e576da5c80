"""Organizations and services: made, changed, transferred and removed, or not, and then why."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from hypothesis import given
from hypothesis import strategies as st

from endpoints import intents
from endpoints.domain.actions import Action
from endpoints.domain.labels import LABEL_MAX, LABELS_MOST, clean_labels, read_labels
from endpoints.domain.types import SpecError
from endpoints.intents import IntentRefused
from endpoints.models import ApiKey, AuditEntry, Claim, ClickPipe, Organization, Role, Service, read_clock
from tests.people import (
    REGION,
    Cast,
    give_role,
    make_endpoint,
    make_pipe,
    make_service,
    make_tombstone,
    make_user,
)

VALUES: dict[str, Any] = {"name": "shop", "provider": "aws", "region": REGION}


def codes(refusals: list[IntentRefused]) -> list[str]:
    return [refused.code for refused in refusals]


@pytest.mark.django_db
class TestServices:
    """What admins and staff may change, and how a service changes hands."""

    def test_a_service_is_made_by_staff_with_all_that_describes_it(self, cast: Cast) -> None:
        made = intents.create_service(
            organization=cast.organization,
            by=cast.staff,
            owner=cast.viewer,
            contact="#orders",
            labels=["production", "Production ", "eu"],
            created_at=read_clock().real,
            **VALUES,
        )
        assert (made.owner, made.contact, made.labels) == (cast.viewer, "#orders", ["production", "eu"])
        entry = AuditEntry.objects.get()
        assert (entry.action, entry.service_id) == (Action.SERVICE_CREATED, made.pk)
        assert (entry.after["owner"], entry.after["region"]) == ("viewer@example.com", REGION)
        with pytest.raises(PermissionDenied):
            intents.create_service(organization=cast.organization, by=cast.admin, **VALUES)

    def test_admins_describe_it_and_only_staff_say_where_it_runs(self, cast: Cast) -> None:
        admin = make_user("service-admin@example.com")
        give_role(admin, Role.ADMIN, cast.service)
        for by in (admin, cast.admin):
            intents.change_service(service=cast.service, by=by, contact=f"ask {by}", labels=["a"])
        for changes in (
            {"region": "us-east-1"},
            {"endpoint_limit": 1000},
            {"provider": "gcp", "contact": "x"},
        ):
            with pytest.raises(PermissionDenied):
                intents.change_service(service=cast.service, by=cast.admin, **changes)
        for by in (cast.operator, cast.viewer, cast.stranger):
            with pytest.raises(PermissionDenied):
                intents.change_service(service=cast.service, by=by, contact="mine")
            with pytest.raises(PermissionDenied):
                intents.transfer_service(service=cast.service, to=by, reason="mine", by=by)
        intents.change_service(service=cast.service, by=cast.staff, endpoint_limit=7)
        intents.change_service(service=cast.service, by=cast.staff, endpoint_limit=7)
        said = AuditEntry.objects.order_by("pk").values_list("actor_name", "before", "after")
        assert list(said) == [
            (
                "service-admin@example.com",
                {"contact": "", "labels": []},
                {"contact": "ask service-admin@example.com", "labels": ["a"]},
            ),
            (
                "admin@example.com",
                {"contact": "ask service-admin@example.com"},
                {"contact": "ask admin@example.com"},
            ),
            ("staff@example.com", {"endpoint_limit": None}, {"endpoint_limit": 7}),
        ]

    @pytest.mark.parametrize(
        ("changes", "field", "code"),
        [
            ({"name": " "}, "name", "required"),
            ({"name": "x" * 101}, "name", "too_long"),
            ({"contact": "a\0b"}, "contact", "unprintable"),
            ({"contact": "x" * 201}, "contact", "too_long"),
            ({"labels": ["a,b"]}, "labels", "label_with_comma"),
            ({"labels": [str(n) for n in range(21)]}, "labels", "too_many_labels"),
        ],
    )
    def test_what_is_wrong_is_refused_at_its_field(
        self, cast: Cast, changes: dict[str, object], field: str, code: str
    ) -> None:
        with pytest.raises(IntentRefused) as refused:
            intents.change_service(service=cast.service, by=cast.admin, **changes)
        assert (refused.value.field, refused.value.code) == (field, code)

    def test_a_transfer_says_from_whom_to_whom_and_why(self, cast: Cast) -> None:
        for to in (cast.viewer, cast.operator, cast.operator):
            intents.transfer_service(service=cast.service, to=to, reason=" moved teams ", by=cast.admin)
        first, second = AuditEntry.objects.filter(action=Action.SERVICE_TRANSFERRED).order_by("pk")
        assert (first.before, first.after) == ({"owner": None}, {"owner": "viewer@example.com"})
        assert (second.before, second.after) == (
            {"owner": "viewer@example.com"},
            {"owner": "operator@example.com"},
        )
        assert {first.reason, second.reason} == {"moved teams"}

    def test_a_transfer_needs_a_reason_and_somebody_who_can_sign_in(self, cast: Cast) -> None:
        gone = make_user("gone@example.com", is_active=False)
        for to, reason, code in ((cast.viewer, " ", "required"), (gone, "why", "owner_disabled")):
            with pytest.raises(IntentRefused, match=code):
                intents.transfer_service(service=cast.service, to=to, reason=reason, by=cast.admin)

    def test_a_service_with_endpoints_pipes_or_keys_stays_and_they_are_named(self, cast: Cast) -> None:
        for number in range(7):
            make_endpoint(cast.service, description=f"Endpoint {number}")
        make_pipe(cast.service, name="customers")
        key, _ = ApiKey.issue(organization=cast.organization, service=cast.service, role="viewer", name="ci")
        found = intents.against_removing_service(cast.service)
        assert codes(found) == ["service_has_endpoints", "service_has_pipes", "has_keys"]
        assert found[0].params == {
            "names": "Endpoint 0, Endpoint 1, Endpoint 2, Endpoint 3, Endpoint 4",
            "more": "2",
        }
        assert (found[1].params["names"], found[2].params["names"]) == ("customers", str(key))
        with pytest.raises(IntentRefused, match="service_has_endpoints"):
            intents.remove_service(service=cast.service, by=cast.staff)

    def test_a_service_waits_for_its_history_and_then_goes_with_its_roles_and_old_keys(
        self, cast: Cast, settings: object
    ) -> None:
        gone_at = read_clock().now - timedelta(days=399, hours=12)
        tombstone = make_tombstone(cast.service, removed_at=gone_at)
        (waits,) = intents.against_removing_service(cast.service)
        assert (waits.code, waits.params["days"]) == ("service_has_history", "1")
        tombstone.delete()
        make_pipe(cast.service, removed_at=read_clock().now)
        now = read_clock().real
        ApiKey.issue(
            organization=cast.organization, service=cast.service, role="viewer", name="x", disabled_at=now
        )
        with pytest.raises(PermissionDenied):
            intents.remove_service(service=cast.service, by=cast.admin)
        intents.remove_service(service=cast.service, by=cast.staff)
        assert not Service.objects.filter(pk=cast.service.pk).exists()
        assert not ClickPipe.objects.exists()
        entry = AuditEntry.objects.get(action=Action.SERVICE_REMOVED)
        assert (entry.object_name, entry.before["region"]) == ("orders", REGION)
        assert len(entry.before["roles"]) == 2


@pytest.mark.django_db
class TestOrganizations:
    """Staff make and remove them; their admins name them."""

    def test_an_organization_is_made_named_and_limited(self, cast: Cast) -> None:
        made = intents.create_organization(name=" Example Tea ", by=cast.staff)
        assert made.name == "Example Tea"
        intents.change_organization(organization=cast.organization, by=cast.admin, name="Example Coffee")
        with pytest.raises(PermissionDenied):
            intents.change_organization(organization=cast.organization, by=cast.admin, endpoint_limit=99)
        intents.change_organization(organization=cast.organization, by=cast.staff, endpoint_limit=99)
        for by in (cast.admin, cast.stranger):
            with pytest.raises(PermissionDenied):
                intents.create_organization(name="mine", by=by)
            with pytest.raises(PermissionDenied):
                intents.change_organization(organization=made, by=by, name="mine")
            with pytest.raises(PermissionDenied):
                intents.remove_organization(organization=made, by=by)
        said = list(AuditEntry.objects.order_by("pk").values_list("action", "before"))
        assert said == [
            ("organization.created", {}),
            ("organization.changed", {"name": "Example Shop"}),
            ("organization.changed", {"endpoint_limit": None}),
        ]

    def test_one_in_which_something_is_stays_and_it_is_named(self, cast: Cast) -> None:
        ApiKey.issue(organization=cast.organization, service=None, role="viewer", name="ci")
        found = intents.against_removing_organization(cast.organization)
        assert codes(found) == ["organization_has_services", "has_keys"]
        assert found[0].params["names"] == "orders"
        with pytest.raises(IntentRefused, match="organization_has_services"):
            intents.remove_organization(organization=cast.organization, by=cast.staff)
        empty = Organization.objects.create(name="Empty")
        Claim.objects.create(
            kind="resource_share", key="arn", organization=empty, used_up_at=read_clock().now
        )
        assert codes(intents.against_removing_organization(empty)) == ["organization_has_claims"]

    def test_an_empty_one_goes_with_its_roles(self, cast: Cast) -> None:
        Service.objects.filter(organization=cast.other_organization).delete()
        intents.remove_organization(organization=cast.other_organization, by=cast.staff)
        entry = AuditEntry.objects.get()
        assert entry.before["roles"] == ["stranger@example.com: admin / Example Bank"]
        assert not Organization.objects.filter(name="Example Bank").exists()


@pytest.mark.django_db
def test_services_without_an_active_owner_are_told_apart(cast: Cast) -> None:
    gone = make_user("gone@example.com", is_active=False)
    owned = make_service(cast.organization, "owned", owner=cast.viewer)
    left = make_service(cast.organization, "left", owner=gone)
    assert list(Service.objects.filter(organization=cast.organization).without_active_owner()) == [
        left,
        cast.service,
    ]
    assert [service.has_active_owner for service in (owned, left, cast.service)] == [True, False, False]


@given(
    st.lists(
        st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"]), max_size=60), max_size=25
    )
)
def test_labels_are_short_printable_few_and_each_once(given: list[str]) -> None:
    try:
        labels = clean_labels(given)
    except SpecError:
        return
    assert clean_labels(labels) == labels == read_labels(", ".join(labels))
    assert len({label.casefold() for label in labels}) == len(labels) <= LABELS_MOST
    for label in labels:
        assert 0 < len(label) <= LABEL_MAX
        assert label.isprintable()
        assert "," not in label
