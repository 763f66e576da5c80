"""What a load balancer asks."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe


@login_not_required
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Tell a load balancer that this process answers."""
    return HttpResponse("ok\n", content_type="text/plain")
