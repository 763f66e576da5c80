"""The organization of a key. Source: cloud-api.md §8."""

from datetime import datetime

from django.http import HttpRequest
from ninja import Router, Schema

from endpoints.api.keys import key_of
from endpoints.api.places import ORGANIZATION, ORGANIZATIONS, organization_of
from endpoints.models import Organization

router = Router(tags=["Organizations"])


class OrganizationShape(Schema):
    """One organization."""

    id: str
    name: str
    createdAt: datetime

    @classmethod
    def of(cls, organization: Organization) -> "OrganizationShape":
        """Return the shape of a row."""
        return cls(id=str(organization.pk), name=organization.name, createdAt=organization.created_at)


@router.get(ORGANIZATIONS, response=list[OrganizationShape])
def list_organizations(request: HttpRequest) -> list[OrganizationShape]:
    """Return the organizations that the key may see: the one that it belongs to."""
    return [OrganizationShape.of(one) for one in Organization.objects.visible_to(key_of(request))]


@router.get(ORGANIZATION, response=OrganizationShape)
def get_organization(request: HttpRequest, organization_id: str) -> OrganizationShape:
    """Return one organization."""
    return OrganizationShape.of(organization_of(request, organization_id))
