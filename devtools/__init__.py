"""The parts of ./dev: standard library only, except where a function says that it runs inside .venv."""
