"""Everything held about somebody as one file: a page to read, and JSON for programs."""

import json
from datetime import datetime
from io import BytesIO
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZipFile

from starlette.responses import Response

from portal.core.time_zones import wall_of
from portal.domain.events.vocabulary import TAGS
from portal.domain.moderation.rules import MEASURES, REASONS
from portal.domain.privacy.export import Holdings
from portal.i18n import dates
from portal.i18n.countries import is_country
from portal.i18n.locale import gettext as _
from portal.i18n.locale import gettext_lazy, pgettext_lazy
from portal.i18n.script_output import as_typed
from portal.templating.environment import render
from portal.web.components.decision_texts import DECISION_STATUSES, PROGRESS
from portal.web.components.roles import ROLES
from portal.web.http import Context
from portal.web.http.downloads import download
from portal.web.http.layout import site_name

HEADINGS: Final = {
    "profile": gettext_lazy("My page"),
    "identities": gettext_lazy("How sign-in services know you"),
    "second_factors": gettext_lazy("Your second factor"),
    "sessions": gettext_lazy("Where you are signed in"),
    "sign_in_links": gettext_lazy("Links by e-mail that were asked for lately"),
    "memberships": gettext_lazy("Organisations"),
    "founded": gettext_lazy("Organisations you founded"),
    "invitations": gettext_lazy("What you are invited to"),
    "invitations_made": gettext_lazy("What you have invited others to"),
    "endorsements": gettext_lazy("For whom you vouched"),
    "decisions": gettext_lazy("Decisions of the moderators about you"),
    "claimed_reports": gettext_lazy("Reports you took on as a moderator"),
    "decisions_made": gettext_lazy("Decisions you made as a moderator"),
    "sign_ups": gettext_lazy("What you signed up for"),
    "participant_exports": gettext_lazy("Lists of participants you took along"),
    "images": gettext_lazy("Pictures you added"),
    "stories": gettext_lazy("What you have written"),
    "comments": gettext_lazy("What you have commented"),
    "following": gettext_lazy("Initiatives you follow"),
    "questions": gettext_lazy("What you asked of quiet initiatives"),
    "consents": gettext_lazy("What you agreed to"),
    "letters": gettext_lazy("Letters to you"),
}
LABELS: Final = {
    "about": gettext_lazy("About"),
    "acted_at": gettext_lazy("Last form sent"),
    "added_at": gettext_lazy("Added"),
    "address": gettext_lazy("E-mail"),
    "administrator": gettext_lazy("Administrator"),
    "answered_at": gettext_lazy("Answered"),
    "app": gettext_lazy("App with codes"),
    "appeal": gettext_lazy("Your appeal"),
    "appeal_granted": gettext_lazy("Appeal granted"),
    "appealed_at": gettext_lazy("Appealed"),
    "as_second": gettext_lazy("As the second person"),
    "asked_at": gettext_lazy("Asked whether you still want the account"),
    "asked_about_at": gettext_lazy("Asked"),
    "asked_for_at": gettext_lazy("Asked for"),
    "banned_at": gettext_lazy("Banned"),
    "author_page": gettext_lazy("Your page as an author"),
    "browser": gettext_lazy("Browser"),
    "byline": gettext_lazy("Name shown with it"),
    "city": gettext_lazy("City"),
    "claimed_at": gettext_lazy("Taken on at"),
    "closed_at": gettext_lazy("Account closed"),
    "confirmed_at": gettext_lazy("Confirmed"),
    "country": gettext_lazy("Country"),
    "decided_at": gettext_lazy("Decided"),
    "discreet": gettext_lazy("Discreet letters"),
    "event": gettext_lazy("Event"),
    "expires_at": gettext_lazy("Ends"),
    "format": gettext_lazy("Format"),
    "founded_at": gettext_lazy("Founded"),
    "gave_feedback": gettext_lazy("Gave feedback (what you answered does not lead to you)"),
    "given_at": gettext_lazy("Agreed"),
    "held_until": gettext_lazy("Held until"),
    "initiative": gettext_lazy("Initiative"),
    "interests": gettext_lazy("Interests"),
    "invited_at": gettext_lazy("Invited on"),
    "issuer": gettext_lazy("Sign-in service"),
    "saved_at": gettext_lazy("Kept"),
    "language": gettext_lazy("Language"),
    "last_seen_at": gettext_lazy("Day of the last sign-in"),
    "measure": gettext_lazy("Decision"),
    "member_since": gettext_lazy("Since"),
    "moderator": gettext_lazy("Moderator"),
    "name": gettext_lazy("Name"),
    "open": gettext_lazy("Can still be accepted"),
    "organization": gettext_lazy("Organisation"),
    "passkey": gettext_lazy("Passkey"),
    "people": gettext_lazy("People in it"),
    "picture": gettext_lazy("Picture"),
    "progress": gettext_lazy("State"),
    "reason": gettext_lazy("Reason"),
    "proposed": gettext_lazy("Proposed and not answered yet"),
    "proposed_at": gettext_lazy("Proposed"),
    "published_at": gettext_lazy("Published"),
    "recovery_codes": gettext_lazy("Recovery codes left"),
    "reminders": gettext_lazy("Reminders"),
    "reported_at": gettext_lazy("Reported"),
    "role": gettext_lazy("Role"),
    "second_factor_at": gettext_lazy("Second factor passed"),
    "sent_at": gettext_lazy("Sent"),
    "signed_up_at": gettext_lazy("Signed up"),
    "since": gettext_lazy("Account since"),
    "spoken": gettext_lazy("Languages you speak"),
    "started_at": gettext_lazy("Since"),
    "starts_at": gettext_lazy("Start"),
    "state": gettext_lazy("State"),
    "status": gettext_lazy("Place"),
    "story": gettext_lazy("Story"),
    "subject": gettext_lazy("Known there as"),
    "exported_at": gettext_lazy("Taken along"),
    "text": gettext_lazy("Text"),
    "texts": gettext_lazy("Texts"),
    "time_zone": gettext_lazy("Time zone"),
    "title": gettext_lazy("Title"),
    "took_part_at": gettext_lazy("Opened the room"),
    "tries": gettext_lazy("Wrong codes"),
    "used_at": gettext_lazy("Used"),
    "version": gettext_lazy("Version of the text"),
    "vouched_at": gettext_lazy("Vouched"),
    "vouched_for": gettext_lazy("For"),
    "way": gettext_lazy("Way to sign in"),
    "withdrawn_at": gettext_lazy("Taken back"),
    "words": gettext_lazy("What the moderators wrote to you"),
    "unsaved": gettext_lazy("Typed and not saved"),
    "posted_at": gettext_lazy("Written"),
}
# Lists of whole texts, which no comma could join.
_PARAGRAPHS: Final = {"texts", "unsaved", "proposed"}
# What codes mean; others are shown as they are kept.
WORDS: Final = {
    ("status", "confirmed"): gettext_lazy("Confirmed"),
    ("status", "waitlisted"): gettext_lazy("Waiting list"),
    ("status", "cancelled"): gettext_lazy("Given back"),
    ("state", "queued"): pgettext_lazy("a letter", "On its way"),
    ("state", "sent"): gettext_lazy("Sent"),
    ("state", "undelivered"): gettext_lazy("Could not be delivered"),
    ("state", "dropped"): gettext_lazy("Not needed any more"),
    **{
        (name, code.value): words
        for name, table in (
            *(("role", ROLES), ("measure", MEASURES), ("reason", REASONS)),
            *(("state", DECISION_STATUSES), ("progress", PROGRESS)),
        )
        for code, words in table.items()
    },
    ("state", "draft"): gettext_lazy("Draft"),
    ("state", "submitted"): gettext_lazy("Handed in"),
    ("state", "returned"): gettext_lazy("Given back"),
    ("state", "scheduled"): gettext_lazy("Waits for its hour"),
    ("state", "published"): gettext_lazy("Published"),
    ("state", "waiting"): gettext_lazy("Waits to be read"),
    ("state", "visible"): gettext_lazy("Shown"),
    ("state", "hidden"): gettext_lazy("Hidden"),
    ("state", "withheld"): gettext_lazy("Hidden by the moderators"),
}


def archive_of(ctx: Context, holdings: Holdings) -> Response:
    """Return the file, made on the spot and kept nowhere."""
    title = _("Everything we hold about you")
    page = render(
        "files/archive.html",
        language=ctx.language,
        title=title,
        site_name=site_name(ctx.site),
        made=dates.stamp(wall_of(ctx.now, ctx.zone)),
        parts=[
            (str(HEADINGS[part]), [_readable(record, ctx.zone) for record in records])
            for part, records in holdings.items()
        ],
    )
    text = json.dumps(holdings, default=datetime.isoformat, ensure_ascii=False, indent=2)
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        archive.writestr("index.html", page)
        archive.writestr("everything.json", text)
    return download(packed.getvalue(), "application/zip", "everything.zip")


def _readable(record: dict[str, Any], zone: str) -> list[tuple[str, str]]:
    return [
        (str(LABELS[name]), _rendered_value(name, value, zone)) for name, value in record.items()
    ]


def _rendered_value(name: str, value: Any, zone: str) -> str:
    if isinstance(value, datetime):
        return dates.stamp(wall_of(value, zone))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name in _PARAGRAPHS:
        return as_typed("\n\n".join(value)) or "—"
    if isinstance(value, list):
        return dates.listed(_word(name, each) for each in value) or "—"
    return _word(name, value) if value else "—"


def _word(name: str, code: str) -> str:
    if name == "interests":
        return str(TAGS.get(code, code))
    if name in {"spoken", "language"}:
        return dates.language_name(code)
    if name == "country" and is_country(code):
        return dates.country_name(code)
    return str(WORDS.get((name, code)) or as_typed(str(code)))
