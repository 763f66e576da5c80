"""The settings of everybody in the bench, told before Django reads them."""

UNLIMITED = {
    "AWS_RATE_FACTOR": "0",
    "ENDPOINTS_PER_SERVICE": "1000000",
    "ENDPOINTS_PER_ORGANIZATION": "1000000",
}
"""No token buckets, and no limits of live endpoints."""

QUOTA = 1_000_000
"""Endpoints that a VPC of the sandbox may have."""
