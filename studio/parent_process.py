"""End this process together with its parent, however the parent ends.

A web server that outlives the process that started it keeps the port, with the code of yesterday.
`python -m studio.parent_process PID granian …` runs a module that ends with the process PID.
"""

import ctypes
import os
import runpy
import signal
import sys
import time
from threading import Thread

PR_SET_PDEATHSIG = 1


def end_with(parent: int) -> None:
    """Kill this process as soon as its parent has ended, also if that was killed by SIGKILL."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    else:
        Thread(target=_watch, args=[parent], daemon=True).start()
    # The parent may have ended before.
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.2)
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    end_with(int(sys.argv[1]))
    sys.argv[:] = sys.argv[2:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
