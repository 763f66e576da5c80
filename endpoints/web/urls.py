"""The addresses of the pages."""

from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, path, register_converter
from django.views.i18n import set_language

from endpoints.web.places import FLYOUT
from endpoints.web.views import (
    audit,
    building,
    bulk,
    clickpipes,
    custom_dns,
    details,
    endpoints,
    export,
    flyout,
    hand_off,
    health,
    keys,
    listing,
    people,
    preferences,
    removed,
    removing,
    replacing,
    service_about,
    services,
    slots,
    tools,
    wizard,
    wizard_endpoint,
)
from endpoints.web.views import settings as settings_page
from endpoints.web.wizard import SourceConverter

register_converter(SourceConverter, "source")

_OF_SERVICE = "services/<uuid:service_id>/"
_SERVICE = f"{_OF_SERVICE}endpoints/"
_ENDPOINT = f"{_SERVICE}<uuid:endpoint_id>/"
_FLYOUT = f"{_OF_SERVICE}settings/endpoints/"
_IN_FLYOUT = f"{_FLYOUT}<uuid:endpoint_id>/"
_AT = {"place": FLYOUT}
_PIPE = f"{_OF_SERVICE}clickpipes/<uuid:pipe_id>/"
_WIZARD = f"{_OF_SERVICE}pipes/new/"
_AUDIT = f"{_OF_SERVICE}settings/audit/"
_KEYS = f"{_OF_SERVICE}settings/keys/"
_KEY = f"{_KEYS}<str:key_id>/"
_OF_SOURCE = f"{_WIZARD}<source:source>/"
_PEOPLE = f"{_OF_SERVICE}settings/people/"
_ORGANIZATION = "organizations/<uuid:organization_id>/"
_IN_ORGANIZATION = f"{_ORGANIZATION}people/"

urlpatterns: list[URLPattern] = [
    path("healthz/", health.health, name="health"),
    path("language/", login_not_required(set_language), name="language"),
    path("theme/", preferences.choose_theme, name="theme"),
    path("", services.list_services, name="services"),
    path("services/menu/", services.service_menu, name="service-menu"),
    path(_OF_SERVICE, services.service_home, name="service"),
    path(f"{_OF_SERVICE}data-sources/", services.data_sources, name="data-sources"),
    path(f"{_OF_SERVICE}clickpipes/", clickpipes.list_pipes, name="clickpipes"),
    path(_PIPE, clickpipes.see_pipe, name="clickpipe"),
    path(f"{_PIPE}remove/", clickpipes.remove_pipe, name="remove-clickpipe"),
    path(_WIZARD, wizard.choose_source, name="choose-source"),
    path(_OF_SOURCE, wizard.choose_connection, name="choose-connection"),
    path(f"{_OF_SOURCE}discard/", wizard.discard_draft, name="discard-draft"),
    path(f"{_OF_SOURCE}endpoint/", wizard.choose_endpoint, name="choose-endpoint"),
    path(f"{_OF_SOURCE}endpoint/new/", wizard_endpoint.new_endpoint, name="new-pipe-endpoint"),
    path(f"{_OF_SOURCE}endpoint/<uuid:endpoint_id>/", wizard_endpoint.pipe_endpoint, name="pipe-endpoint"),
    path(f"{_OF_SOURCE}host/", wizard_endpoint.pipe_host, name="pipe-host"),
    path(f"{_OF_SERVICE}settings/", settings_page.settings_page, name="settings"),
    path(f"{_OF_SERVICE}type-chooser/", tools.choose_type, name="choose-type"),
    path(f"{_OF_SERVICE}which-endpoint/", tools.find_by_host, name="which-endpoint"),
    path(f"{_OF_SERVICE}msk-slots/", slots.list_slots, name="msk-slots"),
    path(_SERVICE, listing.list_endpoints, name="endpoints"),
    path(f"{_SERVICE}export.<str:form>", export.export_endpoints, name="export-endpoints"),
    path(f"{_SERVICE}remove/", bulk.remove_endpoints, name="remove-endpoints"),
    path(f"{_SERVICE}new/", endpoints.create_endpoint, name="create-endpoint"),
    path(f"{_SERVICE}removed/", removed.list_removed, name="removed-endpoints"),
    path(_ENDPOINT, details.see_endpoint, name="endpoint"),
    path(f"{_ENDPOINT}retry/", details.retry_endpoint, name="retry-endpoint"),
    path(f"{_ENDPOINT}tick/", details.tick_endpoint, name="tick-endpoint"),
    path(f"{_ENDPOINT}remove/", removing.remove_endpoint, name="remove-endpoint"),
    path(f"{_ENDPOINT}address/", building.build_address, name="endpoint-address"),
    path(f"{_ENDPOINT}custom-dns/", custom_dns.edit_custom_dns, name="custom-dns"),
    path(f"{_ENDPOINT}replace/", replacing.replace_endpoint, name="replace-endpoint"),
    path(f"{_ENDPOINT}replace/stop/", replacing.stop_replacing, name="stop-replacing"),
    path(f"{_ENDPOINT}hand-off/", hand_off.make_hand_off, name="make-hand-off"),
    path(f"{_ENDPOINT}hand-off/<uuid:link_id>/close/", hand_off.close_hand_off, name="close-hand-off"),
    path("hand-off/<str:token>/", hand_off.see_hand_off, name="hand-off"),
    path(_AUDIT, audit.see_audit, name="audit"),
    path(f"{_AUDIT}export.<str:form>", audit.export_audit, name="export-audit"),
    path(f"{_ORGANIZATION}audit/", audit.see_audit, name="organization-audit"),
    path(f"{_ORGANIZATION}audit/export.<str:form>", audit.export_audit, name="export-organization-audit"),
    path(_KEYS, keys.list_keys, name="keys"),
    path(f"{_KEYS}new/", keys.issue_key, name="issue-key"),
    path(_KEY, keys.see_key, name="key"),
    path(f"{_KEY}rotate/", keys.rotate_key, name="rotate-key"),
    path(f"{_KEY}disable/", keys.disable_key, name="disable-key"),
    path(_PEOPLE, people.see_people, name="people"),
    path(f"{_PEOPLE}grant/", people.grant_role, name="grant-role"),
    path(f"{_PEOPLE}<int:role_id>/change/", people.change_role, name="change-role"),
    path(f"{_PEOPLE}<int:role_id>/revoke/", people.revoke_role, name="revoke-role"),
    path(f"{_OF_SERVICE}settings/about/", service_about.describe_service, name="describe-service"),
    path(f"{_OF_SERVICE}settings/owner/", service_about.transfer_service, name="transfer-service"),
    path(_ORGANIZATION, people.see_organization, name="organization"),
    path(f"{_IN_ORGANIZATION}grant/", people.grant_role, name="grant-organization-role"),
    path(f"{_IN_ORGANIZATION}<int:role_id>/change/", people.change_role, name="change-organization-role"),
    path(f"{_IN_ORGANIZATION}<int:role_id>/revoke/", people.revoke_role, name="revoke-organization-role"),
    path(_FLYOUT, flyout.list_endpoints, name="settings-endpoints"),
    path(_IN_FLYOUT, details.see_endpoint, _AT, name="settings-endpoint"),
    path(f"{_IN_FLYOUT}retry/", details.retry_endpoint, _AT, name="settings-retry-endpoint"),
    path(f"{_IN_FLYOUT}tick/", details.tick_endpoint, _AT, name="settings-tick-endpoint"),
    path(f"{_IN_FLYOUT}remove/", removing.remove_endpoint, _AT, name="settings-remove-endpoint"),
]
