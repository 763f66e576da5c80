"""Good requests of each type for a service whose ClickPipes run in eu-central-1, in the API's words."""

CONFIGURATION, SHARE = "vpcResourceConfigurationId", "vpcResourceShareArn"
CLUSTER, SCHEME = "mskClusterArn", "mskAuthentication"
NAME = "vpcEndpointServiceName"
TYPE_FIELDS = (NAME, CONFIGURATION, SHARE, CLUSTER, SCHEME, "gcpServiceAttachment")

SERVICE_NAME = "com.amazonaws.vpce.eu-central-1.vpce-svc-0123456789abcdef0"
CONFIGURATION_ID = "rcfg-0123456789abcdef0"
SHARE_ARN = "arn:aws:ram:eu-central-1:123456789012:resource-share/7c6f5f0e-0000-4000-8000-000000000001"
CLUSTER_ARN = "arn:aws:kafka:eu-central-1:123456789012:cluster/orders"
WHOLE_ARN = f"{CLUSTER_ARN}/11111111-2222-3333-4444-555555555555-2"

SERVICE = {"type": "VPC_ENDPOINT_SERVICE", "description": "Orders", NAME: SERVICE_NAME}
RESOURCE = {
    "type": "VPC_RESOURCE",
    "description": "Orders",
    CONFIGURATION: CONFIGURATION_ID,
    SHARE: SHARE_ARN,
}
MSK = {"type": "MSK_MULTI_VPC", "description": "Orders", CLUSTER: WHOLE_ARN, SCHEME: "SASL_IAM"}
BODIES = (SERVICE, RESOURCE, MSK)

# As the public pages show them (cloud-api.md §3.1 and §15): not hexadecimal, no uuid, all in us-east-1.
PUBLISHED = (
    SERVICE | {NAME: "com.amazonaws.vpce.us-east-1.vpce-svc-12345678901234567"},
    RESOURCE
    | {
        CONFIGURATION: "rcfg-1a2b3c4d5e6f7g8h9",
        SHARE: "arn:aws:ram:us-east-1:123456789012:resource-share/share-12345678901234567",
    },
    RESOURCE
    | {
        CONFIGURATION: "rcfg-12345678901234567",
        SHARE: "arn:aws:ram:us-east-1:123456789012:resource-share/share-12345678901234567",
    },
    MSK | {CLUSTER: "arn:aws:kafka:us-east-1:123456789012:cluster/my-cluster", SCHEME: "SASL_SCRAM"},
)
