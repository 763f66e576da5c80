"""Where each address leads."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from endpoints.web.account import signing_in
from endpoints.web.account.places import too_many_tries
from endpoints.web.views import errors

signing_in.lead_here(admin.site)

urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/", admin.site.urls),
    path("", include("endpoints.web.account.urls")),
    path("", include("endpoints.api.urls")),
    path("", include("endpoints.web.urls")),
]

handler400 = errors.bad_request
handler403 = errors.permission_denied
handler404 = errors.page_not_found
handler429 = too_many_tries  # django-allauth's name for it
handler500 = errors.server_error
