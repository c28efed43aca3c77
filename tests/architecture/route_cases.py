"""For every route the addresses and forms to try it with, and the answer to whoever may use it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from portal.core import clock
from tests.architecture.world import World
from tests.forms import (
    event_fields,
    feedback_fields,
    initiative_fields,
    organization_fields,
    result_fields,
    story_fields,
)
from tests.sample_images import picture_file

WORD = {"script": "kk-Latn", "word": "saka", "written": "saqa"}
CORRECTED = {"script": "kk-Latn", "word": "сақа", "written": "saqa"}


@dataclass(frozen=True)
class Try:
    """How a route is tried: its path values, its form, and what whoever may use it gets."""

    values: Callable[[World], dict[str, str]] = lambda _world: {}
    form: dict[str, Any] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    files: dict[str, Any] = field(default_factory=dict)
    status: int | None = None  # 200 for a page and 303 for a form unless said otherwise

    def expected(self, method: str) -> int:
        """The answer to whoever may."""
        return self.status or (200 if method == "GET" else 303)


def _files(
    make: Callable[[World], dict[str, str]], form: str = "csv"
) -> Callable[[World], dict[str, str]]:
    return lambda world: make(world) | {"form": form}


def _illustrated(world: World) -> dict[str, str]:
    return world.event() | {"kind": "event"}


def _served(world: World) -> dict[str, str]:
    return {"key": world.picture()["key"], "width": "480", "extension": "webp"}


def _draft(world: World) -> dict[str, str]:
    return world.event(published=False)


def _draft_line(world: World) -> dict[str, str]:
    return world.initiative(published=False)


def _line_to_hold(world: World) -> dict[str, str]:
    return world.shared_initiative(accepted=False, founded=False)


def _held_line(world: World) -> dict[str, str]:
    return world.shared_initiative(accepted=True, founded=True)


def _invitation_to_hold(world: World) -> dict[str, str]:
    return world.hosted(accepted=False, founded=False)


def _joined_host(world: World) -> dict[str, str]:
    return world.hosted(accepted=True, founded=True)


def _answerable(world: World) -> dict[str, str]:
    return world.held_pass(starts_at=clock.now() - timedelta(hours=3))


def _organization(_world: World) -> dict[str, str]:
    return {"organization": "ours"}


def _about(_world: World) -> dict[str, str]:
    return {"page": "about"}


def _purpose(_world: World) -> dict[str, str]:
    return {"purpose": "other_events"}


def _open_report(world: World) -> dict[str, str]:
    return world.report(claimed=False)


def _appealed(world: World) -> dict[str, str]:
    return world.decision(appealed=True)


def _about_ours(world: World) -> dict[str, str]:
    return world.decision(about=world.ours)


def _another_administrator(world: World) -> dict[str, str]:
    return world.somebody(is_administrator=True)


PO_FILE = 'msgid ""\nmsgstr ""\n\nmsgctxt "title:0"\nmsgid "Домбыра кеші"\nmsgstr "Вечер домбры"\n'


def _story_draft(world: World) -> dict[str, str]:
    return world.story(published=False)


def _story_handed_in(world: World) -> dict[str, str]:
    return world.own_story(submitted=True)


def _first_version(world: World) -> dict[str, str]:
    return _story_draft(world) | {"number": "1"}


ROLE = {"role": "editor"}
OUR_NAMES = {"name_ru": "Алтын сака", "name_en": "Altyn saqa"}
MESSAGE = {"email": "dana@example.org", "message": "Сәлеметсіз бе!"}
PAGE = {"original": "kk", "title_kk": "Біз", "body_kk": "Біз осындамыз."}
GUEST = {"name": "Dana", "email": "dana@example.org"}

TRIES: dict[str, Try] = {
    "home.root": Try(status=302),
    "home": Try(),
    "site_pages.privacy": Try(),
    "site_pages.about": Try(),
    "site_pages.rules": Try(),
    "site_pages.contact": Try(),
    "history.page": Try(lambda _world: {"slug": "about"}),
    "events.index": Try(),
    "events.show": Try(World.event),
    "events.file": Try(World.event),
    "history.event": Try(World.event),
    "initiatives.index": Try(),
    "initiatives.show": Try(World.initiative),
    "history.initiative": Try(World.initiative),
    "following.create": Try(World.initiative),
    "following.end": Try(World.initiative),
    # It is not quiet.
    "following.ask": Try(World.initiative, status=409),
    "following.index": Try(),
    "following.stop": Try(lambda _world: {"key": "nobodys-key"}, status=404),
    "following.leave": Try(lambda _world: {"key": "nobodys-key"}, status=404),
    "following.left": Try(),
    "initiative_editing.new": Try(_organization),
    "initiative_editing.create": Try(_organization, {"original": "kk", "title": "Ана тілі"}),
    "initiative_editing.edit": Try(World.initiative),
    "initiative_editing.update": Try(World.initiative, initiative_fields()),
    "initiative_editing.preview": Try(_draft_line),
    "initiative_organizing.show": Try(World.initiative),
    "initiative_organizing.publish": Try(_draft_line),
    "initiative_organizing.stage": Try(World.initiative, {"stage": "planned"}),
    "initiative_organizing.add_step": Try(World.initiative, {"text_kk": "Оқулық"}),
    "initiative_organizing.finish_step": Try(World.step),
    "initiative_organizing.remove_step": Try(World.step),
    "initiative_hosts.index": Try(World.initiative),
    "initiative_hosts.invite": Try(World.initiative, {"organization": "theirs"}),
    "initiative_hosts.accept": Try(_line_to_hold),
    "initiative_hosts.decline": Try(_line_to_hold),
    "initiative_hosts.end": Try(_held_line),
    "closings.edit": Try(World.initiative),
    "closings.update": Try(World.initiative, result_fields()),
    "closings.report": Try(World.initiative),
    "closings.file": Try(_files(World.initiative)),
    "history.organization": Try(lambda _world: {"slug": "ours"}),
    "history.story": Try(World.story),
    "stories.index": Try(),
    "search.show": Try(),
    "search.suggest": Try(),
    "search.describe": Try(),
    "stories.show": Try(World.story),
    "comments.create": Try(World.story, {"text": "Рақмет!"}),
    "comments.remove": Try(World.comment),
    "comments.show": Try(World.comment),
    "comments.hide": Try(World.comment),
    "authors.show": Try(World.author),
    "authors.edit": Try(),
    "authors.update": Try(form={"byline": "Aqqu"}),
    "authors.retire": Try(),
    "writing.index": Try(),
    "writing.new": Try(),
    "writing.create": Try(form={"original": "kk", "title": "Көкпар"}),
    "writing.edit": Try(_story_draft),
    "writing.update": Try(_story_draft, story_fields()),
    "writing.preview": Try(_story_draft, story_fields(), status=200),
    "writing.keep": Try(_story_draft, story_fields(), status=204),
    "writing.let_go": Try(_story_draft),
    "desk.show": Try(World.story),
    "desk.submit": Try(World.own_story),
    "desk.withdraw": Try(_story_handed_in),
    "desk.accept": Try(_story_handed_in),
    "desk.give_back": Try(_story_handed_in, {"note": "Дереккөз керек."}),
    "desk.publish": Try(_story_draft),
    "desk.throw_away": Try(_story_draft),
    "desk.versions": Try(World.story),
    "desk.bring_back": Try(_first_version, {"revision": "1"}),
    "proposals.show": Try(World.story_changes),
    "proposals.accept": Try(World.story_changes, {"seen": "3-1"}),
    "proposals.give_back": Try(World.story_changes, {"seen": "3-1", "note": "Дереккөз керек."}),
    "proposals.take_back": Try(World.story_changes),
    "calendar.show": Try(),
    "calendar.month": Try(lambda _world: {"month": "2027-04"}),
    "calendar.feed": Try(),
    "feeds.site": Try(),
    "feeds.topic": Try(lambda _world: {"tag": "music"}),
    "feeds.organization": Try(lambda _world: {"slug": "ours"}),
    "feeds.author": Try(World.author),
    "social_cards.events": Try(World.event),
    "social_cards.stories": Try(World.story),
    "social_cards.initiatives": Try(World.initiative),
    "social_cards.organizations": Try(lambda _world: {"slug": "ours"}),
    "tags.show": Try(lambda _world: {"tag": "music"}),
    "sitemap.index": Try(),
    "sitemap.part": Try(lambda _world: {"number": "1"}),
    "registrations.create": Try(World.event, GUEST),
    "registrations.sent": Try(World.event),
    "passes.index": Try(),
    "passes.show": Try(World.held_pass),
    "passes.confirm": Try(World.held_pass),
    "passes.cancel": Try(World.held_pass),
    "passes.reminders": Try(World.held_pass),
    "passes.discretion": Try(World.held_pass, {"wanted": "yes"}),
    "passes.archive": Try(World.held_pass, status=200),
    "passes.erase": Try(World.held_pass),
    "passes.erased": Try(),
    "passes.join": Try(World.held_pass),
    # Whoever has not pressed the join button is led back to the pass.
    "passes.room": Try(World.held_pass, status=303),
    "passes.file": Try(World.held_pass),
    "feedback.new": Try(_answerable),
    "feedback.create": Try(_answerable, feedback_fields()),
    "feedback.thanks": Try(_answerable),
    "organizations.index": Try(),
    "organizations.show": Try(lambda _world: {"slug": "ours"}),
    "organizations.feed": Try(lambda _world: {"slug": "ours"}),
    "decisions.show": Try(_about_ours),
    "decisions.appeal": Try(_about_ours, {"text": "It is not so."}),
    "decisions.archive": Try(World.ban, status=200),
    "decisions.close": Try(World.ban),
    "decisions.come_back": Try(World.ban),
    "contact.new": Try(lambda _world: {"slug": "ours"}),
    "contact.create": Try(lambda _world: {"slug": "ours"}, MESSAGE),
    "contact.sent": Try(lambda _world: {"slug": "ours"}),
    "sign_in.new": Try(),
    "sign_in.create": Try(),
    "sign_in.end": Try(),
    "sign_in.callback": Try(status=400),
    "sign_in.provider_callback": Try(lambda _world: {"provider": "google"}, status=400),
    # The letters are off in this world: whoever asks for one is led back to the ways there are.
    "sign_in_links.create": Try(form={"email": "dana@example.org"}),
    "sign_in_links.sent": Try(),
    "sign_in_links.show": Try(lambda _world: {"token": "a-token-of-nobody"}),
    "sign_in_links.use": Try(lambda _world: {"token": "a-token-of-nobody"}, status=400),
    "sign_in_links.enter_code": Try(form={"code": "0000-0000"}),
    "sign_in_links.choice": Try(),
    "sign_in_links.start_anew": Try(status=400),
    "ways.index": Try(),
    "ways.add": Try(form={"provider": "nobody"}, status=404),
    "ways.add_email": Try(form={"email": "dana@example.org"}),
    "ways.remove": Try(lambda _world: {"way": "999999"}, status=404),
    "profile.edit": Try(),
    "profile.update": Try(form={"name": "Dana", "language": "kk"}),
    # Nobody's session and nobody's passkey: not found, whoever asks.
    "sessions.index": Try(),
    "sessions.end": Try(lambda _world: {"session": "nobodys-session"}, status=404),
    "sessions.end_others": Try(),
    # Who has none is led to where one is set up.
    "second_factor.show": Try(),
    "second_factor.use": Try(form={"code": "123456"}),
    "second_factor.begin_app": Try(),
    "second_factor.app": Try(),
    "second_factor.confirm_app": Try(form={"code": "wrong"}, status=422),
    "second_factor.remove_app": Try(),
    "second_factor.renew_codes": Try(),
    "passkeys.offer_to_add": Try(status=200),
    "passkeys.add": Try(form={"credential": "{}"}),
    "passkeys.offer_to_use": Try(status=200),
    "passkeys.use": Try(form={"credential": "{}"}),
    "passkeys.remove": Try(lambda _world: {"key": "nobodys-passkey"}, status=404),
    "account.consents": Try(),
    "account.consent": Try(_purpose),
    "account.withdraw": Try(_purpose),
    "account.archive": Try(status=200),
    "account.deletion": Try(),
    "account.closed": Try(),
    "account.way_back": Try(),
    "account.come_back": Try(),
    "time_zone.edit": Try(),
    "time_zone.update": Try(form={"time_zone": "Europe/Berlin"}),
    "organizing.index": Try(),
    "editing.new": Try(_organization),
    "editing.create": Try(_organization, event_fields()),
    "organizing.show": Try(World.event),
    "editing.edit": Try(World.event),
    "editing.update": Try(World.event, event_fields()),
    "editing.preview": Try(_draft),
    "translating.edit": Try(World.translation),
    "translating.update": Try(World.translation),
    "translating.hand_out": Try(World.translation, status=200),
    "translating.withdraw": Try(World.handed_out),
    "translating.draft": Try(World.translation, status=409),  # there is no machine
    "translating.file": Try(_files(World.translation, "po")),
    "translating.import_file": Try(World.translation, {"po": PO_FILE}),
    "volunteering.file": Try(_files(World.volunteering, "xlf")),
    "volunteering.import_file": Try(World.volunteering, {"po": PO_FILE}),
    "translations.index": Try(_organization),
    "translation_requests.create": Try(World.asked_for),
    "translation_requests.sent": Try(World.asked_for),
    "volunteering.edit": Try(World.volunteering),
    "volunteering.update": Try(World.volunteering),
    "door.index": Try(World.event),
    "door.mark": Try(World.expected),
    "door.unmark": Try(World.expected),
    "organizing.publish": Try(_draft),
    "organizing.postpone": Try(World.event),
    "organizing.cancel": Try(World.event),
    "organizing.duplicate": Try(World.event),
    "hosts.index": Try(World.event),
    "hosts.invite": Try(World.event, {"organization": "theirs"}),
    "hosts.show": Try(_invitation_to_hold),
    "hosts.accept": Try(_invitation_to_hold),
    "hosts.decline": Try(_invitation_to_hold),
    "hosts.end": Try(_joined_host),
    "images.index": Try(_illustrated),
    "images.create": Try(
        _illustrated, {"alt_kk": "Домбыра"}, files={"picture": ("x", picture_file())}
    ),
    "images.edit": Try(World.picture),
    "images.update": Try(World.picture, {"alt_kk": "Домбыра"}),
    "images.cover": Try(World.picture),
    "images.uncover": Try(World.picture),
    "images.move": Try(World.picture, {"to": "later"}),
    "images.remove": Try(World.picture),
    "images.show": Try(_served),
    "results.show": Try(World.finished),
    "result_cards.index": Try(),
    "result_cards.edit": Try(World.over),
    "result_cards.update": Try(World.over, result_fields()),
    "participants.index": Try(World.finished),
    "participants.file": Try(_files(World.finished), status=200),
    "results.answers_file": Try(_files(World.finished)),
    "people.index": Try(_organization),
    "people.invite": Try(_organization, ROLE, status=200),
    "people.change": Try(World.colleague, ROLE),
    "people.dismiss": Try(World.colleague),
    "reports.new": Try(query={"item": "organization:ours"}),
    "reports.create": Try(form={"item": "organization:ours", "reason": "spam"}),
    "reports.sent": Try(),
    "moderation.index": Try(),
    "moderation.show": Try(World.report),
    "moderation.claim": Try(_open_report),
    "moderation.note": Try(World.report, {"note": "Ask them."}),
    "moderation.decide": Try(World.report, {"measure": "dismiss", "decided_reason": "spam"}),
    "rulings.show": Try(World.decision),
    "rulings.confirm": Try(World.proposal),
    "rulings.reverse": Try(World.decision),
    "rulings.answer": Try(_appealed, {"answer": "uphold"}),
    "moderation_log.index": Try(),
    "site_pages.index": Try(),
    "site_pages.edit": Try(_about),
    "site_pages.update": Try(_about, PAGE),
    "site_pages.preview": Try(_about, PAGE, status=200),
    "spelling.new": Try(),
    "spelling.create": Try(form=WORD),
    "spelling.sent": Try(),
    "spelling.index": Try(),
    "spelling.correct": Try(form=CORRECTED),
    "spelling.forget": Try(World.correction),
    "spelling.settle": Try(World.doubtful_word),
    "spelling.item": Try(World.asked_for),
    "spelling.correct_item": Try(World.asked_for, CORRECTED),
    "spelling.forget_item": Try(World.own_correction),
    "operating.show": Try(),
    "operating.settings": Try(),
    "operating.change": Try(form={"welcome_en": "Welcome"}),
    "offices.index": Try(),
    "offices.search": Try(form={"email": "dana@example.org"}, status=200),
    "offices.appoint": Try(World.somebody, {"office": "moderator"}),
    "offices.relieve": Try(_another_administrator, {"office": "administrator"}),
    "offices.ban": Try(World.somebody, {"reason": "spam"}),
    "offices.lift_ban": Try(World.banned),
    "people.take_back": Try(World.open_invitation),
    "people.leave": Try(World.left),
    "people.hand_over": Try(World.handed_over),
    "invitations.show": Try(World.invitation),
    "invitations.accept": Try(World.invitation),
    "founding.new": Try(),
    "founding.create": Try(form=organization_fields(slug="new-one", name_kk="Жаңа бірлестік")),
    "founding.edit": Try(_organization),
    # As it is called already: what becomes another could not vouch any more.
    "founding.update": Try(_organization, organization_fields(**OUR_NAMES)),
    "verification.show": Try(_organization),
    "verification.ask": Try(World.unverified, {"method": "document"}),
    # There is no domain to look at, so that nobody is asked.
    "verification.prove": Try(World.unverified, status=409),
    "verification.vouch": Try(_organization, {"vouched_for": "hopeful"}),
    "errands.new": Try(_organization),
    "errands.create": Try(_organization, {"errand": "asked"}),
    "administration.show": Try(),
    "administration.found": Try(form=organization_fields(name_kk="Тағы бір бірлестік")),
    "administration.verify": Try(World.unverified, {"method": "document", "months": "12"}),
    "administration.decline": Try(World.unverified, {"ground": "unproved"}),
    "administration.withdraw": Try(World.left, {"ground": "rules"}),
    "health.alive": Try(),
    "health.ready": Try(),
    "sitemap.robots": Try(),
    # Who has no setting, no report and no token finds nothing there, whoever it is.
    "monitoring.security": Try(status=404),
    "monitoring.csp_report": Try(status=415),
    "monitoring.metrics": Try(status=404),
    # The last one: whoever may do it is signed out.
    # Whoever comes here has founded an organisation on the way, and has to hand it over first.
    "account.close": Try(status=409),
    "static": Try(),
}
