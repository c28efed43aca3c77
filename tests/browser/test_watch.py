"""The watch over the other tests is awake."""

import pytest

from tests.browser.watch import Watch

pytestmark = pytest.mark.browser


@pytest.fixture
def watch():
    """Tells, and does not fail the test."""
    return Watch()


@pytest.fixture
def page(open_browser, gallery):
    page = open_browser(gallery.stage.address)
    page.goto("/en/time-zone")
    return page


def _told(page, watch, seconds=60):
    """What is told by then, at the latest."""
    for _tenth in range(seconds * 10):
        if complaints := watch.complaints():
            return complaints
        page.wait_for_timeout(100)
    return []


@pytest.mark.parametrize(
    ("misdeed", "told"),
    [
        ("console.error('a fault of ours')", "a fault of ours"),
        ("setTimeout(() => { throw new Error('not caught') })", "not caught"),
        ("document.body.setAttribute('style', 'color: red')", "style-src"),
        ("fetch('https://tracker.example/').catch(() => {})", "connect-src"),
        ("location = 'https://tracker.example/'", "asked by"),
        ("fetch('/static/missing.css')", "404"),
    ],
)
def test_a_misdeed_is_told(page, watch, misdeed, told):
    assert watch.complaints() == []
    page.evaluate(misdeed)
    assert told in " ".join(_told(page, watch))


def test_a_page_that_says_no_is_no_misdeed(page, watch):
    page.goto("/en/events/nothing-of-this-name")
    assert _told(page, watch, seconds=2) == []
