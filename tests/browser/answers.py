"""Every page of the gallery; those that answer a form and have no address, and how to get each."""

import itertools
import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from io import BytesIO
from zipfile import ZipFile

from portal.core import clock
from portal.domain.moderation.maintenance import MaintenanceError
from tests.browser.browser_app import ANALYST
from tests.browser.gallery import Gallery


def _archive(gallery: Gallery, language: str) -> str:
    """The page inside the file."""
    with gallery.stage.client(gallery.sessions["member"]) as visitor:
        answer = visitor.post(f"/{language}/profile/data")
        return ZipFile(BytesIO(answer.content)).read("index.html").decode()


def _too_often(gallery: Gallery, language: str) -> str:
    """Limits are off for all other pictures."""
    limiter = gallery.stage.app.state.site.rate_limiter
    limiter._is_on = True
    try:
        with gallery.stage.client() as visitor:
            status = 303
            while status == 303:
                form = {"email": "in.haste@example.org"}
                answer = visitor.post(f"/{language}/sign-in/link", data=form)
                status = answer.status_code
            assert status == 429
            return answer.text
    finally:
        limiter._is_on = False


def _maintained(gallery: Gallery, language: str) -> str:
    """A guest's sign-in letter while nothing is written."""
    site = gallery.stage.app.state.site

    def refuse(_db: object) -> None:
        raise MaintenanceError(clock.now() + timedelta(minutes=10))

    kept, site.database.guard = site.database.guard, refuse
    try:
        with gallery.stage.client() as visitor:
            answer = visitor.post(f"/{language}/sign-in/link", data={"email": "a@example.org"})
            assert answer.status_code == 503
            return answer.text
    finally:
        site.database.guard = kept


def _leaving(gallery: Gallery, language: str) -> str:
    with gallery.stage.client() as visitor:
        return visitor.post(f"/{language}/sign-in", data={}).text


def _banned(gallery: Gallery, language: str) -> str:
    """Back from the provider as somebody whom the moderators keep out."""
    with gallery.stage.client() as visitor:
        leaving = visitor.post(f"/{language}/sign-in", data={}).text
        address = unescape(re.search(r'href="([^"]+/authorize\?[^"]+)"', leaving)[1])
        chosen, provider = {"subject": ANALYST.subject}, {"origin": gallery.stage.issuer}
        back = visitor.post(address, data=chosen, headers=provider)
        answer = visitor.get(back.headers["location"])
        assert answer.status_code == 403
        return answer.text


# By name; the page that leads to the provider moves on by itself.
ANSWERS = {
    "archive": _archive,
    "too often": _too_often,
    "banned": _banned,
    "maintenance": _maintained,
}
LEAVING = {"on to the provider": _leaving}


def pages(gallery: Gallery, *languages: str) -> Iterator[tuple[str, str]]:
    """Name and HTML of every picture of the gallery, and of pages without an address.

    Of several languages each page is in one, in turn.
    """
    turns = itertools.cycle(languages)
    for picture, language in zip(gallery.pictures, turns, strict=False):
        with gallery.stage.client(gallery.sessions.get(picture.visitor)) as visitor:
            address = f"/{language}{picture.path}"
            page = visitor.get(address)
            if picture.sends:
                action = re.search(rf'action="([^"]*{re.escape(picture.sends)})"', page.text)[1]
                page = visitor.post(action, data={})
            assert page.status_code == picture.status, (picture.name, page.status_code)
            yield picture.name, page.text
    for (name, answer), language in zip((ANSWERS | LEAVING).items(), turns, strict=False):
        yield name, answer(gallery, language)
