"""What the API's operations answer, by the names of their addresses: method → rule, as for pages.

To list a new operation, add its line here, with the fields of a good body; an address with a slash at its
end, which has no name, is known by its pattern and answers as the one without.
"""

from typing import Any

from tests.access.rules import Level, Page, Rule, page
from tests.access.world import PLACES, Place, service_name

_ORGANIZATION = "v1/organizations/<organization_id>"
_SERVICE = "v1/organizations/<organization_id>/services/<service_id>"
_COLLECTION = "v1/organizations/<organization_id>/services/<service_id>/clickpipesReversePrivateEndpoints"
_SEES = Rule(Level.VIEWER)
_ACTS = Rule(Level.OPERATOR, changes=True)


def _new(place: Place) -> dict[str, Any]:
    return {
        "type": "VPC_ENDPOINT_SERVICE",
        "description": "One more",
        "vpcEndpointServiceName": service_name(PLACES.index(place.name), 99),
    }


_MANY = page(GET=_SEES, POST=_ACTS.sending(_new))
_NAMED = _ACTS.sending({"customPrivateDnsMappings": [{"privateDnsName": "db.walk.example"}]})
_ONE = page(GET=_SEES, PATCH=_NAMED, DELETE=(_ACTS, _ACTS.by(Level.ADMIN).about("used")))
_NOWHERE = page()
_ALL = page(GET=Rule(Level.PERSON))  # what the key may see: its organization
_ORGANIZATION_ONE = page(GET=Rule(Level.VIEWER, within=True))
_SERVICE_ONE = page(GET=_SEES)
_STATE = page(PATCH=Rule(Level.OPERATOR).sending({"command": "start"}))  # nothing changes, but it is an act


_RETRY = page(POST=_ACTS.about("failed").sending({}))
_BEYOND = {
    "get-situation": (f"{_COLLECTION}/<endpoint_id>/situation/", _SERVICE_ONE),
    "list-events": (f"{_COLLECTION}/<endpoint_id>/events/", _SERVICE_ONE),
    "preview-removal": (f"{_COLLECTION}/<endpoint_id>/removal/", _SERVICE_ONE),
    "wait-for-status": (f"{_COLLECTION}/<endpoint_id>/wait/", _SERVICE_ONE),
    "retry-endpoint": (f"{_COLLECTION}/<endpoint_id>/retry/", _RETRY),
    "list-removed": (f"{_SERVICE}/removedReversePrivateEndpoints/", _SERVICE_ONE),
}


def _new_pipe(place: Place) -> dict[str, Any]:
    source = {
        "type": "postgres",
        "host": place.endpoints["ready"].dns_names[0],
        "port": 5432,
        "database": "shop",
        "credentials": {"username": "reader", "password": "s3cret-s3cret"},
        "settings": {"replicationMode": "cdc"},
        "tableMappings": [{"sourceSchemaName": "public", "sourceTable": "a", "targetTable": "a"}],
    }
    destination = {"database": "default", "roles": []}
    return {"name": "one more", "source": {"postgres": source}, "destination": destination}


_PIPES = page(GET=_SEES, POST=_ACTS.sending(_new_pipe))
_PIPE = page(GET=_SEES, PATCH=_ACTS.sending({"name": "renamed"}), DELETE=_ACTS)
_SCALED = page(PATCH=_ACTS.sending({"replicas": 3}))
_COMMANDED = page(PATCH=_ACTS.sending({"command": "stop"}))
_SET = page(GET=_SEES, PUT=_ACTS.sending({"a": 1}))
_CDC = page(GET=_SEES, PATCH=_ACTS.sending({"replicaCpuMillicores": 2000, "replicaMemoryGb": 8}))
_PIPE_NAME = f"{_SERVICE}/clickpipes/<pipe_id>"

OPERATIONS: dict[str, Page] = {
    # One view answers all methods of an address, so several names mean the same.
    "api-list-endpoints": _MANY,
    "api-create-endpoint": _MANY,
    "api-get-endpoint": _ONE,
    "api-update-endpoint": _ONE,
    "api-delete-endpoint": _ONE,
    f"{_COLLECTION}/": _MANY,
    f"{_COLLECTION}/<endpoint_id>/": _ONE,
    "api-list-organizations": _ALL,
    "v1/organizations/": _ALL,
    "api-get-organization": _ORGANIZATION_ONE,
    f"{_ORGANIZATION}/": _ORGANIZATION_ONE,
    "api-list-services": _ORGANIZATION_ONE,
    f"{_ORGANIZATION}/services/": _ORGANIZATION_ONE,
    "api-get-service": _SERVICE_ONE,
    f"{_SERVICE}/": _SERVICE_ONE,
    "api-change-state": _STATE,
    f"{_SERVICE}/state/": _STATE,
    "api-list-pipes": _PIPES,
    "api-create-pipe": _PIPES,
    f"{_SERVICE}/clickpipes/": _PIPES,
    "api-get-pipe": _PIPE,
    "api-change-pipe": _PIPE,
    "api-delete-pipe": _PIPE,
    f"{_PIPE_NAME}/": _PIPE,
    "api-scale-pipe": _SCALED,
    f"{_PIPE_NAME}/scaling/": _SCALED,
    "api-command-pipe": _COMMANDED,
    f"{_PIPE_NAME}/state/": _COMMANDED,
    "api-get-settings": _SET,
    "api-set-settings": _SET,
    f"{_PIPE_NAME}/settings/": _SET,
    "api-get-cdc-scaling": _CDC,
    "api-scale-cdc": _CDC,
    f"{_SERVICE}/clickpipesCdcScaling/": _CDC,
    **{f"api-{name}": known for name, (_, known) in _BEYOND.items()},
    **dict(_BEYOND.values()),
    "api-document": _NOWHERE,  # the document, the same for anybody: tests/api/test_openapi.py
    "v1/openapi.json/": _NOWHERE,  # the same
    r"^v1(?:/[\s\S]*)?\Z": _NOWHERE,
}
