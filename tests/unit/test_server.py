"""How a server ends."""

from __future__ import annotations

import signal

import pytest

from portal.server import end_when_told


def test_a_process_that_is_told_to_end_unwinds():
    before = signal.getsignal(signal.SIGTERM)
    end_when_told()
    try:
        with pytest.raises(SystemExit) as ended:
            signal.raise_signal(signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, before)
    assert ended.value.code == 0
