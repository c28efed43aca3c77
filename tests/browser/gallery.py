"""A portal with one page of every kind and state, hung side by side to be looked at."""

from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy.orm import Session

from portal.core import clock
from portal.demo.services.second_factors import give_app
from portal.domain.accounts.people import actions as people
from portal.domain.accounts.people.models import Person
from portal.domain.accounts.second_factors import actions as second_factors
from portal.domain.events.details import Link, details_of
from portal.domain.events.models import AttendanceMode, Event, Funding
from portal.domain.initiatives import closing, following
from portal.domain.initiatives import steps as initiative_steps
from portal.domain.initiatives.models import StepKind
from portal.domain.moderation.models import Measure
from portal.domain.organizations import verification
from portal.domain.organizations.models import Method, Organization
from portal.domain.privacy import actions as privacy
from portal.domain.registrations import actions as registrations
from portal.domain.registrations.event_changes import cancel_event, change_event, postpone
from portal.domain.registrations.queries import Pass
from portal.domain.results.actions import ResultDetails
from portal.i18n.translated import Translated
from tests import factories as make
from tests.browser.browser_app import ANALYST, Stage
from tests.browser.picture import (
    LONG_NAME,
    LONG_TITLE,
    LONG_WORD,
    UNBROKEN,
    Picture,
    in_days,
    partner_from,
    with_errors,
)
from tests.browser.workrooms import (
    illustrated_pages,
    moderation_pages,
    organising_pages,
    story_pages,
)

DESCRIPTION = Translated.of(
    "kk",
    kk="Үш **домбырашы** күй тартады.\n\n- бірінші\n- екінші\n\n"
    "[Сілтеме](https://example.org/), https://example.org/" + "ұзын" * 30,
    ru="Три домбриста.",
)


@dataclass(frozen=True)
class Gallery:
    """The portal, its pictures and the session cookies of those who see them."""

    stage: Stage
    pictures: list[Picture]
    sessions: dict[str, str]


def hung(stage: Stage) -> Gallery:
    """Fills an empty portal by its own verbs."""
    with stage.database.writing() as db:
        visitors = _visitors(db)
        organization = make.make_organization(
            db, "altyn-saqa", owner=visitors["organiser"], analyst=visitors["member"]
        )
        pictures = [
            *_public_pages(db, organization),
            *_passes(db, organization, visitors["member"]),
            *organising_pages(db, organization, visitors["organiser"]),
            *illustrated_pages(db, stage, organization),
            *_initiatives(db, organization, visitors["member"]),
            *_second_factors(db, visitors),
            *moderation_pages(db, visitors),
            *story_pages(db, organization, visitors),
        ]
        banned = stage.known(db, ANALYST)
        make.make_decision(db, None, by=None, measure=Measure.BAN, person=banned)
    sessions = {
        name: make.session_cookie(stage.database, person, second_factor=name != "unproved")
        for name, person in visitors.items()
    }
    return Gallery(stage, pictures, sessions)


def _visitors(db: Session) -> dict[str, Person]:
    visitors = {
        "member": make.make_person(db, LONG_NAME, time_zone="Europe/Berlin"),
        "organiser": make.make_person(db, "Марат"),
        "administrator": make.make_person(db, "Serik"),
        "returning": make.make_person(db, "Дина"),
        "unproved": make.make_person(db, "Aisha"),
        "beginner": make.make_person(db, "Дина"),
        "moderator": make.make_person(db, LONG_NAME, is_moderator=True),
    }
    people.make_administrator(visitors["administrator"])
    privacy.close(db, visitors["returning"], clock.now())
    return visitors


def _second_factors(db: Session, visitors: dict[str, Person]) -> list[Picture]:
    """Asked for, set up, and there; recovery codes are shown by the form of a page."""
    for name in ("organiser", "unproved"):
        give_app(db, visitors[name], name)
        second_factors.renew_recovery_codes(db, visitors[name])
        make.make_passkey(db, visitors[name], LONG_NAME)
    second_factors.begin_app(db, visitors["beginner"])
    page = "/second-factor"
    return [
        Picture("second factor, none", page, "member"),
        Picture("second factor, some", page, "organiser"),
        *with_errors("second factor, asked for", page, "unproved", page),
        Picture("second factor, wrong", f"{page}?refused=wrong", "unproved"),
        Picture("app to set up", f"{page}/app", "beginner"),
        Picture("app, with errors", f"{page}/app", "beginner", "/app/confirmation", 422),
        Picture("recovery codes", page, "organiser", "/recovery-codes"),
    ]


def _public_pages(db: Session, organization: Organization) -> list[Picture]:
    coming = in_days(
        3,
        organization,
        db,
        title=LONG_TITLE,
        description=DESCRIPTION,
        venue=Translated.of("kk", kk="Берлин, Карл-Маркс-Штрассе 1"),
        attendance_mode=AttendanceMode.MIXED,
        tags=("music", "language"),
    )
    full = in_days(4, organization, db, capacity=1)
    make.sign_up_guest(db, full)
    cancelled = in_days(5, organization, db)
    cancel_event(db, cancelled, clock.now())
    postponed = in_days(6, organization, db)
    postpone(db, postponed, clock.now())
    changed = _changed(db, organization)
    over = in_days(
        -2, organization, db, title=UNBROKEN, venue=UNBROKEN, attendance_mode=AttendanceMode.MIXED
    )
    told = in_days(-3, organization, db, title=LONG_TITLE)
    for number in range(5):
        guest = make.sign_up_guest(db, told, name=f"{LONG_NAME} {number}")
        guest.attended_at = told.starts_at
    db.flush()
    make.make_result(db, told, reached=LONG_TITLE)
    in_days(0, organization, db, title=UNBROKEN)  # on now
    unknown = make.make_organization(db, "unknown", verified=False)
    verification.request_verification(db, unknown, Method.VOUCHING, clock.now())
    marked = in_days(8, unknown, db, description=DESCRIPTION)
    return [
        Picture("home", ""),
        Picture("search", "/search"),
        Picture("search, found", "/search?q=домбыра&kind=event"),
        Picture("search, meant", "/search?q=домбырра"),
        Picture("search, nothing", "/search?q=" + "жоқ" * 40),
        Picture("privacy", "/privacy"),
        Picture("about", "/about"),
        Picture("rules", "/rules"),
        Picture("contact", "/contact"),
        Picture("topic", "/tags/music"),
        Picture("empty topic", "/tags/film"),
        Picture("list", "/events"),
        Picture("past events", "/events?when=past"),
        Picture("empty list", "/events?tag=film"),
        Picture("calendar", "/calendar"),
        Picture("event", f"/events/{coming.slug}"),
        Picture("event, form with errors", f"/events/{coming.slug}", None, "/registration", 422),
        Picture("event, for a member", f"/events/{coming.slug}", "member"),
        Picture("event, full", f"/events/{full.slug}"),
        Picture("event, cancelled", f"/events/{cancelled.slug}"),
        Picture("event, postponed", f"/events/{postponed.slug}"),
        Picture("event, over", f"/events/{over.slug}"),
        Picture("event, with its result", f"/events/{told.slug}"),
        Picture("list of results", "/results"),
        Picture("event of several hosts", f"/events/{changed.slug}"),
        Picture("history", f"/events/{changed.slug}/history"),
        Picture("signed up", f"/events/{coming.slug}/registration"),
        Picture("organisations", "/organizations"),
        Picture("organisation", f"/organizations/{organization.slug}"),
        Picture("organisation, changes", f"/organizations/{unknown.slug}/history"),
        Picture("organisation, not verified", f"/organizations/{unknown.slug}"),
        Picture("organisation, to vouch for", f"/organizations/{unknown.slug}", "organiser"),
        *with_errors(
            "admin-access", f"/manage/{unknown.slug}/admin-access", "administrator", "/admin-access"
        ),
        *with_errors("contact", f"/organizations/{organization.slug}/contact", None, "/contact"),
        Picture("contact, of a member", f"/organizations/{organization.slug}/contact", "member"),
        Picture("contact, sent", f"/organizations/{organization.slug}/contact/sent"),
        Picture("event of an unverified organisation", f"/events/{marked.slug}"),
        *with_errors("sign-in", "/sign-in", None, "/sign-in/link"),
        Picture("sign-in letter, wrong code", "/sign-in/link?wrong=yes"),
        Picture("sign-in link", "/sign-in/link/of-a-letter"),
        Picture("sign-in choice", "/sign-in/choice"),
        Picture("time zone", "/time-zone"),
        Picture("not found", "/events/nothing-of-this-name", status=404),
    ]


def _initiatives(db: Session, organization: Organization, member: Person) -> list[Picture]:
    """A line with everything on it, a quiet one with a question, a draft and a finished one."""
    now = clock.now()
    full = make.make_initiative(db, organization, title=LONG_TITLE, description=DESCRIPTION)
    quiet, finished = (make.make_initiative(db, organization) for _each in range(2))
    draft = make.make_initiative(db, organization, published=False)
    for days in (-9, 12):
        event = in_days(days, organization, db)
        event.initiative_id = full.id
        db.flush()
        if days < 0:
            for _guest in range(6):
                make.sign_up_guest(db, event).attended_at = event.starts_at
            make.make_result(db, event)
    words = Translated.of("kk", kk=LONG_WORD)
    for kind, day in ((StepKind.PLAN, None), (StepKind.NEXT_STEP, now.date())):
        initiative_steps.add(db, full, kind, words, day, now)
    quiet.published_at = now - timedelta(days=100)
    following.follow(db, member, quiet, now)
    told = ResultDetails(words, words, words)
    closing.close(db, finished, told, 0, now)
    unseen = f"/manage/initiatives/{draft.slug}"
    organising = f"/manage/initiatives/{full.slug}"
    return [
        Picture("initiatives", "/initiatives"),
        Picture("initiatives, none found", "/initiatives?country=KR"),
        Picture("initiative", f"/initiatives/{full.slug}"),
        Picture("initiative, quiet", f"/initiatives/{quiet.slug}", "member"),
        Picture("initiative, finished", f"/initiatives/{finished.slug}"),
        Picture("initiative, changes", f"/initiatives/{full.slug}/history"),
        Picture("initiative, preview", f"{unseen}/preview", "organiser"),
        Picture("initiative, report", f"/initiatives/{full.slug}/report", "organiser"),
        Picture("initiatives followed", "/profile/initiatives", "member"),
        Picture(
            "initiative, letters to end",
            f"/following/{following.key_of(db, quiet.id, member.id)}",
        ),
        Picture("initiative, letters ended", "/following-ended"),
        Picture("initiative, organising", organising, "organiser"),
        Picture("initiative, step with errors", organising, "organiser", "/steps", 422),
        Picture("initiative, new", f"/manage/{organization.slug}/initiatives/new", "organiser"),
        Picture("initiative, form", f"{organising}/edit", "organiser"),
        Picture("initiative, hosts", f"{organising}/hosts", "organiser"),
        Picture("initiative, hosts with errors", f"{organising}/hosts", "organiser", "/hosts", 422),
        Picture("initiative, closing", f"{organising}/closing", "organiser"),
    ]


def _changed(db: Session, organization: Organization) -> Event:
    """An event of two hosts, paid for by a grant, that has been given other words and a place."""
    event = in_days(8, organization, db)
    make.make_host(db, event, partner_from(db, "uly-kosh", "Munich"))
    details = replace(
        details_of(event),
        title=UNBROKEN,
        description=DESCRIPTION,
        venue=Translated.of("kk", kk="Берлин, Карл-Маркс-Штрассе 1"),
        funding=Funding.GRANT,
        funding_note=Translated.of("kk", kk="Қаланың мәдениет қоры"),
    )
    change_event(db, event, details, event.revision, clock.now())
    postpone(db, event, clock.now())
    return event


def _passes(db: Session, organization: Organization, member: Person) -> list[Picture]:
    now = clock.now()
    running = in_days(0, organization, db, title=UNBROKEN, join_links=_links())
    coming, over = in_days(7, organization, db, capacity=3), in_days(-1, organization, db)
    held = make.sign_up_guest(db, coming, confirmed=False, now=now, name=LONG_NAME)
    confirmed, given_back, in_room, waits = (
        make.sign_up_guest(db, event) for event in (coming, coming, running, coming)
    )
    registrations.cancel(db, Pass(given_back, coming), now)
    late = make.sign_up_guest(db, coming)
    registrations.join(db, Pass(in_room, running), now)
    visitor = make.sign_up_guest(db, over)
    registrations.register_member(db, member, coming, now)
    registrations.register_member(db, member, running, now)

    def path(registration: object, event: Event, page: str = "") -> str:
        return f"/passes/{make.pass_key(db, registration, event)}{page}"

    states = {
        "held": path(held, coming),
        "confirmed": path(confirmed, coming),
        "given back": path(given_back, coming),
        "waiting": path(late, coming),
        "promoted": path(waits, coming),
        "open room": path(in_room, running),
        "over": path(visitor, over),
    }
    return [
        *(Picture(f"pass, {state}", address) for state, address in states.items()),
        Picture("room", path(in_room, running, "/room")),
        *with_errors("feedback", path(visitor, over, "/feedback"), None, "/feedback"),
        Picture("thanks", path(visitor, over, "/feedback/thanks")),
        Picture("my events", "/passes", "member"),
        Picture("profile", "/profile?saved=yes", "member"),
        Picture("consents", "/profile/consents", "member"),
        Picture("deletion", "/profile/deletion", "member"),
        Picture("deletion, refused", "/profile/deletion", "organiser", "/deletion", 409),
        Picture("account closed", "/account-closed"),
        Picture("way back", "/reactivate", "returning"),
        Picture("sign-up deleted", "/sign-up-deleted"),
        Picture("ways", "/profile/sign-in-methods?said=taken", "member"),
        Picture(
            "ways, with errors",
            "/profile/sign-in-methods",
            "member",
            "/profile/sign-in-methods/email",
            422,
        ),
        Picture("sessions", "/profile/sessions", "member"),
    ]


def _links() -> tuple[Link, ...]:
    remark = Translated.of("kk", kk="Қытайда жұмыс істейді")
    return (Link("https://meet.example.org/one", remark), Link("https://meet.example.cn/2", remark))
