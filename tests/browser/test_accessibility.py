"""Pages for everybody: axe finds nothing, nothing runs off the side, the keyboard goes it all."""

import itertools

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.answers import ANSWERS
from tests.browser.steps import button_to, follow

pytestmark = pytest.mark.browser

# A desk of 1280 pixels, zoomed to 200 percent, has 640 left.
PHONE, DESK, ZOOMED = (320, 640), (1280, 800), (640, 400)
# Looking for what it may have to fetch first takes time; our styles come from our own address.
OPTIONS = {"resultTypes": ["violations"], "preload": False}
COLOURS = ["color-contrast", "link-in-text-block"]
# How each page is looked at: by night all but its colours is what it was by day, and at a desk
# colours are what they were on a phone. Looking at everything again would take most of the time.
LOOKS = (
    ("light", PHONE, OPTIONS),
    ("light", ZOOMED, OPTIONS | {"rules": {rule: {"enabled": False} for rule in COLOURS}}),
    ("dark", PHONE, OPTIONS | {"runOnly": {"type": "rule", "values": COLOURS}}),
)
# What sticks out at the side, if anything does; what is cut off by something that scrolls does not.
STICKS_OUT = """() => {
  const room = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= room) {
    return "";
  }
  const isCut = (element) => element.closest("svg:not(:scope), .scroll") !== null;
  const wide = [...document.body.querySelectorAll("*")].filter(
    (element) => element.getBoundingClientRect().right > room + 1 && !isCut(element.parentElement),
  );
  const told = wide.slice(0, 3).map((element) => element.outerHTML.slice(0, 120));
  return `${document.documentElement.scrollWidth} of ${room} px: ${told.join(" … ")}`;
}"""


def _browsers(gallery, open_browser, **options):
    """A browser for each kind of visitor, in which axe is at hand on every page."""
    pages = {}
    for visitor in (None, *gallery.sessions):
        page = pages[visitor] = open_browser(gallery.stage.address, bypass_csp=True, **options)
        page.add_init_script(Axe().axe_script)
        if visitor is not None:
            cookie = {"name": "session", "value": gallery.sessions[visitor]}
            page.context.add_cookies([cookie | {"url": gallery.stage.address}])
    return pages


def _shown(gallery, pages, languages):
    """Name and page of every picture and answer in its browser, in one language after the other."""
    turns = itertools.cycle(languages)
    for picture in gallery.pictures:
        page, language = pages[picture.visitor], next(turns)
        page.goto(f"/{language}{picture.path}")
        if picture.sends:
            follow(page, button_to(page, picture.sends))
        yield f"{picture.name}, {language}", page
    # A browser asks for one where a page names none; the archive is no page of the portal's.
    pages[None].route("**/favicon.ico", lambda route: route.fulfill(status=204))
    for (name, answer), language in zip(ANSWERS.items(), turns, strict=False):
        pages[None].goto(f"/{language}/time-zone")
        pages[None].set_content(answer(gallery, language))
        yield f"{name}, {language}", pages[None]


def _look(page, scheme, size):
    width, height = size
    if page.viewport_size != {"width": width, "height": height}:
        page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme)


def test_phones_by_day_and_night_and_a_desk_at_200_percent_show_everything(gallery, open_browser):
    """Axe finds nothing and there is room enough, on every picture however it is looked at."""
    pages = _browsers(gallery, open_browser, device_scale_factor=2)
    found = []
    for name, page in _shown(gallery, pages, ("ru", "kk-Arab", "en", "kk", "kk-Latn")):
        for scheme, size, options in LOOKS:
            _look(page, scheme, size)
            where = f"{name} at {size[0]}, {scheme}"
            violations = page.evaluate(
                "(options) => axe.run(options).then((results) => results.violations)", options
            )
            found += [
                f"{where}: {violation['id']} {node['html'][:160]} {node['failureSummary']}"
                for violation in violations
                for node in violation["nodes"]
            ]
            if wide := page.evaluate(STICKS_OUT):
                found.append(f"{where}: {wide}")
    assert not found, "\n".join(found)


def _address_of(gallery, name):
    return next(f"/en{picture.path}" for picture in gallery.pictures if picture.name == name)


def _tab_to(page, locator, most=60):
    """Presses Tab until the element has the focus; how often it took."""
    for number in range(1, most + 1):
        page.keyboard.press("Tab")
        if locator.evaluate("element => element === document.activeElement"):
            assert locator.evaluate("element => getComputedStyle(element).outlineStyle") != "none"
            return number
    pytest.fail(f"Tab did not reach {locator} in {most} steps")


def test_the_first_tab_skips_to_the_content(gallery, open_browser):
    page = open_browser(gallery.stage.address)
    page.goto(_address_of(gallery, "event"))
    skip = page.locator("a.skip")
    assert _tab_to(page, skip) == 1
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_the_keyboard_signs_up(gallery, open_browser, size):
    width, height = size
    page = open_browser(gallery.stage.address, viewport={"width": width, "height": height})
    page.goto(_address_of(gallery, "event"))
    _tab_to(page, page.locator("[name=name]"))
    page.keyboard.type("Алия")
    assert _tab_to(page, page.locator("[name=email]")) == 1
    # No address: the form comes back and says so, and the summary has the focus.
    assert _tab_to(page, button_to(page, "/registration")) == 1
    page.keyboard.press("Enter")
    expect(page.locator("[role=alert]")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("[name=email]")).to_be_focused()
    expect(page.locator("[name=name]")).to_have_value("Алия")


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_the_keyboard_reaches_every_event_of_the_month_in_order(gallery, open_browser, size):
    width, height = size
    page = open_browser(gallery.stage.address, viewport={"width": width, "height": height})
    page.goto(_address_of(gallery, "calendar"))
    links = page.locator(".month a").all()
    assert links
    _tab_to(page, links[0])
    for link in links[1:]:
        assert _tab_to(page, link, most=1) == 1
    for link in links:
        link.focus()
        expect(link).to_be_in_viewport()
    months = page.locator("nav.pager a").all()
    assert len(months) == 2
    _tab_to(page, months[0], most=1)
    page.keyboard.press("Enter")
    expect(page.locator(".month")).to_be_visible()
    assert page.url.rpartition("/")[2] != "calendar"
