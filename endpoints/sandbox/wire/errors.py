"""Errors in AWS's words."""


class AwsError(Exception):
    """An error that the client gets to see: AWS's code, its message, the HTTP status."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.status = code, message, status


def missing_parameter(name: str) -> AwsError:
    """A required member is absent."""
    return AwsError("MissingParameter", f"The request must contain the parameter {name}")


def invalid_value(value: object, name: str) -> AwsError:
    """A value is outside what the model or AWS allows."""
    return AwsError("InvalidParameterValue", f"Value ({value}) for parameter {name} is invalid.")


def not_built(what: str) -> AwsError:
    """The sandbox does not simulate this; 501 so that a test fails loudly instead of learning a fiction."""
    return AwsError("NotImplemented", f"The sandbox does not simulate {what}.", 501)
