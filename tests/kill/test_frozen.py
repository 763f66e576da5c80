"""A process that is stopped in the middle of a transaction, as when its machine is paused."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable

import pytest
from django.db import connection

from tests.environment import CHECKOUT
from tests.kill.house import House, since

pytestmark = [pytest.mark.kill, pytest.mark.full]
SPARE = 4.0  # seconds in which PostgreSQL ends a session whose time is up
FREEZE = """
import os, signal, sys
import django
django.setup()
from django.db import transaction
from endpoints.models import ReversePrivateEndpoint
with transaction.atomic():
    ReversePrivateEndpoint.objects.select_for_update(of=("self",)).get(pk=sys.argv[1])
    print("holds", flush=True)
    os.kill(os.getpid(), signal.SIGSTOP)
"""


def test_who_freezes_with_a_locked_row_holds_it_no_longer_than_a_lease(
    house: House, tell: Callable[[object], None]
) -> None:
    row = house.ask()
    command = [sys.executable, "-c", FREEZE, str(row.pk)]
    env = house.environment() | {"DJANGO_SETTINGS_MODULE": "endpoints.settings"}
    with subprocess.Popen(command, cwd=CHECKOUT, env=env, stdout=subprocess.PIPE, text=True) as frozen:
        try:
            assert frozen.stdout is not None
            assert frozen.stdout.readline() == "holds\n"
            began = time.monotonic()
            with connection.cursor() as cursor:  # so that this fails rather than waits for ever
                cursor.execute("SELECT set_config('lock_timeout', %s, false)", [f"{house.lease + SPARE}s"])
            house.remove(row)
            tell(f"the row of a frozen process was free after {since(began):.1f} s")
        finally:
            frozen.send_signal(signal.SIGKILL)
            with connection.cursor() as cursor:
                cursor.execute("RESET lock_timeout")
