"""Stories that are talked about, and the people who do."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.domain.organizations.models import Organization
from portal.domain.stories.models import Comment, CommentMode, Story
from tests.factories import kept, make_organization, make_person, make_story


@pytest.fixture
def people(database):
    """An editor of ours and an owner, two readers."""
    with database.writing() as db:
        made = {name: make_person(db, name) for name in ("editor", "owner", "reader", "other")}
        make_organization(db, "ours", owner=made["owner"], editor=made["editor"])
        return kept(db, made)


@pytest.fixture
def story_of(database, people):
    def make(mode=CommentMode.OPEN, **changes):
        with database.writing() as db:
            ours = db.scalars(select(Organization)).one()
            return make_story(db, ours, people["editor"], comments=mode, **changes).slug

    return make


@pytest.fixture
def many(database, people, story_of, monkeypatch):
    """Three comments, four answers to them, and one that waits; four on a page."""
    monkeypatch.setattr("portal.domain.stories.comment_threads.ON_A_PAGE", 4)
    slug = story_of(CommentMode.MODERATED)
    answers = ((0, "visible"), (2, "visible"), (0, "visible"), (0, "visible"), (1, "waiting"))
    with database.writing() as db:
        story = db.scalars(select(Story).where(Story.slug == slug)).one()
        said = [Comment(text=f"Пікір {number}.", state="visible") for number in range(3)]
        said += [Comment(text=f"Жауап {n}.", state=state) for n, (_to, state) in enumerate(answers)]
        for number, each in enumerate(said):
            each.public_id, each.story_id, each.language = f"key-{number}", story.id, "kk"
            each.posted_at = clock.now() - timedelta(days=1) + timedelta(minutes=number)
            each.person_id = people["other"].id
        db.add_all(said[:3])
        db.flush()
        for each, (to, _state) in zip(said[3:], answers, strict=True):
            each.parent_id = said[to].id
        db.add_all(said[3:])
    return slug
