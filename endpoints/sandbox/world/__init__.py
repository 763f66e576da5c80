"""The simulated world: accounts, networks, endpoint services, endpoints, and how they change with time."""
