"""What every page needs to know."""

from django.http import HttpRequest


def installation(request: HttpRequest) -> dict[str, object]:
    """Return the template variables of the page shell."""
    return {}
