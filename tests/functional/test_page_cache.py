"""Kept pages: true at every request, the same for every stranger, and nobody's own."""

from __future__ import annotations

import pytest

from tests.factories import make_event, make_organization
from tests.functional.queries import queries_of


@pytest.fixture
def event_page(database):
    with database.writing() as db:
        return f"/en/events/{make_event(db, make_organization(db, 'qazaq-uii')).slug}"


def asked(database, browser, path, **headers):
    """An answer, and how many questions it cost."""
    with queries_of(database) as sent:
        answer = browser.get(path, headers=headers)
    return answer, len(sent)


def test_a_page_is_drawn_once_and_for_everybody(database, client, event_page):
    drawn, questions = asked(database, client, event_page)
    kept, none = asked(database, client, event_page)
    assert drawn.status_code == kept.status_code == 200
    assert questions > 0
    assert none == 0
    assert drawn.content == kept.content
    assert drawn.headers == kept.headers
    assert kept.headers["cache-control"] == "public, no-cache"
    assert kept.headers["vary"] == "Cookie, Accept-Encoding"
    assert kept.headers["content-security-policy"]
    assert "set-cookie" not in kept.headers
    head = client.head(event_page)
    assert (head.content, head.headers) == (b"", kept.headers)

    etag = kept.headers["etag"]
    assert etag.startswith('"')
    for known in (etag, f'W/"x", {etag}', "*"):
        unchanged, none = asked(database, client, event_page, **{"if-none-match": known})
        assert (unchanged.status_code, unchanged.content, none) == (304, b"", 0)
        assert unchanged.headers["etag"] == etag
        assert unchanged.headers["vary"] == kept.headers["vary"]
    assert client.get(event_page, headers={"if-none-match": '"x"'}).status_code == 200
