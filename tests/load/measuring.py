"""What a request costs: the server's processor time, and requests a second by `wrk`."""

import re
import statistics
import subprocess
from pathlib import Path
from typing import NamedTuple

SECONDS, CONNECTIONS = 2, 16
TICKS_PER_SECOND = 100
SCRIPT = """
local n = 0
request = function()
  n = n + 1
  local language = ({"kk", "ru", "en"})[n % 3 + 1]
  return wrk.format("GET", string.format("PATH", language, n * STEP % COUNT + FIRST), {HEADERS})
end
"""


class Cost(NamedTuple):
    """Processor seconds a request, and requests a second."""

    processor: float
    rate: float


class Share(NamedTuple):
    """What a page reaches of hello: by processor time, and by the clock on the wall."""

    processor: float
    wall: float


def script_for(file, path, *, step=1, count, first, headers=""):
    """Writes the script that asks for `count` addresses, from `first` on; returns its file."""
    values = {"PATH": path, "STEP": step, "COUNT": count, "FIRST": first, "HEADERS": headers}
    text = SCRIPT
    for name, value in values.items():
        text = text.replace(name, str(value))
    file.write_text(text)
    return file


def processor_seconds(pid):
    """Processor time of a process and of those it started, in user and system mode."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    own = (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND
    return own + sum(processor_seconds(child) for child in children)


def cost(address, pid, script=None):
    """Asks a server for some seconds; one answer that is not 2xx or 3xx spoils the measurement."""
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "--timeout", "60s"]
    if script is not None:
        command += ["-s", str(script)]
    begun = processor_seconds(pid)
    out = subprocess.run([*command, address], check=True, capture_output=True, text=True).stdout
    spent = processor_seconds(pid) - begun
    if "Non-2xx" in out or "Socket errors" in out:
        raise RuntimeError(out)
    requests = int(re.search(r"(\d+) requests in", out)[1])
    return Cost(spent / requests, float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1]))


def share(hello, server, script=None):
    """One Share; hello is measured before and after, since a machine's speed wavers."""
    before, found, after = cost(*hello), cost(*server, script), cost(*hello)
    processor = statistics.mean((before.processor, after.processor)) / found.processor
    return Share(processor, found.rate / statistics.mean((before.rate, after.rate)))


def row_of(name, shares, promised):
    """The row of a bench: medians of the Shares, and the least by processor time."""
    processor = [each.processor for each in shares]
    return {
        "what": name,
        "of hello, processor time": f"{statistics.median(processor):.2%}",
        "least": f"{min(processor):.2%}",
        "by wall clock": f"{statistics.median(each.wall for each in shares):.2%}",
        "promised": f"{promised:.1%}",
        "holds": statistics.median(processor) >= promised,
    }
