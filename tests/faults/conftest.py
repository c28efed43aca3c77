"""What every fault begins with, and the figures that are printed when all are over."""

import json
import time

import pytest

from tests.faults.people import Mailbox
from tests.faults.processes import Loaded
from tests.faults.stage import Portal

FIGURES = []


@pytest.fixture(scope="session")
def all_loaded():
    loaded = Loaded()
    yield loaded
    loaded.close()


@pytest.fixture
def loaded(all_loaded):
    yield all_loaded
    all_loaded.end_all()


@pytest.fixture
def portal(database_url, tmp_path, loaded):
    made = Portal(loaded, tmp_path / "portal", database_url)
    yield made
    print(made.log())  # shown where the test failed


@pytest.fixture
def mailbox():
    with Mailbox() as box:
        yield box


@pytest.fixture
def tell(request):
    """Notes figures of a fault; how long it took is added."""
    figures, begun = {}, time.monotonic()
    yield figures.update
    seconds = round(time.monotonic() - begun, 1)
    FIGURES.append({"fault": request.node.name, "seconds": seconds} | figures)


def pytest_terminal_summary(terminalreporter):
    terminalreporter.section("figures")
    for figures in FIGURES:
        terminalreporter.write_line(json.dumps(figures, ensure_ascii=False))
