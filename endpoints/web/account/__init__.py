"""Who is there: signing in with django-allauth, the second step, and what people see of their own account.

Only the views that `urls.py` names can be reached; django-allauth's own addresses are not included.
"""
