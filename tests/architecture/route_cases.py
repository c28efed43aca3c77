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

WORD = {"script": "kk-Latn", "word": "saka", "output": "saqa"}
CORRECTED = {"script": "kk-Latn", "word": "сақа", "output": "saqa"}


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
    "follows.create": Try(World.initiative),
    "follows.end": Try(World.initiative),
    # It is not quiet.
    "follows.request_activity": Try(World.initiative, status=409),
    "follows.index": Try(),
    "follows.stop": Try(lambda _world: {"key": "nobodys-key"}, status=404),
    "follows.leave": Try(lambda _world: {"key": "nobodys-key"}, status=404),
    "follows.left": Try(),
    "initiatives.new": Try(_organization),
    "initiatives.create": Try(_organization, {"original": "kk", "title": "Ана тілі"}),
    "initiatives.edit": Try(World.initiative),
    "initiatives.update": Try(World.initiative, initiative_fields()),
    "initiatives.preview": Try(_draft_line),
    "initiatives.manage": Try(World.initiative),
    "initiatives.publish": Try(_draft_line),
    "initiatives.stage": Try(World.initiative, {"stage": "planned"}),
    "initiatives.add_step": Try(World.initiative, {"text_kk": "Оқулық"}),
    "initiatives.finish_step": Try(World.step),
    "initiatives.remove_step": Try(World.step),
    "initiative_hosts.index": Try(World.initiative),
    "initiative_hosts.invite": Try(World.initiative, {"organization": "theirs"}),
    "initiative_hosts.accept": Try(_line_to_hold),
    "initiative_hosts.decline": Try(_line_to_hold),
    "initiative_hosts.end": Try(_held_line),
    "closing_reports.edit": Try(World.initiative),
    "closing_reports.update": Try(World.initiative, result_fields()),
    "closing_reports.report": Try(World.initiative),
    "closing_reports.file": Try(_files(World.initiative)),
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
    "authors.unpublish": Try(),
    "my_stories.index": Try(),
    "my_stories.new": Try(),
    "my_stories.create": Try(form={"original": "kk", "title": "Көкпар"}),
    "my_stories.edit": Try(_story_draft),
    "my_stories.update": Try(_story_draft, story_fields()),
    "my_stories.preview": Try(_story_draft, story_fields(), status=200),
    "my_stories.autosave": Try(_story_draft, story_fields(), status=204),
    "my_stories.discard": Try(_story_draft),
    "workflow.show": Try(World.story),
    "workflow.submit": Try(World.own_story),
    "workflow.withdraw": Try(_story_handed_in),
    "workflow.accept": Try(_story_handed_in),
    "workflow.request_changes": Try(_story_handed_in, {"note": "Дереккөз керек."}),
    "workflow.publish": Try(_story_draft),
    "workflow.delete": Try(_story_draft),
    "workflow.versions": Try(World.story),
    "workflow.restore": Try(_first_version, {"revision": "1"}),
    "change_requests.show": Try(World.story_changes),
    "change_requests.accept": Try(World.story_changes, {"seen": "3-1"}),
    "change_requests.decline": Try(World.story_changes, {"seen": "3-1", "note": "Дереккөз керек."}),
    "change_requests.withdraw": Try(World.story_changes),
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
    "decisions.reactivate": Try(World.ban),
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
    "identities.index": Try(),
    "identities.add": Try(form={"provider": "nobody"}, status=404),
    "identities.add_email": Try(form={"email": "dana@example.org"}),
    "identities.remove": Try(lambda _world: {"way": "999999"}, status=404),
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
    "passkeys.registration_options": Try(status=200),
    "passkeys.add": Try(form={"credential": "{}"}),
    "passkeys.challenge": Try(status=200),
    "passkeys.use": Try(form={"credential": "{}"}),
    "passkeys.remove": Try(lambda _world: {"key": "nobodys-passkey"}, status=404),
    "account.consents": Try(),
    "account.consent": Try(_purpose),
    "account.withdraw": Try(_purpose),
    "account.archive": Try(status=200),
    "account.deletion": Try(),
    "account.closed": Try(),
    "account.reactivation": Try(),
    "account.reactivate": Try(),
    "time_zone.edit": Try(),
    "time_zone.update": Try(form={"time_zone": "Europe/Berlin"}),
    "manage.index": Try(),
    "events.new": Try(_organization),
    "events.create": Try(_organization, event_fields()),
    "manage.show": Try(World.event),
    "events.edit": Try(World.event),
    "events.update": Try(World.event, event_fields()),
    "events.preview": Try(_draft),
    "translations.edit": Try(World.translation),
    "translations.update": Try(World.translation),
    "translations.create_share_link": Try(World.translation, status=200),
    "translations.withdraw": Try(World.handed_out),
    "translations.draft": Try(World.translation, status=409),  # there is no machine
    "translations.file": Try(_files(World.translation, "po")),
    "translations.import_file": Try(World.translation, {"po": PO_FILE}),
    "shared_translations.file": Try(_files(World.volunteering, "xlf")),
    "shared_translations.import_file": Try(World.volunteering, {"po": PO_FILE}),
    "translations.index": Try(_organization),
    "translation_requests.create": Try(World.asked_for),
    "translation_requests.sent": Try(World.asked_for),
    "shared_translations.edit": Try(World.volunteering),
    "shared_translations.update": Try(World.volunteering),
    "check_in.index": Try(World.event),
    "check_in.create": Try(World.expected),
    "check_in.undo": Try(World.expected),
    "manage.publish": Try(_draft),
    "manage.postpone": Try(World.event),
    "manage.cancel": Try(World.event),
    "manage.duplicate": Try(World.event),
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
    "event_reports.show": Try(World.finished),
    "results.index": Try(),
    "results.edit": Try(World.over),
    "results.update": Try(World.over, result_fields()),
    "participants.index": Try(World.finished),
    "participants.file": Try(_files(World.finished), status=200),
    "event_reports.answers_file": Try(_files(World.finished)),
    "members.index": Try(_organization),
    "members.invite": Try(_organization, ROLE, status=200),
    "members.change": Try(World.colleague, ROLE),
    "members.remove": Try(World.colleague),
    "reports.new": Try(query={"item": "organization:ours"}),
    "reports.create": Try(form={"item": "organization:ours", "reason": "spam"}),
    "reports.sent": Try(),
    "moderation.index": Try(),
    "moderation.show": Try(World.report),
    "moderation.claim": Try(_open_report),
    "moderation.set_note": Try(World.report, {"note": "Ask them."}),
    "moderation.decide": Try(World.report, {"measure": "dismiss", "decided_reason": "spam"}),
    "decision_reviews.show": Try(World.decision),
    "decision_reviews.confirm": Try(World.proposal),
    "decision_reviews.reverse": Try(World.decision),
    "decision_reviews.answer": Try(_appealed, {"answer": "uphold"}),
    "audit_log.index": Try(),
    "site_pages.index": Try(),
    "site_pages.edit": Try(_about),
    "site_pages.update": Try(_about, PAGE),
    "site_pages.preview": Try(_about, PAGE, status=200),
    "script_corrections.new": Try(),
    "script_corrections.create": Try(form=WORD),
    "script_corrections.sent": Try(),
    "script_corrections.index": Try(),
    "script_corrections.correct": Try(form=CORRECTED),
    "script_corrections.forget": Try(World.correction),
    "script_corrections.settle": Try(World.doubtful_word),
    "script_corrections.item": Try(World.asked_for),
    "script_corrections.correct_item": Try(World.asked_for, CORRECTED),
    "script_corrections.forget_item": Try(World.own_correction),
    "admin.show": Try(),
    "admin.settings": Try(),
    "admin.change": Try(form={"welcome_en": "Welcome"}),
    "staff.index": Try(),
    "staff.search": Try(form={"email": "dana@example.org"}, status=200),
    "staff.grant_role": Try(World.somebody, {"role": "moderator"}),
    "staff.revoke_role": Try(_another_administrator, {"role": "administrator"}),
    "staff.ban": Try(World.somebody, {"reason": "spam"}),
    "staff.lift_ban": Try(World.banned),
    "members.revoke_invitation": Try(World.open_invitation),
    "members.leave": Try(World.left),
    "members.transfer_ownership": Try(World.handed_over),
    "invitations.show": Try(World.invitation),
    "invitations.accept": Try(World.invitation),
    "organizations.new": Try(),
    "organizations.create": Try(form=organization_fields(slug="new-one", name_kk="Жаңа бірлестік")),
    "organizations.edit": Try(_organization),
    # As it is called already: what becomes another could not vouch any more.
    "organizations.update": Try(_organization, organization_fields(**OUR_NAMES)),
    "verification.show": Try(_organization),
    "verification.request": Try(World.unverified, {"method": "document"}),
    # There is no domain to look at, so that nobody is asked.
    "verification.prove": Try(World.unverified, status=409),
    "verification.endorse": Try(_organization, {"vouched_for": "hopeful"}),
    "admin_access.new": Try(_organization),
    "admin_access.create": Try(_organization, {"reason": "asked"}),
    "admin_organizations.show": Try(),
    "admin_organizations.create": Try(form=organization_fields(name_kk="Тағы бір бірлестік")),
    "admin_organizations.verify": Try(World.unverified, {"method": "document", "months": "12"}),
    "admin_organizations.decline": Try(World.unverified, {"ground": "unproved"}),
    "admin_organizations.withdraw": Try(World.left, {"ground": "rules"}),
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
