"""The simulated AWS services. A new service is a module or package here and a line in `register`."""


def register() -> None:
    """Import every service, which registers its operations."""
    from endpoints.sandbox.services import quotas, sts  # noqa: F401  # imported for their effect
    from endpoints.sandbox.services.ec2 import register as register_ec2
    from endpoints.sandbox.services.kafka import register as register_kafka
    from endpoints.sandbox.services.lattice import register as register_lattice
    from endpoints.sandbox.services.ram import register as register_ram
    from endpoints.sandbox.services.route53 import register as register_route53
    from endpoints.sandbox.services.sqs import register as register_sqs

    register_ec2()
    register_kafka()
    register_lattice()
    register_ram()
    register_route53()
    register_sqs()
