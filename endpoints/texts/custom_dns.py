"""The words for custom private DNS names: why some are refused, and the mark that they carry everywhere."""

from django.utils.translation import gettext_lazy as _

from endpoints.texts.say import Templates

NOT_SERVED = _("recorded, not served")
"""What is said of every custom private DNS name: no resolver answers it yet."""

CUSTOM_DNS: dict[str, Templates] = {
    "not_a_list": (_("This must be a list."),),
    "no_custom_dns_for_msk": (
        _("An MSK multi-VPC endpoint has the names of its brokers and no custom private DNS names."),
    ),
    "too_many_names": (
        _("At most %(maximum)s names are allowed; these are %(length)s."),
        _("These are too many names."),
    ),
    "dns_item": (_("Each name is an object with privateDnsName, and targetId where it has a target."),),
    "dns_name_form": (
        _(
            "%(name)s is no private DNS name. It has two labels or more, of a-z, 0-9, - and _, no dot at its"
            " end, and may begin with *. to stand for one label: *.db.example.com"
        ),
        _("This is no private DNS name."),
    ),
    "reserved_suffix": (
        _("%(name)s: names that end in .%(suffix)s are reserved."),
        _("This name is reserved."),
    ),
    "dns_name_twice": (_("%(name)s stands here twice."), _("A name stands here twice.")),
    "dns_name_taken": (
        _("%(name)s is taken: another endpoint answers for it, or for a name that overlaps with it."),
        _("A name is taken."),
    ),
    "target_only_for_resource": (
        _("%(name)s: targetId is supported only for VPC_RESOURCE."),
        _("targetId is supported only for VPC_RESOURCE."),
    ),
    "target_form": (
        _("%(name)s: a target is the ID of a resource configuration: rcfg-0123456789abcdef0"),
        _("A target is the ID of a resource configuration."),
    ),
    "target_unknown": (
        _("%(name)s: this endpoint does not lead to %(target)s. Its targets: %(known)s"),
        _("This endpoint does not lead to this target."),
    ),
}
"""Why names were refused, by code."""
