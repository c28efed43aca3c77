"""Whatever leads to a person is in the archive they can ask for, or has a reason not to be."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.db.engine import Base
from portal.domain.accounts.identities import actions as identities
from portal.domain.accounts.people import actions as people
from portal.domain.accounts.people.actions import Claims
from portal.domain.accounts.people.models import Person
from portal.domain.accounts.second_factors.models import Codes, RecoveryCode
from portal.domain.emails.actions import notify
from portal.domain.emails.models import NotificationKind
from portal.domain.initiatives import following
from portal.domain.initiatives.rules import QUIET_AFTER
from portal.domain.moderation import actions as moderation
from portal.domain.moderation import appeals
from portal.domain.moderation.models import Decision, Measure
from portal.domain.moderation.queries import DecisionRecord, case_for
from portal.domain.moderation.targets import Subject
from portal.domain.organizations import actions as organizations
from portal.domain.organizations import verification
from portal.domain.organizations.models import Method, Role
from portal.domain.privacy import actions as privacy
from portal.domain.privacy.export import holdings_of, holdings_of_pass
from portal.domain.registrations import actions as registrations
from portal.domain.registrations.exports import record_export
from portal.domain.registrations.models import Registration
from portal.domain.registrations.queries import Pass
from portal.domain.stories import actions as stories
from portal.domain.stories import autosave
from portal.domain.stories.author_pages import introduce
from portal.i18n.translated import Translated
from portal.web.components.personal_archive import HEADINGS
from portal.web.stories.form import values_of
from tests.factories import (
    decision_url,
    make_comment,
    make_decision,
    make_event,
    make_image,
    make_initiative,
    make_organization,
    make_own_story,
    make_passkey,
    make_person,
    make_proposal,
    make_report,
    sign_up_guest,
)

pytestmark = pytest.mark.both_engines

ADDRESS = "kalampyr@example.org"
# Where each column that leads to a person is shown, by part of the archive.
SHOWN = {
    "people.email_index": "profile",
    "identities.person_id": "identities",
    "notifications.person_id": "letters",
    "organizations.founder_id": "founded",
    "passkeys.person_id": "second_factors",
    "second_factor_codes.person_id": "second_factors",
    "recovery_codes.person_id": "second_factors",
    "sign_in_links.email_index": "sign_in_links",
    "sign_in_links.person_id": "sign_in_links",
    "sign_in_sessions.person_id": "sessions",
    "invitations.email_index": "invitations",
    "invitations.made_by": "invitations_made",
    "memberships.person_id": "memberships",
    "endorsements.person_id": "endorsements",
    "decisions.person_id": "decisions",
    "decisions.decided_by": "decisions_made",
    "decisions.confirmed_by": "decisions_made",
    "registrations.person_id": "sign_ups",
    "registrations.email_index": "sign_ups",
    "participant_exports.person_id": "participant_exports",
    "reports.claimed_by": "claimed_reports",
    "consents.person_id": "consents",
    "consents.registration_id": "consents",
    "emails.registration_id": "letters",
    "images.person_id": "images",
    "stories.author_id": "stories",
    "story_autosaves.person_id": "stories",
    "story_change_requests.person_id": "stories",
    "authors.person_id": "stories",
    "comments.person_id": "comments",
    "follows.person_id": "following",
    "activity_requests.person_id": "questions",
}
# What is not shown, and why; reviewed with every line.
EXCEPTIONS = {
    "pass_tokens.registration_id": "hashes of the secrets in letters, which say nothing",
    "stories.saved_by_id": "who saved a text last, to warn the next editor",
    "translation_links.made_by": "who handed a text out, for thirty days",
}


def columns_to_people():
    """Every foreign key to a person or to a sign-up, and every keyed address."""
    return {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if column.name == "email_index"
        or any(
            key.target_fullname in {"people.id", "registrations.id"} for key in column.foreign_keys
        )
    }


def column_named(name):
    table, _dot, column = name.partition(".")
    return Base.metadata.tables[table].columns[column]


@pytest.fixture
def person(database):
    """Somebody of whom every such column says something; others stand beside."""
    now = clock.now()
    with database.writing() as db:
        claims = Claims("https://id.example.org", "kalampyr", "Қалампыр", ADDRESS)
        person = privacy.welcome(db, claims, "en", now)
        other = make_person(db, "Басқа")
        ours = make_organization(db, "ours", owner=person)
        ours.founder_id = person.id
        theirs = make_organization(db, "theirs", owner=other)
        organizations.invite(db, theirs, Role.EDITOR, now, ADDRESS)
        organizations.invite(db, theirs, Role.EDITOR, now, "other@example.org")
        organizations.invite(db, ours, Role.ANALYST, now, by=person)
        make_image(db, make_event(db, ours), person=person)
        story = make_own_story(db, person, published=True)
        make_comment(db, story, person)
        make_proposal(db, story, person, title_kk="Көкпар болды")
        introduce(db, person, "Қалампыр", now)
        quiet = make_initiative(db, theirs, now=now - QUIET_AFTER - timedelta(days=1))
        for follower in (person, other):
            following.follow(db, follower, quiet, now)
            following.request_activity(db, follower, quiet, now)
        make_initiative(db, theirs, title=Translated.of("kk", kk="Бөтен бастама"))
        autosave.save(
            db, story, person, values_of(stories.details_of(db, story), 1), story.revision, now
        )
        hopeful = make_organization(db, "hopeful", verified=False)
        verification.request_verification(db, hopeful, Method.VOUCHING, now)
        verification.endorse(db, person, hopeful, ours, now)
        make_decision(db, None, by=other, measure=Measure.BAN, person=person)
        ban = db.query(Decision).one()
        ruling = DecisionRecord(ban, Subject(None, None, person), None)
        appeals.appeal(db, ruling, "It was not I.", "en", now)
        appeals.reverse(db, ruling, now, decision_url)
        person.is_moderator = True
        report = make_report(db, theirs, text="Somebody else’s words.")
        moderation.claim(db, person, case_for(db, person, report.public_id), now)
        make_decision(db, theirs, by=person, measure=Measure.WARN)
        proposed = make_decision(db, theirs, by=other, measure=Measure.SUSPEND)
        appeals.confirm(
            db, person, DecisionRecord(proposed, Subject(theirs), None), now, decision_url
        )
        held = make_event(db, ours)
        registrations.register_member(db, person, held, now)
        record_export(db, held, person, "csv", now)
        sign_up_guest(db, make_event(db, ours), name="Қонақ", email=ADDRESS)
        sign_up_guest(db, make_event(db, ours), name="Бөтен", email="other@example.org")
        identities.request_link(db, ADDRESS, "browser", language="en", url=str, now=now)
        identities.request_link(
            *(db, "second@example.org", "browser"), person=person, language="en", url=str, now=now
        )
        make_passkey(db, person)
        db.add_all(
            (Codes(person_id=person.id), RecoveryCode(person_id=person.id, digest="a digest"))
        )
        notify(db, NotificationKind.STILL_THERE, now=now, language="en", person_id=person.id)
        people.start_session(db, person, now)
        db.flush()
        return person.id


def held(database, person_id):
    with database.reading() as db:
        return holdings_of(db, db.get_one(Person, person_id), clock.now())


def test_every_column_that_leads_to_a_person_is_shown_or_has_a_reason():
    known = columns_to_people()
    assert not SHOWN.keys() & EXCEPTIONS.keys()
    assert all(EXCEPTIONS.values())
    assert SHOWN.keys() | EXCEPTIONS.keys() == known


def test_the_person_of_these_tests_has_a_row_for_every_column_that_is_shown(database, person):
    with database.reading() as db:
        index = db.get_one(Person, person).email_index
        sign_ups = select(Registration.id).where(
            (Registration.person_id == person) | (Registration.email_index == index)
        )
        own = {"people.id": [person], "registrations.id": db.scalars(sign_ups).all()}
        for name in SHOWN:
            column = column_named(name)
            ids = next((own[key.target_fullname] for key in column.foreign_keys), [index])
            assert db.execute(select(column).where(column.in_(ids))).first(), name


def test_every_part_has_its_record_and_its_heading(database, person):
    records = held(database, person)
    assert records.keys() == HEADINGS.keys()
    assert set(SHOWN.values()) <= records.keys()
    assert {part for part, rows in records.items() if not rows} == set()


def test_the_records_say_what_the_columns_hold(database, person):
    records = held(database, person)
    (profile,) = records["profile"]
    assert (profile["moderator"], profile["banned_at"], profile["asked_at"]) == (True, None, None)
    assert [each["organization"] for each in records["founded"]] == ["Altyn saqa"]
    (membership,) = records["memberships"]
    assert membership["member_since"] is not None
    (invitation,) = records["invitations"]
    assert (invitation["role"], invitation["open"]) == ("editor", True)
    (made,) = records["invitations_made"]
    assert made["role"] == "analyst"
    (vouch,) = records["endorsements"]
    assert vouch["organization"] == "Altyn saqa"
    (decision,) = records["decisions"]
    assert (decision["measure"], decision["state"]) == ("ban", "reversed")
    assert decision["words"] == "It has been tried before."
    assert decision["appeal"] == "It was not I."
    (report,) = records["claimed_reports"]
    assert report["progress"] == "claimed"
    made = {(each["measure"], each["as_second"]) for each in records["decisions_made"]}
    assert made == {("warn", False), ("suspend", True)}
    assert [each["initiative"] for each in records["following"]] == ["Ана тілі"]
    assert [each["initiative"] for each in records["questions"]] == ["Ана тілі"]
    assert len(records["sign_in_links"]) == len(records["sign_ups"]) == 2
    assert len(records["consents"]) == 2


def test_the_records_say_nothing_of_others(database, person):
    said = str(held(database, person))
    for foreign in ("Басқа", "other@", "Бөтен", "Somebody else"):
        assert foreign not in said


def test_a_guests_records_are_those_of_the_one_sign_up(database):
    with database.writing() as db:
        event = make_event(db, make_organization(db))
        guest = sign_up_guest(db, event, email=ADDRESS)
        sign_up_guest(db, make_event(db, make_organization(db)), email=ADDRESS)
        records = holdings_of_pass(db, Pass(guest, event))
    assert records.keys() < HEADINGS.keys()
    assert [len(records[part]) for part in ("sign_ups", "consents")] == [1, 1]
