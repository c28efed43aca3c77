"""The demo's programme is whole, and its crowds break no rule."""

import tomllib

import pytest
from PIL import Image
from sqlalchemy import func, select

from portal.core import clock
from portal.demo.covers import PICTURES
from portal.demo.programme import FOLDER
from portal.demo.seed import run as seed
from portal.demo.seed.comments import Voices
from portal.demo.seed.organizations import Size
from portal.demo.seed.run import PROFILES, Amounts
from portal.domain.events.models import Event
from portal.domain.feedback.queries import tally
from portal.domain.moderation.models import Report
from portal.domain.registrations.models import Registration
from portal.domain.stories.models import Comment, Story
from portal.i18n.locale import LANGUAGES
from portal.ops.invariants import faults


@pytest.fixture(scope="module")
def rows():
    found = {}
    for path in FOLDER.glob("*.toml"):
        for kind, each in tomllib.loads(path.read_text("utf-8")).items():
            found.setdefault(kind, []).extend(each)
    return found


def test_initiatives_are_of_every_organization_and_stage_in_every_language(rows):
    initiatives = rows["initiative"]
    assert len(initiatives) >= 6
    owners = {row["slug"] for row in rows["organization"]}
    assert {row["organization"] for row in initiatives} == owners
    assert {row["stage"] for row in initiatives} == {"idea", "planned", "running", "finished"}
    assert any(row.get("asked_by") for row in initiatives), "one is quiet"
    shown_by = {row["initiative"] for row in rows["cover"] if "initiative" in row}
    assert {row["key"] for row in initiatives} == shown_by
    for row in initiatives:
        for name in ("title", "purpose", "people", "description"):
            assert row[name].keys() == set(LANGUAGES)
        assert all(step["text"].keys() == set(LANGUAGES) for step in row["step"])


def test_a_dozen_stories_are_in_two_languages_with_pictures_of_their_own(rows):
    shown_by = {row["story"] for row in rows["cover"] if "story" in row and "after" not in row}
    complete = [
        row
        for row in rows["story"]
        if row["key"] in shown_by
        and "state" not in row
        and len(row["title"].keys() & row["body"].keys()) > 1
    ]
    assert len(complete) >= 12
    states = {row.get("state", "published") for row in rows["story"]}
    assert states == {"published", "draft", "scheduled", "submitted"}
    assert any("answers" in said for row in rows["story"] for said in row.get("said", ()))


def test_pictures_belong_to_something_and_are_described_in_every_language(rows):
    for row in rows["cover"]:
        kind = next(kind for kind in ("event", "story", "initiative") if kind in row)
        assert row[kind] in {each["key"] for each in rows[kind]}
        assert row["alt"].keys() == set(LANGUAGES)


def test_every_picture_is_a_small_webp_file_that_stands_once(rows):
    files = [row["file"] for row in rows["cover"]]
    assert sorted(files) == sorted(path.name for path in PICTURES.iterdir())
    assert len({(PICTURES / name).read_bytes() for name in files}) == len(files)
    for name in files:
        with Image.open(PICTURES / name) as picture:
            assert (picture.format, picture.width * 9) == ("WEBP", picture.height * 16)
        assert (PICTURES / name).stat().st_size <= 120 * 1024


@pytest.mark.both_engines
def test_seeded_crowds_break_no_rule(database, settings, monkeypatch):
    amounts = Amounts(12, 100, Size(4, 4, 8), Voices(7, 5, 6))
    monkeypatch.setitem(PROFILES, "1m", amounts)
    ids = seed.fill(database, settings, "1m", 1, indexed=False)
    assert list(faults(database, None, clock.now())) == []
    with database.reading() as db:
        crowded = select(Event.id).where(Event.slug == ids["crowded"]).scalar_subquery()
        counted = select(func.count()).where(Registration.event_id == crowded)
        assert db.scalar(counted) == 10
        named = counted.where(Registration.name_sealed.is_not(None))
        assert db.scalar(named) == 10
        answered = select(Event.id).where(Event.slug == ids["answered"]).scalar_subquery()
        assert tally(db, db.scalar(select(answered))).answers == 7
        discussed = select(Story.id).where(Story.slug == ids["discussed"]).scalar_subquery()
        assert db.scalar(select(func.count()).where(Comment.story_id == discussed)) >= 5
        assert db.scalar(select(func.count()).select_from(Report)) == 6
