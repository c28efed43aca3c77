"""Processes of the portal, each forked from one that has loaded it (tests.faults.loaded)."""

import contextlib
import itertools
import json
import os
import select
import signal
import subprocess
import sys
import threading
from pathlib import Path

from tests.processes import PATIENCE
from tests.unprivileged import UNPRIVILEGED


class Loaded:
    """Starts processes of the portal, and ends those that are left (tests.faults.loaded)."""

    def __init__(self):
        self._parent = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.loaded"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            **UNPRIVILEGED,
        )
        self._lock, self._started, self._numbers = threading.Lock(), [], itertools.count()

    def start(self, arguments, environment, log, clock=None, outside=None):
        """A command's process; `clock` names a file, `outside` a port."""
        with self._lock:
            out = log.with_name(f"out-{next(self._numbers)}")
            asked = {
                "arguments": arguments,
                "environment": environment,
                "log": str(log),
                "out": str(out),
                "code": f"{out}.code",
                "clock": clock and str(clock),
                "outside": outside,
            }
            self._parent.stdin.write(json.dumps(asked) + "\n")
            self._parent.stdin.flush()
            process = Process(int(self._parent.stdout.readline()), out)
            self._started.append(process)
        return process

    def end_all(self):
        for process in self._started:
            process.kill()
            process.close()
        self._started.clear()

    def close(self):
        self.end_all()
        with self._parent:
            self._parent.stdin.close()


class Process:
    """What `subprocess.Popen` is of one's own child."""

    def __init__(self, number, out):
        self._handle, self._out = os.pidfd_open(number), out

    def poll(self):
        """Its exit code once it has ended: -9 if it was killed."""
        if not select.select([self._handle], [], [], 0)[0]:
            return None
        code = Path(f"{self._out}.code")
        return int(code.read_text()) if code.exists() else -signal.SIGKILL

    def wait(self, timeout=PATIENCE):
        if not select.select([self._handle], [], [], timeout)[0]:
            raise subprocess.TimeoutExpired("portal", timeout)
        return self.poll()

    def send_signal(self, number):
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._handle, number)

    def kill(self):
        self.send_signal(signal.SIGKILL)
        self.wait()

    def localized(self):
        return self._out.read_text()

    def close(self):
        os.close(self._handle)
