"""Why what was asked of organizations, services, people, teams or roles was refused, and what to do first."""

from django.utils.translation import gettext_lazy as _

from endpoints.texts.say import Templates

OWNERSHIP: dict[str, Templates] = {
    "unknown_role": (_("Choose viewer, operator or admin."),),
    "no_such_account": (
        _(
            "Nobody can sign in with this e-mail. Check its spelling, or ask the staff of this installation"
            " for an account."
        ),
    ),
    "no_such_team": (_("Choose one of the teams of the list. Staff can give roles to other teams."),),
    "one_holder": (_("Enter an e-mail or choose a team, not both."),),
    "role_gone": (_("This role was taken away meanwhile."),),
    "last_admin": (
        _("%(names)s and %(more)s more would be left without an admin. Make somebody else an admin first."),
        _("%(names)s would be left without an admin. Make somebody else an admin first."),
        _("An organization would be left without an admin. Make somebody else an admin first."),
    ),
    "not_an_email": (_("Enter an e-mail address, such as name@example.com."),),
    "email_taken": (_("There is an account with this e-mail already."),),
    "not_yourself": (_("You cannot do this to your own account. Ask somebody else of the staff."),),
    "user_owns_services": (
        _("This person owns %(names)s and %(more)s more services. Transfer them to somebody else first."),
        _("This person owns services: %(names)s. Transfer them to somebody else first."),
        _("This person owns services. Transfer them to somebody else first."),
    ),
    "user_asked_for_endpoints": (
        _(
            "This person asked for live endpoints: %(names)s and %(more)s more. Disable the account instead:"
            " nobody gets in with it, and it stays known who asked."
        ),
        _(
            "This person asked for live endpoints: %(names)s. Disable the account instead: nobody gets in"
            " with it, and it stays known who asked."
        ),
        _("This person asked for live endpoints. Disable the account instead."),
    ),
    "user_is_named": (
        _(
            "Endpoints, ClickPipes or API keys name this person. Disable the account instead: nobody gets in"
            " with it, and it stays known who asked."
        ),
    ),
    "team_name_taken": (_("A team has this name already. Choose another."),),
    "owner_disabled": (_("This account is disabled. Choose somebody who can sign in."),),
    "label_with_comma": (_("A label cannot contain a comma."),),
    "too_many_labels": (
        _("At most %(maximum)s labels are allowed."),
        _("These are too many labels."),
    ),
    "service_has_endpoints": (
        _(
            "It has live endpoints: %(names)s and %(more)s more. Remove them first, and wait until they are"
            " gone."
        ),
        _("It has live endpoints: %(names)s. Remove them first, and wait until they are gone."),
        _("It has live endpoints. Remove them first, and wait until they are gone."),
    ),
    "service_has_pipes": (
        _("It has ClickPipes: %(names)s and %(more)s more. Remove their records first."),
        _("It has ClickPipes: %(names)s. Remove their records first."),
        _("It has ClickPipes. Remove their records first."),
    ),
    "service_has_history": (
        _(
            "Its removed endpoints are still kept, so that it stays known who removed them and why. The last"
            " is deleted in %(days)s days; the service can be removed then."
        ),
        _("Its removed endpoints are still kept, so that it stays known who removed them and why."),
    ),
    "has_keys": (
        _("API keys for it are in use: %(names)s and %(more)s more. Disable them first."),
        _("API keys for it are in use: %(names)s. Disable them first."),
        _("API keys for it are in use. Disable them first."),
    ),
    "organization_has_services": (
        _("It has services: %(names)s and %(more)s more. Remove them first."),
        _("It has services: %(names)s. Remove them first."),
        _("It has services. Remove them first."),
    ),
    "organization_has_claims": (
        _(
            "It used up %(number)s resource shares, which stay taken for ever. An organization that did"
            " cannot be removed."
        ),
        _("It used up resource shares, which stay taken for ever."),
    ),
    "still_used": (_("Something else came to depend on it meanwhile. Look again."),),
}
