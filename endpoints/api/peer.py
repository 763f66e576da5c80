"""Whether who asked is still there to read an answer.

Gunicorn's sync and gthread workers hand over the client's socket (`gunicorn.socket`); other servers, and the
tests' client, hand over none, and their clients count as there. Source: gunicorn/http/wsgi.py.
"""

import select
import socket
import ssl

from django.http import HttpRequest


def has_gone(request: HttpRequest) -> bool:
    """Say at once whether the client of a request has closed its connection; nothing is taken from it."""
    asker = request.META.get("gunicorn.socket")
    # Nobody can look ahead into TLS: where gunicorn itself ends it, clients count as there.
    if not isinstance(asker, socket.socket) or isinstance(asker, ssl.SSLSocket):
        return False
    looked = select.poll()
    looked.register(asker, select.POLLIN)
    if not looked.poll(0):
        return False
    try:
        return asker.recv(1, socket.MSG_PEEK) == b""
    except OSError:
        return True
