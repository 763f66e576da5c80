"""A real OpenID Connect provider on this machine, made of django-oauth-toolkit, and who walks through."""
