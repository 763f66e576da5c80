"""`./dev bench control`: what the engine costs, and how soon it acts.

Each part is a module with one class, a `Part`, listed in `parts.py`. A part has a house of its own: a
database, a sandbox and workers that no other part sees. It is furnished once, then measured round after
round in turn with the others, so that a busy moment of the machine hits all of them.
"""
