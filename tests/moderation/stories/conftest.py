"""A story of an organisation and a member's own one, a comment on each, all reported."""

import pytest

from portal.domain.stories.models import CommentMode
from tests.factories import (
    make_comment,
    make_organization,
    make_own_story,
    make_person,
    make_report,
)

NAMES = (
    *("owner", "editor", "analyst", "author", "writer", "member"),
    *("first", "second", "insider"),
)


@pytest.fixture
def cast(database):
    """A story of an organisation by somebody outside, a member's own one, a comment on each."""
    with database.writing() as db:
        people = {name: make_person(db, f"{name}-7261") for name in NAMES}
        for name in ("first", "second", "insider"):
            people[name].is_moderator = True
        people["author"].language, people["writer"].language = "kk", "ru"
        people["editor"].language = "ru"
        staff = {role: people[role] for role in ("owner", "editor", "analyst")}
        ours = make_organization(db, "ours", **staff)
        given = {"comments": CommentMode.OPEN}
        story = make_own_story(db, people["author"], to=ours, published=True, **given)
        own = make_own_story(db, people["author"], published=True, **given)
        comment = make_comment(db, story, people["writer"], "Жаман сөз", byline="Боз")
        below = make_comment(db, own, people["member"], "Тағы бір сөз")
        reported = {
            "story": make_report(db, ours, story=story, email="r@example.org").public_id,
            "own": make_report(db, None, story=own).public_id,
            "comment": make_report(db, None, story=story, comment=comment).public_id,
            "below": make_report(db, None, story=own, comment=below).public_id,
        }
        return {
            "people": people,
            "ids": {name: person.id for name, person in people.items()},
            "story": story.slug,
            "own": own.slug,
            "comment": comment.public_id,
            "below": below.public_id,
            "reports": reported,
        }


@pytest.fixture
def as_(browser_of, cast):
    """Browsers of the cast by name."""
    return lambda name: browser_of(cast["people"].get(name))
