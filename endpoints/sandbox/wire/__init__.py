"""The AWS wire: requests in, answers out, driven by botocore's service models (aws.md §9, C2)."""
