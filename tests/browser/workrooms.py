"""Pages that organisers, writers and moderators make and work at, in every state."""

import itertools
from dataclasses import replace

from sqlalchemy.orm import Session

from portal.content.picture_html import name_of, widths_of
from portal.core import clock
from portal.core.item_kinds import ItemKind
from portal.domain.accounts.people.models import Person
from portal.domain.feedback import actions as feedback
from portal.domain.feedback.actions import Given
from portal.domain.moderation import actions as moderation
from portal.domain.moderation import appeals
from portal.domain.moderation.models import Measure, Reason
from portal.domain.moderation.notifications import new_key
from portal.domain.moderation.queries import case_for, concerning
from portal.domain.organizations import actions as organizations
from portal.domain.organizations import verification
from portal.domain.organizations.models import Method, Organization, Role
from portal.domain.privacy import actions as privacy
from portal.domain.publishing.translation_progress import actions as translation_progress
from portal.domain.registrations import check_in
from portal.domain.registrations.exports import record_export
from portal.domain.registrations.queries import Pass
from portal.domain.stories import actions as stories
from portal.domain.stories import author_pages, autosave, workflow
from portal.domain.stories.details import Details, Source
from portal.domain.stories.models import CommentMode
from portal.i18n.translated import Translated
from portal.web.stories.form import values_of
from tests import factories as make
from tests.browser.browser_app import Stage
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
from tests.sample_images import drawn, encoded

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


def organising_pages(db: Session, organization: Organization, organiser: Person) -> list[Picture]:
    draft = in_days(20, organization, db, published=False, title=LONG_TITLE)
    answered = in_days(-5, organization, db, title=UNBROKEN)
    coming = in_days(21, organization, db, title=UNBROKEN)
    numbers = itertools.count(4)
    for number in range(6):
        name = f"{LONG_NAME} {number}"
        registration = make.sign_up_guest(db, answered, name=name)
        given = Given(
            1 + number % 5, next(numbers), LONG_TITLE.localized("kk").text, "", True, "kk"
        )
        feedback.submit(db, Pass(registration, answered), given, clock.now())
        make.sign_up_guest(db, coming, name=name, confirmed=number > 2, now=clock.now())
    record_export(db, coming, organiser, "xlsx", clock.now())
    partner = partner_from(db, "besbogda", "Cologne")
    make.make_host(db, coming, partner)
    make.make_host(db, coming, partner_from(db, "kopir", "Bonn"), accepted=False)
    asked = in_days(22, partner, db, title=LONG_TITLE)
    make.make_host(db, asked, organization, accepted=False)
    invitation = organizations.invite(db, organization, Role.EDITOR, clock.now())
    organizations.invite(
        db, organization, Role.CHECK_IN, clock.now(), f"{'long.' * 10}name@example.org"
    )
    hopeful = make.make_organization(db, "hopeful", verified=False, owner=organiser)
    domain = f"{'long-name.' * 5}example.org"
    verification.request_verification(
        db, hopeful, Method.DOMAIN, clock.now(), domain=domain, remark=LONG_WORD
    )
    soon = in_days(0, organization, db)
    here = [make.sign_up_guest(db, soon, name=f"{LONG_NAME} {number}") for number in range(3)]
    check_in.mark_here(db, soon, here[0].public_id, clock.now())
    door = f"/manage/events/{soon.slug}/check-in"
    new = f"/manage/{organization.slug}"
    event = f"/manage/events/{coming.slug}"
    translation = f"/manage/translations/event/{coming.slug}/ru"
    volunteer = translation_progress.create_share_link(
        db, ItemKind.EVENT, coming.id, "en", organiser, clock.now()
    )
    answered_slug = answered.slug
    past = f"/manage/events/{answered_slug}"
    db.flush()
    feedback.empty_box(db, answered.id, clock.now())
    return [
        Picture("organising", "/manage", "organiser"),
        Picture("organising, past events", "/manage?when=past", "organiser"),
        Picture("organising, without an organisation", "/manage", "administrator"),
        *with_errors("new event", f"{new}/events/new", "organiser", "/events"),
        Picture("edited event", f"{event}/edit", "organiser"),
        Picture("preview", f"/manage/events/{draft.slug}/preview", "organiser"),
        Picture("draft", f"/manage/events/{draft.slug}", "organiser"),
        Picture("organiser's event", event, "organiser"),
        Picture("participants", f"{event}/participants", "organiser"),
        Picture("hosts", f"{event}/hosts", "organiser"),
        Picture("hosts, asking nobody", f"{event}/hosts", "organiser", "/hosts", 422),
        Picture("invitation to hold", f"/manage/events/{asked.slug}/hosts/altyn-saqa", "organiser"),
        Picture("results", f"/manage/events/{answered_slug}/results", "member"),
        Picture("results, none yet", f"{event}/results", "member"),
        Picture("organiser's past event", past, "organiser"),
        *with_errors("new result", f"{past}/result", "organiser", "/result"),
        Picture("translations", f"{new}/translations", "organiser"),
        Picture("translation", translation, "organiser"),
        Picture("translation, with a link", translation, "organiser", "/links"),
        Picture("translation asked for", f"/translation-requests/event/{coming.slug}"),
        Picture("translation, by a volunteer", f"/translate/{volunteer}"),
        Picture("door", door, "organiser"),
        Picture("door, nobody found", f"{door}?q=xyz", "organiser"),
        *with_errors("new organisation", "/organizations/new", "member", "/organizations"),
        Picture("about the organisation", f"{new}/edit", "organiser"),
        Picture("verification", f"{new}/verification", "organiser"),
        Picture("verification, a domain", "/manage/hopeful/verification", "organiser"),
        Picture("people", f"{new}/people", "organiser"),
        Picture("people, with an invitation", f"{new}/people", "organiser", "/invitations", 422),
        Picture("invitation", f"/invitations/{invitation}", "administrator"),
        Picture("administration", "/administration", "administrator"),
        *with_errors(
            "administration, organisations",
            "/administration/organizations",
            "administrator",
            "/administration/organizations",
        ),
        *with_errors(
            "administration, people",
            "/administration/people",
            "administrator",
            "/administration/people",
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
        *with_errors(
            "administration, spelling",
            "/administration/spelling",
            "administrator",
            "/administration/spelling",
        ),
    ]


def _ban_key(db: Session, *, is_leaving: bool) -> str:
    """The secret of a letter about a ban."""
    person = make.make_person(db, LONG_NAME)
    ban = make.make_decision(db, None, by=None, measure=Measure.BAN, person=person)
    if is_leaving:
        privacy.close(db, person, clock.now())
    return new_key(db, ban)


def illustrated_pages(db: Session, stage: Stage, organization: Organization) -> list[Picture]:
    """A cover with long words, one that is high, and one whose words are still to come."""
    event = in_days(23, organization, db, title=LONG_TITLE)
    words = Translated.of("kk", kk=LONG_TITLE.localized("kk").text * 2)
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
                stage.app.state.site.storage.save(
                    f"{image.key}/{name_of(width, extension)}", encoded(drawing, kind)
                )
    path = f"/manage/images/event/{event.slug}"
    translation = f"/manage/translations/initiative/{line.slug}/ru"
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


def story_pages(
    db: Session, organization: Organization, visitors: dict[str, Person]
) -> list[Picture]:
    """Stories in every state, with everything that Markdown makes."""
    organiser, member = visitors["organiser"], visitors["member"]
    event = in_days(30, organization, db, title=LONG_TITLE)
    everything = {
        "title": LONG_TITLE,
        "body": STORY,
        "byline": LONG_NAME,
        "events": (event.slug,),
        "sources": (Source("Көкпар ережесі", f"https://example.org/{'long' * 20}"),),
        "tags": ("games", "history"),
    }
    story = make.make_story(db, organization, organiser, **everything)
    author_pages.introduce(db, organiser, LONG_NAME, clock.now())
    question = make.make_comment(db, story, organiser, LONG_TITLE.localized("kk").text)
    make.make_comment(db, story, organiser, "Рақмет!", answers=question.public_id)
    make.make_comment(db, story, member, LONG_WORD, byline=LONG_NAME)
    changed = replace(stories.details_of(db, story), body=Translated.of("kk", kk="Басқаша."))
    stories.save(db, story, everything_of(changed, STORY), story.revision, organiser, clock.now())
    draft = make.make_story(db, organization, organiser, published=False, **everything)
    stories.save(db, draft, changed, draft.revision, member, clock.now())
    typed = values_of(everything_of(changed, STORY), draft.revision - 1)
    autosave.save(db, draft, organiser, typed, draft.revision, clock.now())
    own = make.make_own_story(db, member, title=LONG_TITLE)
    handed_in = make.make_own_story(db, member, submitted=True, to=organization, **everything)
    returned = make.make_own_story(db, member, submitted=True)
    workflow.request_changes(db, returned, LONG_WORD, make.story_url, clock.now())
    proposed = make.make_own_story(db, member, to=organization, published=True, title=LONG_TITLE)
    make.make_proposal(db, proposed, member, body_kk="Басқаша болды.", byline=LONG_NAME)
    page, desk = f"/stories/{story.slug}", f"/writing/stories/{draft.slug}"
    author = author_pages.author_of(db, organiser)
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
        *with_errors("new story", "/writing/new", "organiser", "/writing"),
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


def moderation_pages(db: Session, visitors: dict[str, Person]) -> list[Picture]:
    editor, moderator, now = visitors["member"], visitors["moderator"], clock.now()
    organization = make.make_organization(db, "reported", editor=editor)
    organization.city = "Bremen"
    events = [in_days(days, organization, db, title=LONG_TITLE) for days in (9, 10, 11)]
    reports = [
        make.make_report(db, organization, event, text=LONG_TITLE.localized("kk").text * 3)
        for event in events
    ]
    cases = [case_for(db, moderator, report.public_id) for report in reports]
    for case in cases[1:]:
        moderation.claim(db, moderator, case, now)
    verdict = moderation.Verdict(Measure.HIDE, Reason.FALSE, LONG_TITLE.localized("ru").text)
    hidden = moderation.decide(db, moderator, cases[2], verdict, now, make.decision_url)
    proposed = make.make_decision(db, organization, by=moderator, measure=Measure.SUSPEND)
    warned = make.make_decision(db, organization, by=moderator, measure=Measure.WARN)
    appeals.appeal(
        db, concerning(db, editor, warned.public_id), LONG_TITLE.localized("ru").text, "ru", now
    )
    story = make.make_story(db, organization, editor, title=LONG_TITLE, comments=CommentMode.OPEN)
    make.make_image(db, story, kind=ItemKind.STORY, alt=LONG_TITLE)
    comment = make.make_comment(
        db, story, editor, LONG_TITLE.localized("kk").text * 3, byline=LONG_NAME
    )
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
        *with_errors("claimed report", f"{case}/{reports[1].public_id}", "moderator", "/decision"),
        Picture("proposal", f"/moderation/decisions/{proposed.public_id}", "administrator"),
        Picture("appealed decision", f"/moderation/decisions/{warned.public_id}", "administrator"),
        *with_errors("decision", f"/decisions/{hidden.public_id}", "member", "/appeal"),
        Picture("decision, appealed", f"/decisions/{warned.public_id}", "member"),
        Picture("decision, of a ban", f"/decisions/{ban_key}"),
        Picture("decision, of a ban, leaving", f"/decisions/{leaving_key}"),
        Picture("organising, with decisions", "/manage", "member"),
        Picture("contact, nobody to read it", "/organizations/nobodys/contact"),
        Picture("hidden event", f"/events/{events[2].slug}", "member"),
        Picture("moderation log", "/moderation-log"),
    ]
