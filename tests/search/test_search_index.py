"""The index is kept with the texts, on both databases, and finds only what everybody may see."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select, text

from portal.core import clock
from portal.core.item_kinds import ItemKind
from portal.domain.events.details import details_of
from portal.domain.events.models import Event
from portal.domain.moderation import appeals
from portal.domain.moderation.models import Measure
from portal.domain.moderation.queries import DecisionRecord
from portal.domain.moderation.targets import Subject
from portal.domain.organizations.models import Organization
from portal.domain.publishing.publication import Visibility
from portal.domain.publishing.search_index.models import IndexedText
from portal.domain.registrations.event_changes import change_event
from portal.domain.search.queries import begun, find_matches
from portal.domain.search.reindexing import reindex
from portal.domain.search.rules import At, Filters, When
from portal.domain.search.spelling import titles
from portal.domain.stories import actions as stories
from portal.domain.stories import search_and_progress
from portal.domain.stories.models import Story
from portal.domain.translation import actions as translation
from portal.domain.translation.kinds import KINDS
from portal.domain.translation.rules import Typed
from portal.i18n.kazakh.scripts import SCRIPTS, convert
from portal.i18n.paragraphs import fingerprint
from portal.i18n.translated import Translated
from portal.search.queries import terms_of
from tests.factories import (
    decision_url,
    make_decision,
    make_event,
    make_initiative,
    make_organization,
    make_person,
    make_story,
)

pytestmark = pytest.mark.both_engines


def hits(db, query, **filters):
    results = find_matches(db, terms_of(query), Filters(**filters), "kk", clock.now())
    assert not results.is_cut
    return [(each.kind, each.item_id) for each in results.texts]


def test_what_is_written_is_found_at_once_in_every_script(database):
    with database.writing() as db:
        person = make_person(db)
        home = make_organization(db, owner=person)
        later = make_event(db, home, starts_at=clock.now() + timedelta(days=400))
        past = make_event(db, home, starts_at=clock.now() - timedelta(days=40))
        body = make_story(
            db, home, person, body=Translated.of("kk", kk="Домбыра [үні](https://abai.kz/) шықты.")
        )
        draft = make_event(db, home, published=False)
        private = make_event(db, home, visibility=Visibility.PRIVATE)
        line = make_initiative(db, home)
        everything = [("event", later.id), ("event", past.id), ("story", body.id)]
        # Titles over bodies, coming over past, and the same in three scripts.
        for script in SCRIPTS.values():
            assert hits(db, convert("домбыраның", script)) == everything
        assert hits(db, "вечера домбры") == hits(db, "evening dombyra") == everything[:2]
        assert hits(db, "kz") == hits(db, "https") == []
        assert hits(db, "балаларға") == [("initiative", line.id)]
        assert hits(db, "Германия") == [("organization", home.id)]
        # Who helps is not searched, nor who signs.
        assert hits(db, "кітапханасы") == hits(db, "secret") == []
        assert hits(db, "домбыра", when=When.PAST) == everything[1:2]
        assert hits(db, "домбыра", when=When.COMING) == everything[:1]
        assert hits(db, "домбыра", kind=ItemKind.STORY) == hits(db, "домбыра үні")
        assert hits(db, "домбыра", at=At.PLACE) == hits(db, "домбыра", country="KZ") == []
        assert hits(db, "домбыра", at=At.ONLINE) == everything[:2]
        assert hits(db, "домбыра", organization_id=home.id, country="DE") == everything
        assert hits(db, "домбыра", language="ru") == everything[:2]
        # Another word, in an edit; then it is taken back with the whole change.
        change = details_of(db.get_one(Event, later.id))
        change = change.__class__(**(vars(change) | {"title": Translated.of("kk", kk="Қобыз")}))
        change_event(db, later, change, later.revision, clock.now())
        assert hits(db, "kobyz") == everything[:1]
        assert hits(db, "домбыра") == everything[1:]
        assert hits(db, "домбра") == hits(db, "домбыра")
        started = begun(db, terms_of("көк"), "kk", clock.now())
        assert [each.item_id for each in started] == [body.id]
        assert begun(db, terms_of("берлинде көкп"), "kk", clock.now()) == started
        assert draft.id not in dict(hits(db, "домбыра")).values()
        assert private.id not in dict(hits(db, "домбыра")).values()


def test_what_is_translated_is_found_in_the_other_language(database):
    with database.writing() as db:
        home = make_organization(db)
        event = make_event(db, home, title=Translated.of("kk", kk="Қобыз кеші"))
        kind = KINDS[ItemKind.EVENT]
        item = kind.open(db, event.id)
        typed = {"title": [Typed("Вечер кобыза", fingerprint("Қобыз кеші"), fingerprint(""))]}
        assert not translation.save(db, kind, item, "ru", typed, clock.now()).conflicts
        (found_it,) = find_matches(db, terms_of("вечера"), Filters(), "ru", clock.now()).texts
        assert (found_it.item_id, found_it.language) == (event.id, "ru")


def test_what_nobody_may_see_is_not_found_and_not_suggested(database):
    with database.writing() as db:
        moderator, person = make_person(db, is_moderator=True), make_person(db)
        home, other = make_organization(db, owner=person), make_organization(db)
        event = make_event(db, home, title=Translated.of("kk", kk="Жасырын кеш"))
        make_story(db, other, person, title=Translated.of("kk", kk="Жасырын хат"))
        thrown = make_story(
            db, other, person, published=False, title=Translated.of("kk", kk="Жасырын ой")
        )
        assert len(hits(db, "жасырын")) == 2
        make_decision(db, home, event, by=moderator)
        db.flush()
        assert [kind for kind, _id in hits(db, "жасырын")] == ["story"]
        decision = make_decision(db, other, by=moderator, measure=Measure.SUSPEND)
        assert len(hits(db, "жасырын")) == 1
        ruling = DecisionRecord(decision, Subject(other, None), None)
        appeals.confirm(
            db, make_person(db, is_administrator=True), ruling, clock.now(), decision_url
        )
        assert hits(db, "жасырын") == hits(db, other.name.source) == []
        assert begun(db, terms_of("жас"), "kk", clock.now()) == []
        assert not any("жасырын" in each for each in titles(db))
        number = thrown.id
        stories.delete_unpublished(db, thrown)
        gone = select(func.count()).where(
            IndexedText.item_kind == "story", IndexedText.item_id == number
        )
        assert db.scalar(gone) == 0


def test_the_index_made_anew_is_what_it_was(database):
    with database.writing() as db:
        person = make_person(db)
        home = make_organization(db, owner=person)
        make_event(db, home)
        make_initiative(db, home)
        number = make_story(db, home, person).id
        before = kept(db)
        assert len(before) >= 8
    reindex(database)
    with database.writing() as db:
        assert kept(db) == before
        # Lost, and with words of something that is gone.
        for table in ("search_words", "search_texts"):
            db.execute(text(f"DELETE FROM {table}"))
        search_and_progress.index(db, db.get_one(Story, number))
        db.execute(text("UPDATE search_texts SET item_id = 4711"))
        db.execute(delete(Organization).where(Organization.id == 0))
    assert reindex(database) == 4
    with database.reading() as db:
        assert kept(db) == before
        assert len(hits(db, "домбыра")) == 1


def kept(db):
    columns = IndexedText.__table__.c
    return {row[:3]: tuple(row) for row in db.execute(select(columns).order_by(columns.id)).all()}
