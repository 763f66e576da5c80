"""The administration shows the runbook to staff, and its events lead to it."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from endpoints.domain.reasons import EventCode, Reason
from tests.people import Cast, make_endpoint, make_event

pytestmark = pytest.mark.django_db


def test_an_event_leads_to_its_heading_in_the_runbook(cast: Cast, client: Client) -> None:
    make_event(make_endpoint(cast.service), EventCode.REMOVED_OUTSIDE)
    client.force_login(cast.staff)
    page = client.get(reverse("admin:endpoints_event_changelist")).content.decode()
    where = reverse("admin:endpoints_runbook")
    assert f'<a href="{where}#removed_outside">removed_outside</a>' in page
    shown = client.get(where).content.decode()
    for code in {*EventCode, *Reason}:
        assert shown.count(f'<h3 id="{code}">') == 1, code
    assert "DeleteVpcEndpoints" in shown


def test_the_runbook_is_for_staff(cast: Cast, client: Client) -> None:
    assert client.get(reverse("admin:endpoints_runbook")).status_code == 302
    client.force_login(cast.admin)
    assert client.get(reverse("admin:endpoints_runbook")).status_code == 302


def test_a_program_installed_without_its_documents_says_so(
    cast: Cast, client: Client, settings: Any, tmp_path: Path
) -> None:
    client.force_login(cast.staff)
    settings.BASE_DIR = tmp_path
    assert client.get(reverse("admin:endpoints_runbook")).status_code == 404
