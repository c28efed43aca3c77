"""Requests a second by `wrk`, over many addresses in three languages."""

import re
import statistics
import subprocess

SECONDS, CONNECTIONS = 3, 32
# The least that hello may come to after a measurement, of what it came to before, or the other way
# round; and how often one measurement is tried.
STEADY, TRIES = 0.8, 3
SCRIPT = """
local n = 0
request = function()
  n = n + 1
  local language = ({"kk", "ru", "en"})[n % 3 + 1]
  return wrk.format("GET", string.format("PATH", language, n * STEP % COUNT + FIRST), {HEADERS})
end
"""


def script_for(file, path, *, step=1, count, first, headers=""):
    """Writes the script that asks for `count` addresses, from `first` on; returns its file."""
    values = {"PATH": path, "STEP": step, "COUNT": count, "FIRST": first, "HEADERS": headers}
    text = SCRIPT
    for name, value in values.items():
        text = text.replace(name, str(value))
    file.write_text(text)
    return file


def wrk(address, script=None, connections=CONNECTIONS):
    """Requests a second; a single answer that is not 2xx or 3xx spoils the measurement."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{SECONDS}s", "--timeout", "60s"]
    if script is not None:
        command += ["-s", str(script)]
    out = subprocess.run([*command, address], check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in out or "Socket errors" in out:
        raise RuntimeError(out)
    return float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1])


class Hello:
    """The yardstick, measured anew around each measurement: a machine's speed wavers.

    Where it wavered meanwhile there is nothing to compare with, so that is measured again, however
    it came out; `again` counts how often.
    """

    def __init__(self, address):
        self._address, self.rates, self.again = address, [], 0

    def share(self, measure):
        """What `measure` answers a second, as a share of hello's before and after it."""
        for rest in reversed(range(TRIES)):
            before = self.rates[-1] if self.rates else self._rate()
            found, after = measure(), self._rate()
            if not rest or min(before, after) >= STEADY * max(before, after):
                break
            self.again += 1
        return found / statistics.mean((before, after))

    def _rate(self):
        self.rates.append(wrk(self._address))
        return self.rates[-1]
