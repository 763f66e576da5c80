"""Errors in AWS's words."""

from typing import Any


class AwsError(Exception):
    """An error that the client gets to see: AWS's code, its message, the HTTP status.

    `members` are further members of a modelled error, named as on the wire, e.g. kafka's
    `invalidParameter`; only JSON protocols carry them, and they may stay away. A status of 400 with a
    code that the service's model knows becomes the model's status there.
    """

    def __init__(
        self, code: str, message: str, status: int = 400, members: dict[str, Any] | None = None
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.status, self.members = code, message, status, members or {}


class InvalidInput(AwsError):
    """A parameter is not as the model says; each protocol has its own code for that (`refusal`)."""

    def __init__(self, code: str, message: str, name: str) -> None:
        super().__init__(code, message)
        self.name = name


def missing_parameter(name: str) -> AwsError:
    """A required member is absent."""
    return InvalidInput("MissingParameter", f"The request must contain the parameter {name}", name)


def invalid_value(value: object, name: str) -> AwsError:
    """A value is outside what the model or AWS allows."""
    return InvalidInput("InvalidParameterValue", f"Value ({value}) for parameter {name} is invalid.", name)


def not_built(what: str) -> AwsError:
    """The sandbox does not simulate this; 501 so that a test fails loudly instead of learning a fiction."""
    return AwsError("NotImplemented", f"The sandbox does not simulate {what}.", 501)
