"""Serving images: for good where everybody may see the item, and else to whoever may."""

import pytest

from portal.domain.events.models import Event
from portal.domain.publishing.publication import Hiding, Visibility
from tests.engines import ON_ONE_ENGINE
from tests.factories import make_event, make_image, make_organization, make_person
from tests.queries import queries_of

pytestmark = ON_ONE_ENGINE

FOR_GOOD = "public, max-age=31536000, immutable"


@pytest.fixture
def staff(database):
    with database.writing() as db:
        person = make_person(db)
        make_organization(db, "ours", editor=person)
        db.expunge(person)
        return person


@pytest.fixture
def image(app, database, staff):
    """Makes an event of ours with a picture; answers with the address of one size."""
    from portal.domain.organizations.models import Organization

    def make(*, hidden=False, **changes):
        with database.writing() as db:
            ours = db.query(Organization).filter_by(slug="ours").one()
            event = make_event(db, ours, **changes)
            key = make_image(db, event, storage=app.state.site.storage).key
            if hidden:
                event.hide(Hiding.DECISION)
        return f"/images/{key}/480.webp"

    return make


def test_a_public_events_image_is_everybodys_for_good(client, image):
    answer = client.get(image())
    assert (answer.status_code, answer.content) == (200, b"480 webp")
    assert answer.headers["content-type"] == "image/webp"
    assert answer.headers["cache-control"] == FOR_GOOD
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-length"] == "8"
    assert "set-cookie" not in answer.headers
    other = client.get(image().replace("480.webp", "960.jpg"))
    assert (other.headers["content-type"], other.content) == ("image/jpeg", b"960 jpg")


def test_the_content_policy_is_said_once_and_pages_keep_theirs(client, image):
    assert len(client.get(image()).headers.get_list("content-security-policy")) == 1
    (said,) = client.get("/en/events").headers.get_list("content-security-policy")
    assert "script-src 'self'" in said


def test_whoever_has_it_is_not_sent_it_again(client, image):
    path = image()
    etag = client.get(path).headers["etag"]
    answer = client.get(path, headers={"if-none-match": f'"other", W/{etag}'})
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["cache-control"] == FOR_GOOD
    assert client.get(path, headers={"if-none-match": '"other"'}).status_code == 200


def test_it_costs_a_stranger_one_query(client, image, database):
    path = image()
    client.get(path)
    with queries_of(database) as sent:
        client.get(path)
    assert len(sent) == 1


@pytest.mark.parametrize(
    "changes",
    [{"published": False}, {"visibility": Visibility.PRIVATE}, {"hidden": True}],
    ids=["draft", "private", "hidden"],
)
def test_an_image_is_seen_by_whoever_sees_its_item(
    client, browser_of, database, staff, image, changes
):
    path = image(**changes)
    with database.writing() as db:
        foreign = make_person(db)
        make_organization(db, "theirs", owner=foreign)
    answer = browser_of(staff).get(path)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "private, no-store"
    nothing = client.get(f"/images/{'a' * 22}/480.webp")
    for browser in (client, browser_of(foreign)):
        refused = browser.get(path)
        assert refused.status_code == 404
        assert refused.headers["cache-control"] == "no-store"
        etag = {"if-none-match": answer.headers["etag"]}
        assert browser.get(path, headers=etag).status_code == 404
        assert "etag" not in refused.headers
        assert len(refused.content) == len(nothing.content)


def test_an_image_follows_its_item_out_of_sight(client, image, database):
    path = image()
    assert client.get(path).status_code == 200
    with database.writing() as db:
        db.query(Event).one().hide(Hiding.SUSPENSION)
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    "size",
    [
        *("481.webp", "0480.webp", "+480.webp", "480.png", "480.svg"),
        *("480.webp.html", "1601.jpg", "x.jpg"),
    ],
)
def test_only_the_sizes_there_are_have_addresses(client, image, size):
    assert client.get(image().replace("480.webp", size)).status_code == 404


@pytest.mark.parametrize(
    "path", ["..%2f..%2fportal.db/480.webp", "%00/480.webp", "a/..%2f480.webp"]
)
def test_addresses_lead_to_no_other_file(client, image, path):
    image()
    assert client.get(f"/images/{path}").status_code == 404


def test_an_image_whose_files_are_gone_is_not_found(client, image, app):
    path = image()
    app.state.site.storage.forget([path.removeprefix("/images/")])
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.headers["cache-control"] == "no-store"
