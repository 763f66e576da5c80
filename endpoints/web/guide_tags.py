"""Template tags that draw commands, guides and causes. Built in to every template by the settings."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from endpoints.texts.causes import Cause
from endpoints.texts.guides import Told
from endpoints.web.tags import icon

register = template.Library()


@register.simple_tag
def copy_block(text: str, key: str, label: str) -> SafeString:
    """Draw a text of several lines with its copy button. `key` makes the button's id, `label` its name."""
    return format_html(
        '<div class="block"><pre class="code"><code>{0}</code></pre>'
        '<button type="button" class="copy" id="copy-{1}" data-copy="{0}"'
        ' aria-label="{2}" title="{2}">{3}</button></div>',
        text,
        key,
        label,
        icon("copy"),
    )


@register.simple_tag
def copy_command(text: str, key: str, way: str, what: str) -> SafeString:
    """Draw commands with a copy button that says of which way (such as Terraform) and what they are for."""
    return copy_block(text, key, _("Copy for %(way)s: %(what)s") % {"way": way, "what": what})


@register.inclusion_tag("_guides.html")
def guides(told: Iterable[Told]) -> dict[str, Any]:
    """Draw what somebody may do in AWS: title, who, where, and the commands of each way."""
    return {"guides": told}


@register.inclusion_tag("_causes.html")
def causes(found: Iterable[Cause], key: str = "cause") -> dict[str, Any]:
    """Draw causes, the recorded one first; `key` tells two lists on one page apart."""
    return {"causes": found, "key": key}
