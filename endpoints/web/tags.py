"""Template tags and filters: times, badges, icons, copy buttons. Registered as `postern` in the settings."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from heroicons.templatetags.heroicons import heroicon_micro

from endpoints import texts
from endpoints.domain.pipes import Connection
from endpoints.models import User
from endpoints.web import kept
from endpoints.web.shown import icon_of, tone_of

register = template.Library()

TAIL = 9  # characters that stay visible at the end of a shortened name

register.filter("type_label", texts.type_label)
register.filter("field_label", texts.field_label)
register.filter("status_label", texts.status_label)
register.filter("actor", texts.actor_text)
register.filter("plan_text", texts.plan_text)
register.filter("event_text", texts.event_text)
register.filter("removal_text", texts.removal_text)
register.filter("changed_text", texts.changed_text)


@register.filter
def when(moment: datetime) -> SafeString:
    """Show an exact moment with its zone, readable by machines too."""
    utc = moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return format_html('<time datetime="{}">{}</time>', utc, texts.moment_text(moment))


@register.filter
def ago(moment: datetime, now: datetime) -> str:
    """Say how long ago a moment was, in the largest unit; none finer than minutes, so it seldom changes."""
    minutes = int((now - moment) / timedelta(minutes=1))
    if minutes < 1:
        return _("less than a minute ago")
    if minutes < 60:
        return ngettext("%(n)s minute ago", "%(n)s minutes ago", minutes) % {"n": minutes}
    hours = minutes // 60
    if hours < 48:
        return ngettext("%(n)s hour ago", "%(n)s hours ago", hours) % {"n": hours}
    days = hours // 24
    return ngettext("%(n)s day ago", "%(n)s days ago", days) % {"n": days}


@register.filter
def left(deadline: datetime, now: datetime) -> str:
    """Say how much time is left until a deadline, in its two largest units."""
    minutes = int((deadline - now) / timedelta(minutes=1))
    if deadline <= now:
        return _("due now")
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return _("%(days)s d %(hours)s h left") % {"days": days, "hours": hours}
    if hours:
        return _("%(hours)s h %(minutes)s min left") % {"hours": hours, "minutes": minutes}
    return _("%(minutes)s min left") % {"minutes": max(minutes, 1)}


_DRAWINGS = {
    "archive": "archive-box",
    "auto": "computer-desktop",
    "check": "check",
    "clock": "clock",
    "copy": "square-2-stack",
    "cross": "x-mark",
    "data": "circle-stack",
    "down": "chevron-down",
    "hourglass": "bell-alert",
    "group": "user-group",
    "info": "information-circle",
    "key": "key",
    "link": "link",
    "moon": "moon",
    "no-entry": "no-symbol",
    "person": "user",
    "pipe": "arrows-right-left",
    "plus": "plus",
    "refresh": "arrow-path",
    "question": "question-mark-circle",
    "search": "magnifying-glass",
    "settings": "cog-6-tooth",
    "spinner": "arrow-path",
    "sun": "sun",
    "up": "chevron-up",
    "warning": "exclamation-triangle",
}
"""Our names for icons → those of heroicons."""


@register.simple_tag
@lru_cache(maxsize=len(_DRAWINGS))
def icon(name: str) -> SafeString:
    """Draw an icon; it says nothing to screen readers, the word beside it does."""
    drawn = heroicon_micro(
        _DRAWINGS[name], size=None, **{"class": f"icon icon-{name}", "aria-hidden": "true"}
    )
    return mark_safe(drawn)  # noqa: S308 - drawn by the package from names that are ours


@register.simple_tag
def badge(status: str) -> SafeString:
    """Draw a status: icon and word, never colour alone."""
    return format_html(
        '<span class="badge badge-{}" data-status="{}">{}{}</span>',
        tone_of(status),
        status,
        icon(icon_of(status)),
        texts.status_label(status),
    )


@register.simple_tag
def copy(value: str, key: str, label: str, *, short: bool = False) -> SafeString:
    """Draw a value with its copy button. `key` makes the button's id, `label` says what is copied, of whom.

    With `short`, a long value is shortened in its middle for the eye; its whole text stays in the page.
    """
    shortened = (
        format_html('<span class="head">{}</span><span class="tail">{}</span>', value[:-TAIL], value[-TAIL:])
        if short and len(value) > 2 * TAIL
        else value
    )
    return format_html(
        '<span class="copyable"><code{5} title="{0}">{1}</code>'
        '<button type="button" class="copy" id="copy-{2}" data-copy="{0}"'
        ' aria-label="{3}" title="{3}">{4}</button></span>',
        value,
        shortened,
        key,
        label,
        icon("copy"),
        mark_safe(' class="middle"') if short else "",
    )


_CONNECTION_LOOKS = {
    Connection.READY: ("success", "check"),
    Connection.WAITING: ("info", "hourglass"),
    Connection.BROKEN: ("danger", "cross"),
    Connection.UNKNOWN: ("neutral", "question"),
}


@register.simple_tag
def connection_badge(connection: Connection) -> SafeString:
    """Draw what the endpoints of a ClickPipe say about its way to the source."""
    tone, drawing = _CONNECTION_LOOKS[connection]
    words = texts.CONNECTION_LABELS[connection]
    return format_html('<span class="badge badge-{}">{}{}</span>', tone, icon(drawing), words)


@register.simple_tag
def kept_field(user: User) -> SafeString:
    """Draw the hidden field by which a form that arrives after the sign-in's end is this person's again."""
    return format_html('<input type="hidden" name="{}" value="{}">', kept.FIELD, kept.token_for(user))
