"""What becomes of stories and comments when their writer goes, and what the archive holds."""

import json
from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.domain.accounts.people.models import Person
from portal.domain.privacy import actions as privacy
from portal.domain.privacy.rules import REACTIVATION_PERIOD
from portal.domain.publishing.revisions.models import Revision
from portal.domain.stories import author_pages, autosave
from portal.domain.stories.models import Author, Autosave, Comment, CommentMode, Story
from portal.i18n.translated import Translated
from portal.worker.loop import Worker
from tests.factories import (
    make_comment,
    make_organization,
    make_own_story,
    make_person,
    make_story,
)

pytestmark = pytest.mark.both_engines

NAME = "Қалампыр-7261"


@pytest.fixture
def writer(database):
    """Somebody with a story of every kind, comments of theirs, and comments below theirs."""
    with database.writing() as db:
        person, other = make_person(db), make_person(db)
        ours = make_organization(db, owner=other, editor=person)

        def titled(name):
            return {"title": Translated.of("kk", kk=name), "byline": NAME}

        make_own_story(db, person, **titled("Өз жобам"))
        make_own_story(db, person, submitted=True, to=ours, **titled("Тапсырғаным"))
        own = make_own_story(
            db, person, published=True, comments=CommentMode.OPEN, **titled("Өзімдікі")
        )
        make_own_story(db, person, to=ours, published=True, **titled("Ұйымға бергенім"))
        theirs = make_story(db, ours, person, comments=CommentMode.OPEN, **titled("Ұйымдікі"))
        draft = make_story(db, ours, person, published=False, **titled("Ұйым жобасы"))
        make_comment(db, own, other, "Бөтен пікір")
        question = make_comment(db, theirs, person, "Менің пікірім-7261", byline=NAME)
        make_comment(db, theirs, other, "Жауабым", answers=question.public_id)
        author_pages.introduce(db, person, NAME, clock.now())
        autosave.save(db, draft, person, {"body_kk": "Терілген-7261"}, 1, clock.now())
        db.flush()
        db.expunge(person)
        return person


def titles(database):
    with database.reading() as db:
        return sorted(story.title.source for story in db.scalars(select(Story)))


def test_erasure_takes_what_is_ones_own_and_leaves_what_organisations_stand_behind(
    database, app, settings, writer
):
    with database.writing() as db:
        privacy.close(db, db.get_one(Person, writer.id), clock.now())
    Worker(database, app.state.site.links, settings).round(
        clock.now() + REACTIVATION_PERIOD + timedelta(minutes=1)
    )
    assert titles(database) == ["Ұйым жобасы", "Ұйымдікі", "Ұйымға бергенім"]
    with database.reading() as db:
        stories = db.scalars(select(Story)).all()
        assert {(story.author_id, story.byline, story.saved_by_id) for story in stories} == {
            (None, "", None)
        }
        left = {comment.text: comment for comment in db.scalars(select(Comment))}
        assert left.keys() == {"", "Жауабым"}
        emptied = left[""]
        assert (emptied.state, emptied.byline, emptied.person_id) == ("removed", "", None)
        assert db.scalars(select(Author)).all() == []
        assert db.scalars(select(Autosave)).all() == []
        kept = select(Revision.item_id).where(Revision.item_kind == "story")
        assert set(db.scalars(kept)) == {story.id for story in stories}


def test_the_archive_holds_all_that_somebody_wrote_and_nothing_of_others(
    database, browser_of, writer
):
    answer = browser_of(writer).post("/en/profile/data")
    with ZipFile(BytesIO(answer.content)) as archive:
        records = json.loads(archive.read("everything.json"))
        page = archive.read("index.html").decode()
    told = json.dumps(records, ensure_ascii=False)
    for title in ("Өз жобам", "Тапсырғаным", "Өзімдікі", "Ұйымға бергенім", "Ұйымдікі"):
        assert title in told
        assert title in page
    assert "Терілген-7261" in told
    assert [each["text"] for each in records["comments"]] == ["Менің пікірім-7261"]
    assert {"author_page": NAME}.items() <= records["stories"][0].items()
    assert "Бөтен пікір" not in told
    assert "Жауабым" not in told
