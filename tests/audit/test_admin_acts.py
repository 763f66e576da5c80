"""No page of Django admin writes past the intents, which leave the entries: what writes is our own code."""

from typing import Any

from django.contrib import admin
from django.test import RequestFactory

from tests.people import Cast


def _ours(page: Any, method: str) -> bool:
    return str(getattr(type(page), method).__module__).startswith("endpoints.")


def _may_write(inline: Any, request: Any) -> bool:
    allowed = (inline.has_add_permission, inline.has_change_permission, inline.has_delete_permission)
    return any(may(request, None) for may in allowed)


def test_what_admin_offers_to_write_goes_through_code_of_ours(cast: Cast) -> None:
    cast.staff.is_superuser = True
    request: Any = RequestFactory().get("/admin/")
    request.user = cast.staff
    wrong = []
    for model, page in admin.site._registry.items():
        name = model._meta.label
        saves = _ours(page, "save_model")
        if page.has_add_permission(request) and not (saves or _ours(page, "add_view")):
            wrong.append(f"{name} adds by Django's own save_model")
        if page.has_change_permission(request) and not saves:
            wrong.append(f"{name} saves by Django's own save_model")
        if page.has_delete_permission(request):
            wrong += [] if _ours(page, "delete_model") else [f"{name} deletes by Django's own delete_model"]
        if "delete_selected" in page.get_actions(request) and not _ours(page, "delete_queryset"):
            wrong.append(f"{name} deletes many by Django's own delete_queryset")
        for inline in page.inlines:
            below = inline(model, admin.site)
            if _may_write(below, request) and not _ours(page, "save_formset"):
                wrong.append(f"{name} saves {below.model._meta.label} by Django's own save_formset")
    assert not wrong, "Let these ask the intents:\n" + "\n".join(wrong)
