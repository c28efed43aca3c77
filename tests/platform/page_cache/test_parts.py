"""Parts that pages share: as true as the pages, and nobody's."""

from datetime import datetime, timedelta
from functools import partial

import pytest
from markupsafe import escape
from sqlalchemy import select

from portal.core import clock
from portal.db.changes.versions import LatestVersion
from portal.domain.events.models import Event
from portal.domain.publishing.publication import Visibility
from portal.i18n.translated import Translated
from portal.web.caching.fragments import FragmentStore, Sort
from portal.web.http import transactions
from tests.factories import (
    make_event,
    make_organization,
    make_person,
    sign_up_guest,
)
from tests.queries import queries_of

pytestmark = [pytest.mark.usefixtures("stopped_clock"), pytest.mark.both_engines]
# Of somebody who is not known here: their pages are not kept, and drawn around the same parts.
SOMEBODY = {"authorization": "Basic YTpi"}


@pytest.fixture
def slug(database):
    with database.writing() as db:
        title = Translated.of("kk", kk="Наурыз")
        return make_event(db, make_organization(db), title=title, capacity=4).slug


@pytest.fixture
def paths(slug):
    return ["/en/events", f"/en/events/{slug}", "/en"]


def month_in_a_week():
    """The calendar's page with what takes place then, as events do here unless told otherwise."""
    return f"/en/calendar/{clock.now() + timedelta(days=7):%Y-%m}"


def event_of(db, slug):
    return db.scalars(select(Event).where(Event.slug == slug)).one()


def browsers_of(database, browser_of, *names):
    with database.writing() as db:
        people = [make_person(db, name) for name in names]
    return [browser_of(person) for person in people]


def of_events(sent):
    """The statements that read events themselves, not what somebody is to them."""
    return [statement for statement in sent if "events.title" in statement]


def test_readers_who_are_known_share_what_is_found(app, client, database, browser_of, paths):
    members = browsers_of(database, browser_of, "Айша", "Бекзат")
    for member, asks in zip(members, (True, False), strict=True):
        for path in paths:
            with queries_of(database) as sent:
                assert "Наурыз" in member.get(path).text
            assert bool(of_events(sent)) == asks, path
    app.state.site.fragments.forget()
    # The front page finds what the list of events has found, in whatever language.
    client.get("/ru/events", headers=SOMEBODY)
    with queries_of(database) as sent:
        client.get("/en", headers=SOMEBODY)
    assert len(of_events(sent)) == 1  # what is new of other kinds


def test_what_is_somebodys_is_in_no_part(app, database, browser_of, client, slug, paths):
    takes_part, other = browsers_of(database, browser_of, "Айша", "Бекзат")
    assert takes_part.post(f"/en/events/{slug}/registration").status_code == 303
    for _again in range(2):
        for path in paths:
            assert "You take part" in takes_part.get(path).text, path
            for browser in (other, client):
                assert "You take part" not in browser.get(path).text, path
                assert "Айша" not in browser.get(path).text
            assert "/sign-in" in client.get(path, headers=SOMEBODY).text
    stored = app.state.site.fragments._fragments.values()
    parts = [part for fragments in stored for part in fragments.values()]
    assert len(parts) >= 3
    said = repr(parts)
    assert "Наурыз" in said
    assert not [name for name in ("Айша", "Бекзат", "You take part") if name in said]


def test_ways_to_sign_up_are_shared_by_strangers_and_by_members(database, browser_of, client, slug):
    """Whoever comes first, each of them is offered their own; so is who has taken it back."""
    member, other = browsers_of(database, browser_of, "Айша", "Бекзат")
    page, way = f"/en/events/{slug}", f"/en/events/{slug}/registration"
    for browser in (member, client, other, client, member):
        is_stranger = browser is client
        assert ('name="email"' in browser.get(page).text) == is_stranger
        assert ("I take part" in browser.get(page).text) != is_stranger
    own_pass = member.post(way).headers["location"]
    assert "I take part" not in member.get(page).text
    assert member.post(f"{own_pass}/cancellation").status_code == 303
    assert "I take part" in member.get(page).text


def test_each_member_sees_their_own_name_alone(database, browser_of):
    """Whatever they are called, and whatever they ask for: one's name is never another's."""
    names = ("Айша", "<i>&amp;", "Бекзат")
    for _again in range(2):
        for browser, name in zip(browsers_of(database, browser_of, *names), names, strict=True):
            shown = browser.get("/kk-Arab/events?page=1&q=\ue000\ue003<i>").text
            assert f">{escape(name)}</bdi>" in shown
            assert shown.count("<i>") == 0
            assert [each for each in names if str(escape(each)) in shown] == [name]
            assert '"/kk-Latn/events?page=1&amp;q=%EE%80%80%EE%80%83%3Ci%3E"' in shown


def test_languages_scripts_and_zones_have_parts_of_their_own(client, drawn_anew, paths):
    for _again in range(2):
        for path in (*paths, month_in_a_week(), "/en/tags/music"):
            for tag in ("kk", "kk-Latn", "kk-Latn-TR", "kk-Arab", "ru", "en"):
                for zone in ("", "time_zone=Asia/Seoul", "time_zone=America/New_York"):
                    headers = SOMEBODY | ({"cookie": zone} if zone else {})
                    page = path.replace("/en", f"/{tag}", 1)
                    answer = client.get(page, headers=headers)
                    assert answer.text == drawn_anew.get(page, headers=headers).text, page


def test_what_was_found_before_is_asked_for_no_more_and_a_local_file_on_the_loop(
    client, database, browser_of, paths, monkeypatch
):
    handed_on, in_thread = [], transactions.in_thread

    async def noting(*asked, **more):
        handed_on.append(asked)
        return await in_thread(*asked, **more)

    monkeypatch.setattr(transactions, "in_thread", noting)
    (member,) = browsers_of(database, browser_of, "Айша")
    for path in paths[:2]:
        for browser, is_new in ((client, True), (client, False), (member, True)):
            handed_on.clear()
            with queries_of(database) as sent:
                assert "Наурыз" in browser.get(path, headers=SOMEBODY).text
            assert (bool(sent), bool(handed_on)) == (is_new, not database.is_sqlite)


def test_a_page_that_is_kept_depends_on_what_its_parts_were_made_from(
    database, client, slug, paths
):
    def seen():
        """First by somebody's own pages, so that all parts of those that are kept are there."""
        own = [client.get(path, headers=SOMEBODY).text for path in paths[:2]]
        for path in paths[:2]:
            with queries_of(database) as sent:
                client.get(path)
            assert not of_events(sent)
        kept = [client.get(path).text for path in paths[:2]]
        return [*own, *kept]

    for guests, word in ((3, "Few places left"), (1, "waiting list")):
        assert not [text for text in seen() if word in text]
        with database.writing() as db:
            for _guest in range(guests):
                sign_up_guest(db, event_of(db, slug))
        assert all(word in text for text in seen())
    with database.writing() as db:
        event_of(db, slug).title = Translated.of("en", en="Tymaq")
    assert all("Tymaq" in text for text in seen())


def test_what_is_hidden_is_found_by_its_own_people_alone(database, client, browser_of):
    with database.writing() as db:
        ours, other = make_person(db), make_person(db)
        slug = make_event(db, make_organization(db, editor=ours)).slug
    member, stranger, path = browser_of(ours), browser_of(other), f"/en/events/{slug}"
    for visibility, found in ((Visibility.PUBLIC, 200), (Visibility.HIDDEN, 404)) * 2:
        with database.writing() as db:
            event_of(db, slug).visibility = visibility.value
        for _again in range(2):
            assert member.get(path).status_code == 200
            assert stranger.get(path).status_code == found
            assert client.get(path, headers=SOMEBODY).status_code == found


def test_a_part_is_of_its_minute(database, client, monkeypatch):
    first = moment = datetime.fromisoformat("2031-03-21T12:00:00+00:00")
    monkeypatch.setattr(clock, "now", lambda: moment)
    with database.writing() as db:
        soon, brief = moment + timedelta(seconds=90), timedelta(minutes=2)
        slug = make_event(db, make_organization(db), starts_at=soon, lasts=brief).slug
    for after, said in ((0, []), (59, []), (91, ["On now"]), (179, ["On now"]), (211, ["Over"])):
        moment = first + timedelta(seconds=after)
        for _again in range(2):
            shown = client.get(f"/en/events/{slug}", headers=SOMEBODY).text
            assert [word for word in ("On now", "Over") if f">{word}<" in shown] == said


class Fixed:
    """A reader that knows what it is told."""

    def __init__(self):
        self.latest = LatestVersion()
        self.latest.learn(1)

    async def catch_up(self):
        return True


def test_there_is_an_end_to_parts():
    reader, sort, made = Fixed(), Sort("few", 2), []
    parts = FragmentStore(reader)

    def ask(key):
        return parts.get(sort, key, reader.latest.version, 1, partial(made.append, key))

    for key in "abab":
        ask(key)
    assert made == ["a", "b"]
    for key in "cab":  # b goes for c, c for a after it
        ask(key)
    assert made == ["a", "b", "c", "a", "b"]


def test_what_fails_is_no_part():
    reader, sort = Fixed(), Sort("few", 2)
    parts = FragmentStore(reader)
    for _again in range(2):
        with pytest.raises(ZeroDivisionError):
            parts.get(sort, "a", reader.latest.version, 1, lambda: 1 / 0)
    assert parts.get(sort, "a", reader.latest.version, 1, lambda: 7) == 7
