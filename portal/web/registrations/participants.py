"""Who takes part in an event, for those who hold it: a page, and files to take along."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from starlette.responses import Response

from portal.core.refusals import NotFoundError
from portal.core.time_zones import city_of, wall_of
from portal.domain.events.queries import managed_event
from portal.domain.registrations import listing
from portal.domain.registrations.exports import ExportRow, record_export, takings_of
from portal.domain.registrations.listing import Participant
from portal.i18n import dates
from portal.i18n.locale import gettext as _
from portal.web.http import Cache, Context, Policy, PortalRouter, render
from portal.web.http.pagination import page_asked, page_links
from portal.web.http.spreadsheets import as_file

router = PortalRouter()
REGISTRATION_STATUSES = {
    "confirmed": lambda: _("Confirmed"),
    "held": lambda: _("Held until the address is proved"),
    "waitlisted": lambda: _("Waiting list"),
}
ON_A_PAGE = 200


@dataclass(frozen=True, slots=True)
class ParticipantRow:
    """A row of the participants' list."""

    name: str
    status: str
    place: int | None
    is_member: bool
    signed_up: str
    attended: str | None
    undelivered: int


def _rows(people: Iterable[Participant], time_zone: str, line: int = 0) -> Iterator[ParticipantRow]:
    """Yield rows of the list, where `line` people are waiting before the first one."""
    for each in people:
        line += each.is_waiting
        state = "waitlisted" if each.is_waiting else "held" if each.is_held else "confirmed"
        yield ParticipantRow(
            each.name,
            REGISTRATION_STATUSES[state](),
            line if each.is_waiting else None,
            each.is_member,
            dates.stamp(wall_of(each.registered_at, time_zone)),
            dates.stamp(wall_of(each.attended_at, time_zone)) if each.attended_at else None,
            each.undelivered,
        )


@router.page(
    "/manage/events/{slug}/participants",
    name="participants.index",
    policy=Policy.EDITOR,
    cache=Cache.PRIVATE,
    second_factor=True,
)
def participants(ctx: Context, slug: str) -> Response:
    """Show who comes, to those who host the event."""
    event = managed_event(ctx.db, ctx.signed_in_user, slug)
    page = page_asked(ctx)
    past = (page - 1) * ON_A_PAGE
    found = listing.participants(ctx.db, event.id, past=past, limit=ON_A_PAGE + 1)
    if page > 1 and not found:
        raise NotFoundError
    line = listing.waiting_before(ctx.db, event.id, found[0].queue_number) if past else 0
    return render(
        ctx,
        "registrations/participants.html",
        slug=slug,
        title=event.title.localized(),
        rows=list(_rows(found[:ON_A_PAGE], event.time_zone, line)),
        pager=page_links(
            ctx, "participants.index", {}, page, more=len(found) > ON_A_PAGE, slug=slug
        ),
        city=city_of(event.time_zone),
        takings=[_taking(each, event.time_zone) for each in takings_of(ctx.db, event)],
    )


def _taking(taking: ExportRow, time_zone: str) -> tuple[str | None, str, str, int]:
    """Return who, when, as which file, and of how many people."""
    when = dates.stamp(wall_of(taking.exported_at, time_zone))
    return taking.name, when, taking.form.upper(), taking.people


@router.form(
    "/manage/events/{slug}/participants.{form}",
    name="participants.file",
    policy=Policy.EDITOR,
    second_factor=True,
)
def participants_file(ctx: Context, slug: str, form: str) -> Response:
    """Export the participants' list, which is recorded: names as given, no addresses."""
    event = managed_event(ctx.db, ctx.signed_in_user, slug)
    header = [
        _("Name"),
        _("State"),
        _("Place in line"),
        _("Account"),
        _("Signed up"),
        _("Opened the room"),
        _("Letters undelivered"),
    ]
    people = listing.all_participants(ctx.site.database.reading, event.id)
    rows = (
        [
            row.name,
            row.status,
            row.place,
            _("with account") if row.is_member else _("guest"),
            row.signed_up,
            row.attended or "",
            row.undelivered,
        ]
        for row in _rows(people, event.time_zone)
    )
    file = as_file(form, f"{slug}-{_('participants')}", header, rows)
    record_export(ctx.db, event, ctx.signed_in_user, form, ctx.now)
    return file
