"""Stories and initiatives of every state, for whatever gathers those that everybody may read."""

from datetime import timedelta

from portal.core import clock
from portal.domain.initiatives import closing
from portal.domain.moderation import appeals
from portal.domain.moderation.models import Measure
from portal.domain.moderation.queries import DecisionRecord
from portal.domain.moderation.targets import Subject
from portal.domain.results.actions import ResultDetails
from portal.domain.stories.author_pages import introduce
from portal.i18n.translated import Translated
from tests.factories import (
    decision_url,
    make_decision,
    make_initiative,
    make_organization,
    make_own_story,
    make_person,
    make_story,
)

SECRET = "Сандықтағы"
# Titles, oldest first; all under "music", those of the organisation "writers" first.
OF_WRITERS = ("Бастама", "Аяқталған", "Әңгіме")
OF_MEMBERS = ("Мүше жазды",)


def titled(text):
    return {"title": Translated.of("kk", kk=text), "tags": ("music",)}


def publish_and_keep_back(database):
    """What everybody may read, signed by "Ақку" and closed, and as much that nobody may."""
    with database.writing() as db:
        member = make_person(db)
        introduce(db, member, "Ақку", clock.now())
        writers, gone = make_organization(db, "writers"), make_organization(db, "gone")
        make_initiative(db, writers, **titled("Бастама"))
        closed = make_initiative(db, writers, **titled("Аяқталған"))
        answers = ResultDetails(Translated.of("kk", kk="Бәрі болды."), *2 * (Translated.of("kk"),))
        closing.close(db, closed, answers, 0, clock.now())
        make_story(db, writers, member, byline="", **titled("Әңгіме"))
        for text in OF_MEMBERS:
            make_own_story(db, member, published=True, byline="Ақку", **titled(text))
        tomorrow = clock.now() + timedelta(days=1)
        wall = {"publish_wall": tomorrow.replace(tzinfo=None), "time_zone": "Europe/Berlin"}
        make_story(db, writers, member, published=False, **titled(SECRET))
        make_story(db, writers, member, byline="Ақку", **wall, **titled(SECRET))
        make_own_story(db, member, submitted=True, byline="Ақку", **titled(SECRET))
        hidden = make_story(db, writers, member, byline="Ақку", **titled(SECRET))
        make_decision(db, writers, story=hidden, by=None)
        make_initiative(db, writers, published=False, **titled(SECRET))
        make_story(db, gone, member, byline="Ақку", **titled(SECRET))
        suspended = make_initiative(db, gone, **titled(SECRET))
        closing.close(db, suspended, answers, 0, clock.now())
        decision = make_decision(db, gone, by=None, measure=Measure.SUSPEND)
        second, ruling = (
            make_person(db, is_moderator=True),
            DecisionRecord(decision, Subject(gone), None),
        )
        appeals.confirm(db, second, ruling, clock.now(), decision_url)
