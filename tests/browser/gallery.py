"""A portal with one page of every kind and state, hung side by side to be looked at."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from portal import clock
from portal.demo.second_factors import give_app
from portal.domain.accounts import actions as accounts
from portal.domain.events.details import Link, details_of
from portal.domain.events.models import AttendanceMode, Funding
from portal.domain.feedback import actions as feedback
from portal.domain.feedback.actions import Given
from portal.domain.initiatives import closing, following
from portal.domain.initiatives import steps as initiative_steps
from portal.domain.initiatives.models import StepKind
from portal.domain.ledger import actions as ledger
from portal.domain.moderation import actions as moderation
from portal.domain.moderation import appeals
from portal.domain.moderation.announcements import new_key
from portal.domain.moderation.models import Measure, Reason
from portal.domain.moderation.queries import case_for, concerning
from portal.domain.organizations import actions as organizations
from portal.domain.organizations import verification
from portal.domain.organizations.models import Method, Role
from portal.domain.people import actions as people
from portal.domain.registrations import actions as registrations
from portal.domain.registrations import check_in
from portal.domain.registrations.consequences import cancel_event, change_event, postpone
from portal.domain.registrations.queries import Pass
from portal.domain.registrations.taking import note_taking
from portal.domain.results.actions import Told
from portal.domain.second_factors import actions as second_factors
from portal.domain.stories import actions as stories
from portal.domain.stories import authorship, keeping
from portal.domain.stories import publishing as story_publishing
from portal.domain.stories.details import Details, Source
from portal.domain.stories.models import CommentMode
from portal.items import ItemKind
from portal.pictures import name_of, widths_of
from portal.translated import Translated
from portal.web.story_form import values_of
from tests import factories as make
from tests.browser.stage import ANALYST
from tests.images import drawn, encoded

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from portal.domain.events.models import Event
    from portal.domain.organizations.models import Organization
    from portal.domain.people.models import Person
    from tests.browser.stage import Stage

# Allowed, and as wide as it gets: nothing to break at.
LONG_WORD = "Қарқаралықалыштегібекжанұлынурсұлтанбек"
LONG_NAME = "Жұлдызайқаракөзнәзікгүлбаршынбегімай"
LONG_TITLE = Translated.of(
    "kk",
    kk="Қанағаттандырылмағандықтарыңыздан: күй кеші",
    ru="Высококвалифицированные-достопримечательности диаспоры: вечер домбры и вопросов",
)
# As long as a title may be, in one word.
UNBROKEN = Translated.of("kk", kk="Қарқаралы" * 15 + "қайда")
DESCRIPTION = Translated.of(
    "kk",
    kk="Үш **домбырашы** күй тартады.\n\n- бірінші\n- екінші\n\n"
    "[Сілтеме](https://example.org/), https://example.org/" + "ұзын" * 30,
    ru="Три домбриста.",
)

STORY = Translated.of(
    "kk",
    kk="## Бәрі бір аттан басталды\n\nБерлинде **көкпар** бола ма?[^1] Иә, `болады`.\n\n"
    "> Ат — ердің қанаты.\n\n- бірінші\n- екінші\n\n"
    "| Қала | Ат саны | Қашан | Кім ұйымдастырды |\n|:-|-:|:-:|-|\n"
    f"| Берлин | 12 | наурыз | {LONG_WORD} |\n| Прага | 7 | сәуір | бәріміз |\n\n"
    "https://example.org/kokpar/" + "ұзын" * 20 + "\n\n"
    "```\nшаба " + "шаба" * 40 + "\n```\n\n### Соңы\n\n---\n\n[^1]: Ереже бойынша.",
    ru="## Всё началось с одного коня\n\nБывает ли кокпар в Берлине?",
)


@dataclass(frozen=True)
class Picture:
    """A page, and who sees it.

    `sends` is how the address of the form ends that is sent as it stands to get there; `status` is
    the answer to that form if it is sent without a value.
    """

    name: str
    path: str
    visitor: str | None = None
    sends: str | None = None
    status: int = 200


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
            *_organising(db, organization, visitors["organiser"]),
            *_illustrated(db, stage, organization),
            *_initiatives(db, organization, visitors["member"]),
            *_second_factors(db, visitors),
            *_moderation(db, visitors),
            *_stories(db, organization, visitors),
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
    accounts.close(db, visitors["returning"], clock.now())
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
        Picture("second factor, asked for", page, "unproved"),
        Picture("second factor, asked for, with errors", page, "unproved", page, 422),
        Picture("second factor, wrong", f"{page}?refused=wrong", "unproved"),
        Picture("app to set up", f"{page}/app", "beginner"),
        Picture("app, with errors", f"{page}/app", "beginner", "/app/confirmation", 422),
        Picture("recovery codes", page, "organiser", "/recovery-codes"),
    ]


def _in_days(days: int, organization: Organization, db: Session, **changes: object) -> Event:
    return make.make_event(
        db, organization, starts_at=clock.now() + timedelta(days=days), **changes
    )


def _public_pages(db: Session, organization: Organization) -> list[Picture]:
    coming = _in_days(
        3,
        organization,
        db,
        title=LONG_TITLE,
        description=DESCRIPTION,
        venue=Translated.of("kk", kk="Берлин, Карл-Маркс-Штрассе 1"),
        attendance_mode=AttendanceMode.MIXED,
        tags=("music", "language"),
    )
    full = _in_days(4, organization, db, capacity=1)
    make.sign_up_guest(db, full)
    cancelled = _in_days(5, organization, db)
    cancel_event(db, cancelled, clock.now())
    postponed = _in_days(6, organization, db)
    postpone(db, postponed, clock.now())
    changed = _changed(db, organization)
    over = _in_days(
        -2, organization, db, title=UNBROKEN, venue=UNBROKEN, attendance_mode=AttendanceMode.MIXED
    )
    told = _in_days(-3, organization, db, title=LONG_TITLE)
    for number in range(5):
        guest = make.sign_up_guest(db, told, name=f"{LONG_NAME} {number}")
        guest.attended_at = told.starts_at
    db.flush()
    make.make_result(db, told, reached=LONG_TITLE)
    _in_days(0, organization, db, title=UNBROKEN)  # on now
    unknown = make.make_organization(db, "unknown", verified=False)
    verification.ask(db, unknown, Method.VOUCHING, clock.now())
    marked = _in_days(8, unknown, db, description=DESCRIPTION)
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
        Picture("errand", f"/organizing/{unknown.slug}/errand", "administrator"),
        Picture(
            "errand, with errors",
            f"/organizing/{unknown.slug}/errand",
            "administrator",
            "/errand",
            422,
        ),
        Picture("contact", f"/organizations/{organization.slug}/contact"),
        Picture(
            "contact, with errors",
            f"/organizations/{organization.slug}/contact",
            None,
            "/contact",
            422,
        ),
        Picture("contact, of a member", f"/organizations/{organization.slug}/contact", "member"),
        Picture("contact, sent", f"/organizations/{organization.slug}/contact/sent"),
        Picture("event of an unverified organisation", f"/events/{marked.slug}"),
        Picture("sign-in", "/sign-in"),
        Picture("sign-in, with errors", "/sign-in", None, "/sign-in/link", 422),
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
        event = _in_days(days, organization, db)
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
    told = Told(words, words, words)
    closing.close(db, finished, told, 0, now)
    unseen = f"/organizing/initiatives/{draft.slug}"
    organising = f"/organizing/initiatives/{full.slug}"
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
        Picture("initiative, new", f"/organizing/{organization.slug}/initiatives/new", "organiser"),
        Picture("initiative, form", f"{organising}/edit", "organiser"),
        Picture("initiative, hosts", f"{organising}/hosts", "organiser"),
        Picture("initiative, hosts with errors", f"{organising}/hosts", "organiser", "/hosts", 422),
        Picture("initiative, closing", f"{organising}/closing", "organiser"),
    ]


def _partner(db: Session, slug: str, city: str) -> Organization:
    """Another organisation, at home elsewhere."""
    organization = make.make_organization(db, slug)
    organization.city = city
    return organization


def _changed(db: Session, organization: Organization) -> Event:
    """An event of two hosts, paid for by a grant, that has been given other words and a place."""
    event = _in_days(8, organization, db)
    make.make_host(db, event, _partner(db, "uly-kosh", "Munich"))
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
    running = _in_days(0, organization, db, title=UNBROKEN, join_links=_links())
    coming, over = _in_days(7, organization, db, capacity=3), _in_days(-1, organization, db)
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
        Picture("feedback", path(visitor, over, "/feedback")),
        Picture("feedback, with errors", path(visitor, over, "/feedback"), None, "/feedback", 422),
        Picture("thanks", path(visitor, over, "/feedback/thanks")),
        Picture("my events", "/passes", "member"),
        Picture("profile", "/profile?saved=yes", "member"),
        Picture("consents", "/profile/consents", "member"),
        Picture("deletion", "/profile/deletion", "member"),
        Picture("deletion, refused", "/profile/deletion", "organiser", "/deletion", 409),
        Picture("account closed", "/account-closed"),
        Picture("way back", "/way-back", "returning"),
        Picture("sign-up deleted", "/sign-up-deleted"),
        Picture("ways", "/profile/ways?said=taken", "member"),
        Picture("ways, with errors", "/profile/ways", "member", "/profile/ways/email", 422),
        Picture("sessions", "/profile/sessions", "member"),
    ]


def _links() -> tuple[Link, ...]:
    remark = Translated.of("kk", kk="Қытайда жұмыс істейді")
    return (Link("https://meet.example.org/one", remark), Link("https://meet.example.cn/2", remark))


def _organising(db: Session, organization: Organization, organiser: Person) -> list[Picture]:
    draft = _in_days(20, organization, db, published=False, title=LONG_TITLE)
    answered = _in_days(-5, organization, db, title=UNBROKEN)
    coming = _in_days(21, organization, db, title=UNBROKEN)
    numbers = itertools.count(4)
    for number in range(6):
        name = f"{LONG_NAME} {number}"
        registration = make.sign_up_guest(db, answered, name=name)
        given = Given(1 + number % 5, next(numbers), LONG_TITLE.said("kk").text, "", True, "kk")
        feedback.give(db, Pass(registration, answered), given, clock.now())
        make.sign_up_guest(db, coming, name=name, confirmed=number > 2, now=clock.now())
    note_taking(db, coming, organiser, "xlsx", clock.now())
    partner = _partner(db, "besbogda", "Cologne")
    make.make_host(db, coming, partner)
    make.make_host(db, coming, _partner(db, "kopir", "Bonn"), accepted=False)
    asked = _in_days(22, partner, db, title=LONG_TITLE)
    make.make_host(db, asked, organization, accepted=False)
    invitation = organizations.invite(db, organization, Role.EDITOR, clock.now())
    organizations.invite(
        db, organization, Role.DOOR, clock.now(), f"{'long.' * 10}name@example.org"
    )
    hopeful = make.make_organization(db, "hopeful", verified=False, owner=organiser)
    domain = f"{'long-name.' * 5}example.org"
    verification.ask(db, hopeful, Method.DOMAIN, clock.now(), domain=domain, remark=LONG_WORD)
    soon = _in_days(0, organization, db)
    here = [make.sign_up_guest(db, soon, name=f"{LONG_NAME} {number}") for number in range(3)]
    check_in.mark_here(db, soon, here[0].public_id, clock.now())
    door = f"/organizing/events/{soon.slug}/door"
    new = f"/organizing/{organization.slug}"
    event = f"/organizing/events/{coming.slug}"
    translation = f"/organizing/translations/event/{coming.slug}/ru"
    volunteer = ledger.hand_out(db, ItemKind.EVENT, coming.id, "en", organiser, clock.now())
    answered_slug = answered.slug
    past = f"/organizing/events/{answered_slug}"
    db.flush()
    feedback.empty_box(db, answered.id, clock.now())
    return [
        Picture("organising", "/organizing", "organiser"),
        Picture("organising, without an organisation", "/organizing", "administrator"),
        Picture("new event", f"{new}/events/new", "organiser"),
        Picture("new event, with errors", f"{new}/events/new", "organiser", "/events", 422),
        Picture("edited event", f"{event}/edit", "organiser"),
        Picture("preview", f"/organizing/events/{draft.slug}/preview", "organiser"),
        Picture("draft", f"/organizing/events/{draft.slug}", "organiser"),
        Picture("organiser's event", event, "organiser"),
        Picture("participants", f"{event}/participants", "organiser"),
        Picture("hosts", f"{event}/hosts", "organiser"),
        Picture("hosts, asking nobody", f"{event}/hosts", "organiser", "/hosts", 422),
        Picture(
            "invitation to hold", f"/organizing/events/{asked.slug}/hosts/altyn-saqa", "organiser"
        ),
        Picture("results", f"/organizing/events/{answered_slug}/results", "member"),
        Picture("results, none yet", f"{event}/results", "member"),
        Picture("organiser's past event", past, "organiser"),
        Picture("new result", f"{past}/result", "organiser"),
        Picture("new result, with errors", f"{past}/result", "organiser", "/result", 422),
        Picture("translations", f"{new}/translations", "organiser"),
        Picture("translation", translation, "organiser"),
        Picture("translation, with a link", translation, "organiser", "/links"),
        Picture("translation asked for", f"/translation-requests/event/{coming.slug}"),
        Picture("translation, by a volunteer", f"/translate/{volunteer}"),
        Picture("door", door, "organiser"),
        Picture("door, nobody found", f"{door}?q=xyz", "organiser"),
        Picture("new organisation", "/organizations/new", "member"),
        Picture(
            "new organisation, with errors", "/organizations/new", "member", "/organizations", 422
        ),
        Picture("about the organisation", f"{new}/edit", "organiser"),
        Picture("verification", f"{new}/verification", "organiser"),
        Picture("verification, a domain", "/organizing/hopeful/verification", "organiser"),
        Picture("people", f"{new}/people", "organiser"),
        Picture("people, with an invitation", f"{new}/people", "organiser", "/invitations", 422),
        Picture("invitation", f"/invitations/{invitation}", "administrator"),
        Picture("administration", "/administration", "administrator"),
        Picture("administration, organisations", "/administration/organizations", "administrator"),
        Picture("administration, people", "/administration/people", "administrator"),
        Picture(
            "administration, people, with errors",
            "/administration/people",
            "administrator",
            "/administration/people",
            422,
        ),
        Picture("administration, pages", "/administration/pages", "administrator"),
        Picture("page, form", "/administration/pages/about", "administrator"),
        Picture(
            "page, preview",
            "/administration/pages/about",
            "administrator",
            "/administration/pages/about/preview",
            422,
        ),
        Picture("page, history", "/pages/privacy/history"),
        Picture("administration, settings", "/administration/settings", "administrator"),
        Picture("administration, spelling", "/administration/spelling", "administrator"),
        Picture(
            "administration, spelling, with errors",
            "/administration/spelling",
            "administrator",
            "/administration/spelling",
            422,
        ),
        Picture(
            "administration, organisations, with errors",
            "/administration/organizations",
            "administrator",
            "/administration/organizations",
            422,
        ),
    ]


def _ban_key(db: Session, *, is_leaving: bool) -> str:
    """The secret of a letter about a ban."""
    person = make.make_person(db, LONG_NAME)
    ban = make.make_decision(db, None, by=None, measure=Measure.BAN, person=person)
    if is_leaving:
        accounts.close(db, person, clock.now())
    return new_key(db, ban)


def _illustrated(db: Session, stage: Stage, organization: Organization) -> list[Picture]:
    """A cover with long words, one that is high, and one whose words are still to come."""
    event = _in_days(23, organization, db, title=LONG_TITLE)
    words = Translated.of("kk", kk=LONG_TITLE.said("kk").text * 2)
    cover = make.make_image(db, event, is_cover=True, alt=words, caption=words)
    high = make.make_image(db, event, height=2_400)
    wordless = make.make_image(db, event, described=False)
    line = make.make_initiative(db, organization, title=LONG_TITLE)
    shown = {"kind": ItemKind.INITIATIVE, "is_cover": True, "alt": words, "caption": words}
    first = make.make_image(db, line, **shown)
    for image in (cover, high, wordless, first):
        for width in widths_of(image.width):
            drawing = drawn(width, round(image.height * width / image.width))
            for extension, kind in (("webp", "WEBP"), ("jpg", "JPEG")):
                stage.app.state.site.storage.keep(
                    f"{image.key}/{name_of(width, extension)}", encoded(drawing, kind)
                )
    path = f"/organizing/images/event/{event.slug}"
    translation = f"/organizing/translations/initiative/{line.slug}/ru"
    return [
        Picture("event with a cover", f"/events/{event.slug}"),
        Picture("initiative with a cover", f"/initiatives/{line.slug}"),
        Picture("translation of pictures", translation, "organiser"),
        Picture("translation without a file", translation, "organiser", "/imports", 422),
        Picture("pictures", path, "organiser"),
        Picture("pictures, choosing none", path, "organiser", path, 422),
        Picture("picture", f"{path}/{cover.key}", "organiser"),
        Picture("picture, without words", f"{path}/{wordless.key}", "organiser", wordless.key, 422),
    ]


def _stories(db: Session, organization: Organization, visitors: dict[str, Person]) -> list[Picture]:
    """Stories in every state, with everything that Markdown makes."""
    organiser, member = visitors["organiser"], visitors["member"]
    event = _in_days(30, organization, db, title=LONG_TITLE)
    everything = {
        "title": LONG_TITLE,
        "body": STORY,
        "byline": LONG_NAME,
        "events": (event.slug,),
        "sources": (Source("Көкпар ережесі", f"https://example.org/{'long' * 20}"),),
        "tags": ("games", "history"),
    }
    story = make.make_story(db, organization, organiser, **everything)
    authorship.introduce(db, organiser, LONG_NAME, clock.now())
    question = make.make_comment(db, story, organiser, LONG_TITLE.said("kk").text)
    make.make_comment(db, story, organiser, "Рақмет!", answers=question.public_id)
    make.make_comment(db, story, member, LONG_WORD, byline=LONG_NAME)
    changed = replace(stories.details_of(db, story), body=Translated.of("kk", kk="Басқаша."))
    stories.save(db, story, everything_of(changed, STORY), story.revision, organiser, clock.now())
    draft = make.make_story(db, organization, organiser, published=False, **everything)
    stories.save(db, draft, changed, draft.revision, member, clock.now())
    typed = values_of(everything_of(changed, STORY), draft.revision - 1)
    keeping.keep(db, draft, organiser, typed, draft.revision, clock.now())
    own = make.make_own_story(db, member, title=LONG_TITLE)
    handed_in = make.make_own_story(db, member, submitted=True, to=organization, **everything)
    returned = make.make_own_story(db, member, submitted=True)
    story_publishing.give_back(db, returned, LONG_WORD, make.story_url, clock.now())
    proposed = make.make_own_story(db, member, to=organization, published=True, title=LONG_TITLE)
    make.make_proposal(db, proposed, member, body_kk="Басқаша болды.", byline=LONG_NAME)
    page, desk = f"/stories/{story.slug}", f"/writing/stories/{draft.slug}"
    author = authorship.author_of(db, organiser)
    return [
        Picture("stories", "/stories"),
        Picture("stories, none", "/stories?tag=film"),
        Picture("story", page),
        Picture("story, for a member", f"{page}?answer={question.public_id}", "member"),
        Picture("story, an empty comment", page, "member", "/comments", 422),
        Picture("story, for its editor", page, "organiser"),
        Picture("story, changes", f"{page}/history"),
        Picture("story, a draft", f"/stories/{draft.slug}", "organiser"),
        Picture("author", f"/authors/{author.slug}"),
        Picture("author, own page", "/writing/author", "organiser"),
        Picture("author, no page yet", "/writing/author", "member", "/writing/author", 422),
        Picture("my stories", "/writing", "member"),
        Picture("new story", "/writing/new", "organiser"),
        Picture("new story, with errors", "/writing/new", "organiser", "/writing", 422),
        Picture("edited story", f"{desk}/edit", "organiser"),
        Picture("edited story, published", f"/writing/stories/{story.slug}/edit", "organiser"),
        Picture("desk", f"{desk}?saved=yes", "organiser"),
        Picture("desk, own draft", f"/writing/stories/{own.slug}", "member"),
        Picture("desk, given back", f"/writing/stories/{returned.slug}", "member"),
        Picture("desk, to decide", f"/writing/stories/{handed_in.slug}", "organiser"),
        Picture(
            "desk, a note is needed",
            f"/writing/stories/{handed_in.slug}",
            "organiser",
            "/return",
            422,
        ),
        Picture("versions", f"{desk}/versions", "organiser"),
        Picture("proposed changes", f"/writing/stories/{proposed.slug}/changes", "organiser"),
        Picture("own proposed changes", f"/writing/stories/{proposed.slug}/edit", "member"),
    ]


def everything_of(details: Details, body: Translated) -> Details:
    """The same story with another text."""
    return replace(details, body=body)


def _moderation(db: Session, visitors: dict[str, Person]) -> list[Picture]:
    editor, moderator, now = visitors["member"], visitors["moderator"], clock.now()
    organization = make.make_organization(db, "reported", editor=editor)
    organization.city = "Bremen"
    events = [_in_days(days, organization, db, title=LONG_TITLE) for days in (9, 10, 11)]
    reports = [
        make.make_report(db, organization, event, text=LONG_TITLE.said("kk").text * 3)
        for event in events
    ]
    cases = [case_for(db, moderator, report.public_id) for report in reports]
    for case in cases[1:]:
        moderation.claim(db, moderator, case, now)
    verdict = moderation.Verdict(Measure.HIDE, Reason.FALSE, LONG_TITLE.said("ru").text)
    hidden = moderation.decide(db, moderator, cases[2], verdict, now, make.decision_url)
    proposed = make.make_decision(db, organization, by=moderator, measure=Measure.SUSPEND)
    warned = make.make_decision(db, organization, by=moderator, measure=Measure.WARN)
    appeals.appeal(
        db, concerning(db, editor, warned.public_id), LONG_TITLE.said("ru").text, "ru", now
    )
    story = make.make_story(db, organization, editor, title=LONG_TITLE, comments=CommentMode.OPEN)
    make.make_image(db, story, kind=ItemKind.STORY, alt=LONG_TITLE)
    comment = make.make_comment(db, story, editor, LONG_TITLE.said("kk").text * 3, byline=LONG_NAME)
    on_story = make.make_report(db, organization, story=story)
    on_comment = make.make_report(db, None, story=story, comment=comment)
    make.make_decision(db, None, story=story, comment=comment, by=moderator)
    make.make_organization(db, "nobodys")
    ban_key, leaving_key = (_ban_key(db, is_leaving=each) for each in (False, True))
    item = f"event:{events[0].slug}"
    case = "/moderation/reports"
    return [
        Picture("report", f"/reports/new?item={item}"),
        Picture("report, of a story", f"/reports/new?item=story:{story.slug}"),
        Picture("report, of a comment", f"/reports/new?item=comment:{comment.public_id}", "member"),
        Picture("report, sent", "/reports/sent"),
        Picture("wrong word", f"/spelling?page=/kk-Latn/events/{events[0].slug}"),
        Picture("wrong word, sent", "/spelling/sent"),
        Picture("moderation", "/moderation", "moderator"),
        Picture("moderation, closed", "/moderation?progress=closed", "moderator"),
        Picture("open report", f"{case}/{reports[0].public_id}", "moderator"),
        Picture("open report, of a story", f"{case}/{on_story.public_id}", "moderator"),
        Picture("open report, of a comment", f"{case}/{on_comment.public_id}", "moderator"),
        Picture("claimed report", f"{case}/{reports[1].public_id}", "moderator"),
        Picture(
            "claimed report, with errors",
            f"{case}/{reports[1].public_id}",
            "moderator",
            "/decision",
            422,
        ),
        Picture("proposal", f"/moderation/decisions/{proposed.public_id}", "administrator"),
        Picture("appealed decision", f"/moderation/decisions/{warned.public_id}", "administrator"),
        Picture("decision", f"/decisions/{hidden.public_id}", "member"),
        Picture(
            "decision, with errors", f"/decisions/{hidden.public_id}", "member", "/appeal", 422
        ),
        Picture("decision, appealed", f"/decisions/{warned.public_id}", "member"),
        Picture("decision, of a ban", f"/decisions/{ban_key}"),
        Picture("decision, of a ban, leaving", f"/decisions/{leaving_key}"),
        Picture("organising, with decisions", "/organizing", "member"),
        Picture("contact, nobody to read it", "/organizations/nobodys/contact"),
        Picture("hidden event", f"/events/{events[2].slug}", "member"),
        Picture("moderation log", "/moderation-log"),
    ]
