"""People are called as they have written their names, in whatever script a page is read."""

import pytest

from portal.i18n.locale import use_locale
from portal.i18n.script_output import convert
from tests.browser.answers import pages
from tests.browser.picture import LONG_NAME

pytestmark = pytest.mark.slow


def test_no_page_converts_the_name_of_anybody(gallery):
    with use_locale("kk-Arab"):
        converted = convert(LONG_NAME)
    assert converted != LONG_NAME
    found, called = [], set()
    for name, html in pages(gallery, "kk-Arab"):
        called |= {name} if LONG_NAME in html else set()
        at = html.find(converted)
        if at >= 0:
            found.append(f"{name}: …{html[max(at - 120, 0) : at + len(converted)]}")
    assert len(called) > 20
    assert not found, "\n".join(found)
