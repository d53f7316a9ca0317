"""Child processes that never outlive the process that started them."""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # from <linux/prctl.h>


def die_with_parent(parent: int | None = None) -> None:
    """Ask the kernel to send SIGTERM to this process when its parent ends, even by SIGKILL.

    Does nothing where the kernel has no such service (not Linux). ``parent`` is the process id that
    the parent had; when it has ended already, this process ends too.
    """
    if not sys.platform.startswith("linux"):
        return
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    if parent is not None and os.getppid() != parent:
        raise SystemExit("The process that started this one has ended.")
