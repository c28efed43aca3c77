"""What an operator does from the command line, from the first day on."""

import json
import shutil
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select

from portal.core import clock
from portal.domain.accounts.people.models import Person, SignInSession
from portal.domain.accounts.second_factors import actions as second_factors
from portal.domain.accounts.second_factors.models import Codes, RecoveryCode
from portal.domain.emails.actions import notify
from portal.domain.emails.models import Email, Notification, NotificationKind
from portal.domain.events.models import Event
from portal.domain.moderation.models import LogEntry
from portal.domain.moderation.queries import PAGE_SIZE
from portal.domain.organizations import verification
from portal.domain.organizations.models import Method
from portal.domain.organizations.queries import organization_named
from portal.domain.registrations.models import Registration
from tests.engines import ON_ONE_ENGINE
from tests.factories import make_report
from tests.processes import run_all

pytestmark = pytest.mark.processes

CALENDAR = Path(__file__).parents[2] / "calendars" / "google.ics"


@pytest.fixture(scope="module")
def seeded_once(tmp_path_factory):
    """A seeded folder to copy, and what the command printed."""
    folder = tmp_path_factory.mktemp("seeded") / "data"
    (done,) = run_all(folder, ["seed"])
    assert done.code == 0, done.err
    return folder, done.out


@pytest.fixture
def seeded(seeded_once, tmp_path):
    """The ids of what is in the operator's SQLite file."""
    folder, printed = seeded_once
    shutil.copytree(folder, tmp_path / "new")
    return json.loads(printed)


def test_an_operators_first_day(operator, stored):
    """Migrate, seed, check, name an administrator, import a calendar, deliver letters."""
    migrated, again, seeded, twice, checked = operator(
        ["migrate"], ["migrate"], ["seed", "--seed", "7"], ["seed"], ["check"]
    )
    assert (migrated.code, again.code) == (0, 0)
    assert seeded.code == 0, seeded.err
    ids = json.loads(seeded.out)
    assert len({organization["slug"] for organization in ids["organizations"].values()}) == 2
    for organization in ids["organizations"].values():
        assert {"public", "private", "draft", "past"} <= organization["events"].keys()
    # Seeding never mixes with what is there already.
    assert (twice.code, twice.out) == (1, "")
    assert "not empty" in twice.err
    assert checked.code == 0, checked.err
    assert "all is well" in checked.out
    assert "PORTAL_SMTP_URL is not set" in checked.out

    slug = ids["organizations"]["a"]["slug"]
    by_address, nobody, by_name, imported, delivered = operator(
        ["make-administrator", ids["people"]["member-1"]["email"]],
        ["make-administrator", "nobody@example.org"],
        ["make-administrator", "--issuer", ids["issuer"], "--subject", "member-2"],
        ["import-calendar", str(CALENDAR), "--organization", slug],
        ["deliver-letters", "--once"],
    )
    assert (by_address.code, by_name.code) == (0, 0)
    assert (nobody.code, nobody.out) == (1, "")
    assert "sign in once first" in nobody.err
    assert imported.code == 0, imported.err
    drafts = json.loads(imported.out)
    assert drafts["drafts"] == len(drafts["slugs"]) > 0
    assert delivered.code == 0, delivered.err
    assert json.loads(delivered.out)["sent"] == 0

    with stored().reading() as db:
        assert db.scalar(select(func.count()).where(Person.is_administrator)) == 3
        found = db.scalars(select(Event).where(Event.slug.in_(drafts["slugs"]))).all()
        assert len(found) == drafts["drafts"]
        assert all(event.published_at is None for event in found)
        assert db.scalar(select(func.count()).select_from(Registration)) > 10
        assert db.scalar(select(func.count()).select_from(Email)) > 0


def test_the_same_seed_makes_the_same_ids_and_another_makes_others(tmp_path):
    seeded = run_all(
        tmp_path,
        *(
            ["seed", "--profile", "small", "--seed", number, {"data_dir": tmp_path / folder}]
            for folder, number in (("one", "7"), ("two", "7"), ("three", "8"))
        ),
    )
    assert [each.code for each in seeded] == [0, 0, 0]
    first, again, other = (json.loads(each.out) for each in seeded)
    # What opens sessions and passes is fresh every time.
    secrets = [each.pop("secrets") for each in (first, again, other)]
    assert secrets[0] != secrets[1]
    assert first == again
    assert first["organizations"] != other["organizations"]


@ON_ONE_ENGINE
def test_a_lost_second_factor_is_taken_off_and_told(operator, stored, seeded):
    ids = seeded["people"]
    database = stored()
    with database.writing() as db:
        for subject in ("member-1", "member-2"):
            person = db.get_one(Person, ids[subject]["id"])
            db.add(Codes(person_id=person.id, secret_sealed=b"", failures=0))
            second_factors.renew_recovery_codes(db, person)
    done, nobody = operator(
        ["reset-second-factor", ids["member-1"]["email"]],
        ["reset-second-factor", "nobody@example.org"],
    )
    assert done.code == 0, done.err
    assert (nobody.code, nobody.out) == (1, "")
    with database.reading() as db:
        other = ids["member-2"]["id"]
        assert db.scalars(select(Codes.person_id)).all() == [other]
        assert set(db.scalars(select(RecoveryCode.person_id))) == {other}
        # Signed out everywhere, and nobody else is.
        signed_in = set(db.scalars(select(SignInSession.person_id)))
        assert ids["member-1"]["id"] not in signed_in
        assert other in signed_in
        notice = db.scalars(select(Notification)).one()
        assert (notice.about, notice.person_id) == ("second_factor_reset", ids["member-1"]["id"])


@ON_ONE_ENGINE
def test_organisations_are_verified_from_the_command_line(operator, stored, seeded):
    ids = seeded["organizations"]
    slug, known = ids["b"]["slug"], ids["a"]["slug"]
    database = stored()
    with database.writing() as db:
        verification.request_verification(
            db, organization_named(db, slug), Method.DOCUMENT, clock.now(), remark="No. 12"
        )
    waiting, declined, again, verified, listed, withdrawn, nobody = operator(
        ["list-organizations", "--waiting"],
        ["decline-verification", slug, "--reason", "silent"],
        ["decline-verification", slug, "--reason", "silent"],
        ["verify-organization", slug, "--method", "document", "--months", "6"],
        ["list-organizations"],
        ["withdraw-verification", known, "--reason", "rules"],
        ["verify-organization", "nobody", "--method", "document"],
    )
    (row,) = json.loads(waiting.out)
    assert (row["slug"], row["method"], row["remark"]) == (slug, "document", "No. 12")
    assert (declined.code, verified.code, withdrawn.code) == (0, 0, 0), verified.err
    assert (again.code, again.out) == (1, "")
    assert "has not asked" in again.err
    assert "no organisation 'nobody'" in nobody.err
    rows = {each["slug"]: each["verified_by"] for each in json.loads(listed.out)}
    assert rows == {slug: "document", known: "document"}
    with database.reading() as db:
        assert organization_named(db, known).verified_until is None
        assert db.scalars(select(LogEntry.act).order_by(LogEntry.number)).all() == [
            *("decline-verification", "verify", "withdraw-verification")
        ]


@ON_ONE_ENGINE
def test_reports_are_listed_however_many(operator, stored, seeded):
    slug = seeded["organizations"]["a"]["slug"]
    with stored().writing() as db:
        organization = organization_named(db, slug)
        many = range(2 * PAGE_SIZE + 1)
        keys = [make_report(db, organization).public_id for _report in many]
    (listed,) = operator(["list-reports"])
    assert [row["key"] for row in json.loads(listed.out)] == keys


@ON_ONE_ENGINE
def test_reports_are_listed_without_their_words_unless_asked_for(operator, stored, seeded):
    slug = seeded["organizations"]["a"]["slug"]
    database = stored()
    with database.writing() as db:
        key = make_report(db, organization_named(db, slug), email="dana@example.org").public_id
    plain, whole, closed = operator(
        ["list-reports"], ["list-reports", "--texts"], ["list-reports", "--progress", "closed"]
    )
    (row,) = json.loads(plain.out)
    assert (row["key"], row["about"]) == (key, f"organization:{slug}")
    assert (row["reason"], row["progress"]) == ("fraud", "open")
    assert "They ask for money." not in plain.out
    assert json.loads(whole.out)[0]["text"] == "They ask for money."
    assert "dana@example.org" not in plain.out + whole.out
    assert json.loads(closed.out) == []


@ON_ONE_ENGINE
def test_the_state_of_letters_is_told_in_numbers(operator, stored, seeded):
    database = stored()
    with database.writing() as db:
        for kept in (Email, Notification):
            db.execute(delete(kept))
        for number, (state, failure) in enumerate(
            [("queued", None), ("queued", "deferred 451"), ("undelivered", "refused 550")]
        ):
            notify(
                db,
                NotificationKind.CONTACT,
                now=clock.now(),
                language="en",
                address=f"{number}@x.org",
            )
            db.flush()
            notice = db.scalars(
                select(Notification).order_by(Notification.id.desc()).limit(1)
            ).one()
            notice.state, notice.failure = state, failure
    told = operator(["show-letters"])[0]
    assert told.code == 0, told.err
    counts = json.loads(told.out)
    assert counts.pop("due_since") is not None
    assert counts == {
        "waiting": 2,
        "failed_and_tried_again": 1,
        "sent": 0,
        "undelivered": 1,
        "no_longer_wanted": 0,
    }
