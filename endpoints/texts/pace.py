"""How long something takes, in words that stay the same for a minute."""

from datetime import timedelta

from django.utils.translation import gettext as _

_MINUTE = timedelta(minutes=1)


def duration_text(duration: timedelta) -> str:
    """Return a duration in its one or two largest units, cut to whole minutes."""
    minutes = duration // _MINUTE
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if minutes < 1:
        return _("less than a minute")
    if days:
        return _("%(days)s d %(hours)s h") % {"days": days, "hours": hours}
    if hours:
        return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": rest}
    return _("%(minutes)s min") % {"minutes": minutes}


def pace_text(so_far: timedelta | None, usual: timedelta | None) -> str:
    """Say how long it took so far and how long it usually takes; "" where neither is known."""
    said = []
    if so_far is not None:
        said.append(_("So far: %(duration)s.") % {"duration": duration_text(so_far)})
    if usual is not None:
        # To the nearest minute, so that it is steady from one endpoint to the next.
        rounded = usual if usual < _MINUTE else round(usual / _MINUTE) * _MINUTE
        said.append(_("Usual time until Ready: %(duration)s.") % {"duration": duration_text(rounded)})
    return " ".join(said)
