"""Examples of results and bodies, for the document and its page."""

from typing import Any

ORGANIZATION_ID = "11111111-1111-4111-8111-111111111111"
SERVICE_ID = "22222222-2222-4222-8222-222222222222"
ENDPOINT_ID = "33333333-3333-4333-8333-333333333333"
PIPE_ID = "44444444-4444-4444-8444-444444444444"
HOLDER_ID = "66666666-6666-4666-8666-666666666666"
REQUEST_ID = "55555555-5555-4555-8555-555555555555"

_AT = "2026-01-02T03:04:05Z"
SERVICE_NAME = "com.amazonaws.vpce.eu-central-1.vpce-svc-0123456789abcdef0"
_DNS_NAME = "vpce-0123456789abcdef0-abcdefgh.vpce-svc-0123456789abcdef0.eu-central-1.vpce.amazonaws.com"

ORGANIZATION: dict[str, Any] = {"id": ORGANIZATION_ID, "name": "Example Shop", "createdAt": _AT}
SERVICE: dict[str, Any] = {
    "id": SERVICE_ID,
    "name": "orders",
    "provider": "aws",
    "region": "eu-central-1",
    "state": "running",
    "createdAt": _AT,
    "isReadonly": False,
    "idleScaling": False,
    "ipAccessList": [],
    "endpoints": [],
    "tags": [{"key": "env", "value": "prod"}],
}
NEW_ENDPOINT: dict[str, Any] = {
    "type": "VPC_ENDPOINT_SERVICE",
    "description": "Orders database",
    "vpcEndpointServiceName": SERVICE_NAME,
}
NAMES: dict[str, Any] = {
    "customPrivateDnsMappings": [{"privateDnsName": "db.example.com"}, {"privateDnsName": "*.example.com"}]
}
ENDPOINT: dict[str, Any] = {
    "id": ENDPOINT_ID,
    "serviceId": SERVICE_ID,
    **NEW_ENDPOINT,
    "vpcResourceConfigurationId": None,
    "vpcResourceShareArn": None,
    "mskClusterArn": None,
    "mskAuthentication": None,
    "gcpServiceAttachment": None,
    **NAMES,
    "endpointId": "vpce-0123456789abcdef0",
    "dnsNames": [_DNS_NAME],
    "privateDnsNames": [],
    "dnsTargets": [],
    "privateDnsMappings": [],
    "status": "Ready",
}
STARTED = ENDPOINT | {
    "endpointId": None,
    "dnsNames": [],
    "status": "Provisioning",
    "customPrivateDnsMappings": [],
}
_DEPENDENT = {"id": PIPE_ID, "name": "orders-cdc", "source": "Postgres", "dependsBy": "host"}
SITUATION: dict[str, Any] = {
    "id": ENDPOINT_ID,
    "status": "PendingAcceptance",
    "statusSince": _AT,
    "reason": {
        "code": "owner_must_accept",
        "text": "The owner of the endpoint service has not accepted the connection yet.",
        "whoMustAct": "The owner of the source",
        "nextStep": "Ask the owner to accept the connection.",
    },
    "deadline": "2026-01-03T03:04:05Z",
    "clickPipes": [_DEPENDENT],
}
EVENT: dict[str, Any] = {
    "at": _AT,
    "code": "requested",
    "text": "The endpoint was requested.",
    "actor": "API key pipeline",
    "operation": "",
    "awsRequestId": "",
    "awsText": "",
}
TOMBSTONE: dict[str, Any] = {
    "id": ENDPOINT_ID,
    "description": "Orders database",
    "type": "VPC_ENDPOINT_SERVICE",
    "lastStatus": "Ready",
    "removalRequestedAt": _AT,
    "removalRequestedBy": "API key pipeline",
    "why": "on request",
    "removedAt": "2026-01-02T03:05:05Z",
}
REMOVAL: dict[str, Any] = {
    "neededRole": "admin",
    "allowed": False,
    "clickPipes": [_DEPENDENT],
    "leftBehind": "The owner's allowed principal stays until the owner removes it.",
}

_POSTGRES: dict[str, Any] = {
    "type": "postgres",
    "host": _DNS_NAME,
    "port": 5432,
    "database": "shop",
    "settings": {"replicationMode": "cdc"},
    "tableMappings": [{"sourceSchemaName": "public", "sourceTable": "orders", "targetTable": "orders"}],
}
NEW_PIPE: dict[str, Any] = {
    "name": "orders-cdc",
    "source": {"postgres": _POSTGRES | {"credentials": {"username": "reader", "password": "…"}}},
    "destination": {"database": "default"},
}
PIPE: dict[str, Any] = {
    "id": PIPE_ID,
    "serviceId": SERVICE_ID,
    "name": "orders-cdc",
    "state": "Running",
    "scaling": {"replicas": 1, "replicaCpuMillicores": 125, "replicaMemoryGb": 0.5},
    "source": {"postgres": _POSTGRES | {"authentication": "basic"}},
    "destination": {"database": "default"},
    "fieldMappings": [],
    "settings": {},
    "createdAt": _AT,
    "updatedAt": _AT,
}
SETTINGS: dict[str, Any] = {"streaming_max_insert_wait_ms": 5000}
CDC_SCALING: dict[str, Any] = {"replicaCpuMillicores": 2000, "replicaMemoryGb": 8}
