"""People, organisations, events and sign-ups for tests, made by the portal's own verbs."""

import itertools
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy import select

from portal.content.picture_html import FORMATS, name_of, widths_of
from portal.core import clock, tokens
from portal.core.encryption import seal_of
from portal.core.item_kinds import ItemKind
from portal.core.time_zones import wall_of
from portal.domain.accounts.people import actions as people
from portal.domain.accounts.people.actions import Claims
from portal.domain.accounts.people.models import SignInSession
from portal.domain.accounts.people.queries import session_with
from portal.domain.accounts.second_factors.models import Passkey
from portal.domain.events import actions as events
from portal.domain.events.actions import hosting
from portal.domain.events.details import Details, Link
from portal.domain.events.models import AttendanceMode, EventHost, Funding
from portal.domain.initiatives import actions as initiatives
from portal.domain.initiatives.actions import hosting as initiative_hosting
from portal.domain.initiatives.models import InitiativeHost, Stage
from portal.domain.moderation import actions as moderation
from portal.domain.moderation.actions import Complaint, Verdict
from portal.domain.moderation.models import Measure, Reason
from portal.domain.moderation.targets import Subject
from portal.domain.organizations import actions as organizations
from portal.domain.organizations import verified_badge
from portal.domain.organizations.models import Method, Organization, Role
from portal.domain.organizations.profile import Profile, create
from portal.domain.publishing.images import actions as images
from portal.domain.publishing.images.actions import StoredImage
from portal.domain.publishing.publication import Visibility
from portal.domain.registrations import actions as registrations
from portal.domain.registrations import sign_up
from portal.domain.registrations.sign_up import Guest
from portal.domain.results import actions as results
from portal.domain.results.actions import ResultDetails
from portal.domain.stories import actions as stories
from portal.domain.stories import comments, workflow
from portal.domain.stories.details import Details as StoryDetails
from portal.domain.stories.models import ChangeRequest
from portal.i18n.translated import Translated

_numbers = itertools.count(1)
ISSUER = "https://id.example.org"


def kept(db, people):
    """The same people by name, who can be read after the transaction too."""
    db.flush()
    for person in people.values():
        db.expunge(person)
    return people


def make_person(db, name="Айгерім", *, email="", language="en", time_zone=None, **changes):
    """Somebody who has signed in; `email=None` for no verified address."""
    number = next(_numbers)
    address = f"person-{number}@example.org" if email == "" else email
    claims = Claims(ISSUER, f"subject-{number}", name, address, language, time_zone)
    person = people.welcome(db, claims, language, clock.now())
    for key, value in changes.items():
        setattr(person, key, value)
    db.flush()
    return person


def session_cookie(database, person, *, second_factor=True):
    """The session cookie's value for a person of a committed transaction.

    The session has passed a second factor unless said otherwise.
    """
    with database.writing() as db:
        merged = db.merge(person, load=True)
        if merged.banned_at is not None:
            return _outlived_session(db, merged)
        token = people.start_session(db, merged, clock.now())
        if not second_factor:
            return token
        return people.pass_second_factor(db, session_with(db, token, clock.now()), clock.now())


def make_passkey(db, person, name="Телефон"):
    """A passkey that no device has: to be seen, not to be used."""
    passkey = Passkey(
        public_id=f"passkey-{next(_numbers)}",
        person_id=person.id,
        name_sealed=seal_of(db).close(name, "passkey.name"),
        credential_id=f"credential-{next(_numbers)}".encode(),
        public_key=b"",
        sign_count=0,
        created_at=clock.now(),
    )
    db.add(passkey)
    db.flush()
    return passkey


def _outlived_session(db, person):
    """The cookie of a banned person's session that nobody has ended, which must open nothing."""
    token = tokens.new_token()
    begun = clock.now()
    db.add(
        SignInSession(
            digest=tokens.digest(token),
            public_id=tokens.new_public_id(),
            person_id=person.id,
            way="",
            browser="",
            started_at=begun,
            acted_at=begun,
            second_factor_at=begun,
            expires_at=begun + timedelta(days=1),
        )
    )
    return token


def make_report(
    db, organization, event=None, *, initiative=None, story=None, comment=None, **changes
):
    """A report in the queue: fraud, in English, with an address to be answered at."""
    given = {"reason": Reason.FRAUD, "text": "They ask for money.", "email": "", "language": "en"}
    subject = Subject(organization, event, initiative=initiative, story=story, comment=comment)
    return moderation.report(db, subject, Complaint(**(given | changes)), clock.now())


def decision_url(language, key):
    """Where letters of tests say a decision can be read."""
    return f"https://testserver/{language}/decisions/{key}"


def make_decision(db, organization, event=None, *, by, measure=Measure.HIDE, person=None, **about):
    """A measure that a moderator has taken; `about` may name a story, and a comment on it."""
    subject = Subject(None, None, person) if person else Subject(organization, event, **about)
    verdict = Verdict(measure, Reason.FRAUD, "It has been tried before.", person)
    return moderation.impose(db, by, subject, verdict, clock.now(), decision_url)


def make_organization(db, slug=None, *, verified=True, **people_by_role):
    """A verified organisation; `make_organization(db, owner=person, editor=…, analyst=…)`.

    The first one of a database is called Алтын сақа; since names are unique, others are numbered.
    """
    number = next(_numbers)
    slug = slug or f"organization-{number}"
    is_first = db.scalar(select(Organization.id).limit(1)) is None
    more = "" if is_first else f" {number}"
    profile = Profile(
        name=Translated.of(
            "kk", kk=f"Алтын сақа{more}", ru=f"Алтын сака{more}", en=f"Altyn saqa{more}"
        ),
        description=Translated.of("kk", kk="Мәдени бірлестік."),
        kind="diaspora",
        city="Berlin",
        country="DE",
        time_zone="Asia/Almaty",
    )
    organization = create(db, slug, profile, clock.now())
    if verified:
        verified_badge.grant(db, organization, Method.DOCUMENT, clock.now(), timedelta(days=365))
    for role, person in people_by_role.items():
        organizations.grant_role(db, organization, person, Role(role), clock.now())
    db.flush()
    return organization


def titled(text):
    """A title in Kazakh alone."""
    return Translated.of("kk", kk=text)


def make_details(**changes):
    """What an organiser says: an online evening in a week, 19:00 in Almaty, unless changed.

    `starts_at` (an instant) and `lasts` are turned into wall times of the zone.
    """
    zone = changes.get("time_zone", "Asia/Almaty")
    starts_at = changes.pop("starts_at", None)
    lasts = changes.pop("lasts", timedelta(hours=2))
    if starts_at is not None:
        starts = wall_of(starts_at, zone).replace(tzinfo=None)
    else:
        day = (clock.now() + timedelta(days=7)).date()
        starts = datetime(day.year, day.month, day.day, 19)
    given = {
        "title": Translated.of("kk", kk="Домбыра кеші", ru="Вечер домбры", en="Dombyra evening"),
        "summary": Translated.of("kk", kk="Бір күй, бір әңгіме."),
        "description": Translated.of("kk", kk="Үш **домбырашы** күй тартады."),
        "venue": Translated.of("kk"),
        "attendance_mode": AttendanceMode.ONLINE,
        "starts_wall": starts,
        "ends_wall": starts + lasts,
        "time_zone": zone,
        "capacity": 10,
        "visibility": Visibility.PUBLIC,
        "funding": Funding.NOBODY,
        "tags": ("music",),
        "languages": ("kk", "ru"),
        "join_links": (Link("https://meet.example.org/secret-room", Translated.of("kk")),),
    }
    return Details(**(given | changes))


def make_event(db, organization, *, published=True, **changes):
    """An event; past ones are published as if it had been in time."""
    event = events.create(db, organization, make_details(**changes), clock.now())
    if published:
        events.publish(db, event, min(clock.now(), event.starts_at - timedelta(days=1)))
    db.flush()
    return event


def make_host(db, event, organization, *, accepted=True):
    """An organisation that holds an event too, or has only been asked to."""
    hosting.invite(db, event, organization, clock.now())
    db.flush()
    host = db.get_one(EventHost, (event.id, organization.id))
    if accepted:
        hosting.accept(db, host, clock.now())
    db.flush()
    return host


def make_initiative(db, organization, *, published=True, stage=Stage.RUNNING, **changes):
    """A line of work for families in two countries; running unless said otherwise."""
    title = changes.pop("title", Translated.of("kk", kk="Ана тілі", ru="Родной язык"))
    now = changes.pop("now", None) or clock.now()
    initiative = initiatives.draft(db, organization, title, now)
    given = {
        "purpose": Translated.of("kk", kk="Балалар үйде қазақша сөйлейді."),
        "description": Translated.of("kk", kk="Апта сайын **сабақ**."),
        "people": Translated.of("kk", kk="Шетелдегі отбасылар"),
        "partners": Translated.of("kk", kk="Берлин кітапханасы"),
        "funding": Funding.NOBODY,
        "countries": ("DE", "MN"),
        "tags": ("language",),
        "since": date(2025, 3, 21),
    }
    details = replace(initiatives.details_of(initiative), **(given | changes))
    initiatives.change(db, initiative, details, initiative.revision, now)
    if published:
        initiatives.publish(db, initiative, now)
    if stage is not Stage.IDEA:
        initiatives.set_stage(db, initiative, stage, now)
    db.flush()
    return initiative


def make_initiative_host(db, initiative, organization, *, accepted=True):
    """An organisation that holds an initiative too, or has only been asked to."""
    initiative_hosting.invite(db, initiative, organization, clock.now())
    db.flush()
    host = db.get_one(InitiativeHost, (initiative.id, organization.id))
    if accepted:
        initiative_hosting.accept(db, host, clock.now())
    db.flush()
    return host


def make_result(db, event, **changes):
    """What came of an event that is over: all three answers, the first one translated."""
    given = {
        "happened": Translated.of("kk", kk="Үш домбырашы күй тартты.", ru="Играли три домбриста."),
        "reached": Translated.of("kk", kk="Берлиндегі отбасыларға."),
        "next_steps": Translated.of("kk", kk="Келесі кеш көктемде."),
    }
    results.publish(db, event, ResultDetails(**(given | changes)), 0, clock.now())
    db.flush()


def make_image(
    db, item, *, kind=ItemKind.EVENT, storage=None, person=None, described=True, **changes
):
    """An item's picture, with words in Kazakh; files are written where a storage is given."""
    kept = StoredImage(
        tokens.new_public_id(), changes.pop("width", 1600), changes.pop("height", 900)
    )
    image = images.add(db, kind, item.id, kept, person, clock.now())
    if described:
        alt = changes.pop("alt", Translated.of("kk", kk="Үш домбырашы"))
        images.describe(image, alt, changes.pop("caption", Translated.of("kk")))
    for name, value in changes.items():
        setattr(image, name, value)
    if storage is not None:
        for width in widths_of(image.width):
            for form in FORMATS:
                storage.save(f"{image.key}/{name_of(width, form)}", f"{width} {form}".encode())
    db.flush()
    return image


def story_url(language, slug):
    """Where notices of tests say a story can be found."""
    return f"https://testserver/{language}/writing/stories/{slug}"


def make_story_details(**changes):
    """What a writer says: a few paragraphs in Kazakh, unless changed."""
    given = {
        "title": Translated.of("kk", kk="Көкпар Берлинде", ru="Кокпар в Берлине"),
        "summary": Translated.of("kk", kk="Қалай ат таптық."),
        "body": Translated.of("kk", kk="Бәрі **бір аттан** басталды.\n\nСосын екеу болды."),
        "tags": ("games",),
        "funding": Funding.NOBODY,
    }
    return StoryDetails(**(given | changes))


def make_story(db, organization, person, *, published=True, **changes):
    """A story that an editor writes for an organisation."""
    story = stories.create(db, person, make_story_details(**changes), clock.now(), organization)
    if published:
        workflow.publish(db, story, clock.now())
    db.flush()
    return story


def make_own_story(db, person, *, submitted=False, to=None, published=False, **changes):
    """A member's own story: a draft, handed in, or accepted."""
    story = stories.create(db, person, make_story_details(**changes), clock.now())
    if submitted or published:
        workflow.submit(db, story, to, story_url, clock.now())
    if published:
        workflow.accept(db, story, story_url, clock.now())
    db.flush()
    return story


def make_proposal(db, story, person, **typed):
    """Changes that the author of an accepted story asks for, by names of the form's fields."""
    row = ChangeRequest(
        story_id=story.id, person_id=person.id, proposed_at=clock.now(), number=1, typed=typed
    )
    db.add(row)
    db.flush()
    return row


def make_comment(db, story, person, text="Рақмет!", *, byline="", answers=""):
    """What a reader says below a published story."""
    said = comments.CommentText(text, byline, "kk", answers)
    comment = comments.comment_on(db, story, person, said, story_url, clock.now())
    db.flush()
    return comment


def register_guest(db, guest, event, now):
    """A guest's registration as the form makes it, not confirmed yet."""
    return sign_up.register_all(db, event, [sign_up.guest(seal_of(db), guest)], now)[0]


def sign_up_guest(db, event, number=None, *, confirmed=True, now=None, **changes):
    """A guest's registration, confirmed unless said otherwise."""
    number = next(_numbers) if number is None else number
    now = now or min(clock.now(), event.starts_at - timedelta(hours=30))
    given = {
        "name": f"Guest {number}",
        "email": f"guest-{number}@example.org",
        "language": "en",
        "time_zone": None,
    }
    registration = register_guest(db, Guest(**(given | changes)), event, now)
    if confirmed:
        from portal.domain.registrations.queries import Pass

        registrations.confirm(db, Pass(registration, event), now)
    db.flush()
    return registration


def pass_key(db, registration, event):
    """A letter's secret that opens a registration's pass."""
    return registrations.new_pass_token(db, registration)
