"""The pages that django-allauth registers by itself.

They would let staff write what only its owner may: second factors, connected accounts, another provider.
"""

from allauth.account import admin as account
from allauth.mfa import admin as mfa
from allauth.socialaccount import admin as socialaccount
from allauth.usersessions import admin as usersessions
from django.contrib import admin

_MODULES = {module.__name__ for module in (account, mfa, socialaccount, usersessions)}


def unregister_those_of_allauth() -> None:
    """Take them off the site; importing them above has put them there."""
    pages = dict(admin.site._registry)
    admin.site.unregister([model for model, page in pages.items() if type(page).__module__ in _MODULES])
