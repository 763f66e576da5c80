"""django-q2's cluster as the worker's child: it dies with its parent, and each finished task is one beat."""

import ctypes
import gc
import os
import signal
import sys
import threading
import time
from contextlib import suppress
from typing import Any

BEAT_VARIABLE = "POSTERN_BEAT_FD"
_PR_SET_PDEATHSIG = 1


def die_with_parent(parent: int) -> None:
    """End this process when its parent ends, however it ends. `parent` is the pid it had when it forked."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it was gone before we asked
            os.kill(os.getpid(), signal.SIGKILL)
    else:
        threading.Thread(target=_watch, args=(parent,), daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGKILL)


def run(parent: int) -> None:
    """Run the cluster until it is told to stop. Every process it forks dies with the one that forked it."""
    die_with_parent(parent)
    forked_by = [os.getpid()]
    os.register_at_fork(
        before=lambda: forked_by.__setitem__(0, os.getpid()),
        after_in_child=lambda: die_with_parent(forked_by[0]),
    )
    from django_q.cluster import Cluster
    from django_q.signals import post_execute_in_worker

    from endpoints.connections import prepare_statements

    prepare_statements()
    post_execute_in_worker.connect(_beat, weak=False)
    # What is loaded by now stays for ever: no collection in the processes forked from here needs to walk it.
    gc.freeze()
    Cluster().start()


def _beat(**_: Any) -> None:
    """Tell the worker that a task was finished. A full or closed pipe loses a beat, never a task."""
    with suppress(BlockingIOError, BrokenPipeError, KeyError):
        os.write(int(os.environ[BEAT_VARIABLE]), b".")
