"""What a process makes of the changes it is told of."""

import pytest
from sqlalchemy import create_engine, text

from portal.core.availability import Band, band
from portal.db.changes import reads as drawn_from
from portal.db.changes.reads import NAMES_PLACES, noting
from portal.db.changes.versions import KnownChanges, Version

OF_SEVEN = {"places:7": "few", "people": ""}


@pytest.fixture
def known():
    changes = KnownChanges()
    changes.learn(10, [])
    return changes


def test_what_changed_decides_what_stays_true(known):
    drawn = known.version
    known.learn(11, [(11, "registrations places:8=full")])
    assert known.is_true(drawn, OF_SEVEN)
    assert not known.is_true(drawn, {"places:8": "few"})
    assert known.is_true(drawn, {"places:8": "full"})
    assert not known.is_true(drawn, {"places:8": ""})
    assert not known.is_true(drawn, {"places": ""})
    assert not known.is_true(drawn, {"registrations": ""})
    assert not known.is_true(drawn, None)
    assert known.is_true(known.version, None)
    known.learn(13, [(13, "people"), (12, "places:8=few")])
    assert known.is_true(drawn, {"places:8": "few"})
    assert not known.is_true(drawn, OF_SEVEN)
    assert known.is_true(known.version, OF_SEVEN)
    assert not known.is_true(Version(0, 12), OF_SEVEN)


def test_a_number_that_nothing_is_told_of_changes_everything(known):
    drawn = known.version
    known.learn(13, [(11, "people"), (13, "people")])
    assert not known.is_true(drawn, {})
    assert known.is_true(known.version, {})


def test_what_is_told_of_later_changes_waits_for_their_number(known):
    drawn = known.version
    known.learn(11, [(11, "consents"), (12, "people")])
    assert known.is_true(drawn, OF_SEVEN)
    known.learn(12, [(12, "people")])
    assert not known.is_true(drawn, OF_SEVEN)


def test_an_earlier_copy_has_other_contents_under_the_same_numbers(known):
    drawn = known.version
    known.learn(9, [])
    assert not known.is_true(drawn, {})
    since = known.version
    known.learn(10, [(10, "people")])
    assert not known.is_true(drawn, {})
    assert known.is_true(since, {})


def test_more_changes_than_are_remembered_change_everything(known):
    drawn = known.version
    for number in range(11, 5_010):
        known.learn(number, [(number, f"places:{number}=few")])
    assert known.is_true(drawn, OF_SEVEN)
    known.learn(5_010, [(5_010, "consents")])
    assert known.is_true(drawn, OF_SEVEN)
    known.learn(5_011, [(5_011, "consents")])
    assert not known.is_true(drawn, OF_SEVEN)
    assert known.is_true(known.version, OF_SEVEN)


def test_what_a_page_reads_is_seen_by_its_statements():
    engine = create_engine("sqlite://")
    drawn_from.watch(engine)
    with engine.connect() as connection:
        connection.execute(text("CREATE TABLE events (id, title, capacity, taken)"))
        connection.execute(text("CREATE TABLE people (id)"))
        connection.execute(text("CREATE TABLE story_events (id)"))

        def read(statement, **options):
            with noting() as reads:
                connection.execute(text(statement), execution_options=options)
            return reads.scopes

        naming = {NAMES_PLACES: True}
        places, people = {"places": ""}, {"people": ""}
        assert read("SELECT title, capacity FROM events") == {}
        assert read("SELECT count(*) FROM events") == {}
        assert read("SELECT * FROM story_events") == {}
        assert read("SELECT title FROM events WHERE taken < 3") == places
        assert read("SELECT * FROM events") == places
        assert read("SELECT e.* FROM events AS e JOIN people ON true") == places | people
        assert read("SELECT id, taken FROM events", **naming) == {}
        assert read("SELECT id, taken FROM events WHERE taken < 3", **naming) == places
        assert read("SELECT id FROM events WHERE id IN (SELECT id FROM people)") == people
    engine.dispose()
    with noting() as reads:
        drawn_from.name_places(7, Band.FEW)
        drawn_from.name_places(8, Band.FEW)
        drawn_from.name_places(8, Band.FULL)
    drawn_from.name_places(9, Band.FEW)
    assert reads.scopes == {"places:7": "few", "places:8": ""}


def test_few_places_are_a_tenth_and_at_most_ten():
    assert band(None, 5) is Band.UNLIMITED
    assert [band(5, taken) for taken in (0, 3, 4, 5)] == ["free", "free", "few", "full"]
    assert [band(12, taken) for taken in (10, 11, 12)] == ["free", "few", "full"]
    assert [band(1_000, taken) for taken in (989, 990, 1_000)] == ["free", "few", "full"]
