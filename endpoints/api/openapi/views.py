"""The document, and a page on which people read it."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from endpoints.api.envelope import enveloped
from endpoints.api.openapi.document import document_of, operations_of
from endpoints.api.root import api


@enveloped
@require_safe
def document(request: HttpRequest) -> HttpResponse:
    """Send the document, to anybody: it says nothing of what is here."""
    return JsonResponse(document_of(api))


@require_safe
def reference(request: HttpRequest) -> HttpResponse:
    """Show the document as a page, made here, with nothing from another host."""
    made = document_of(api)
    groups: dict[str, list[dict[str, Any]]] = {tag["name"]: [] for tag in made["tags"]}
    for path, method, operation in operations_of(made):
        groups[operation["tags"][0]].append(_shown(path, method, operation))
    return render(request, "api/reference.html", {"groups": groups, "about": made["info"]["description"]})


def _shown(path: str, method: str, operation: dict[str, Any]) -> dict[str, Any]:
    sent = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("example")
    answers = [
        (status, answer["description"], _text(answer["content"]["application/json"]["example"]))
        for status, answer in operation["responses"].items()
    ]
    return {
        "id": operation["operationId"],
        "title": operation["summary"],
        "method": method.upper(),
        "path": path,
        "about": operation.get("description", ""),
        "query": [one for one in operation.get("parameters", []) if one["in"] == "query"],
        "sent": None if sent is None else _text(sent),
        "answers": answers,
    }


def _text(example: object) -> str:
    return json.dumps(example, indent=2, ensure_ascii=False)
