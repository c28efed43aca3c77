"""The way to sign up beside an event: the same for all events but for names and addresses."""

from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache
from typing import Annotated, Any, Final

from markupsafe import Markup
from pydantic import Field

from portal.core.availability import Band
from portal.core.refusals import Refusal
from portal.core.urls import Links
from portal.domain.events.models import Status
from portal.domain.events.queries import EventRow
from portal.domain.events.rules import is_over
from portal.domain.registrations.rules import is_open
from portal.i18n.script_output import protect_text
from portal.templating.environment import drawn
from portal.web.components.event_cards import hosts_line
from portal.web.components.labels import BANDS
from portal.web.http.context import Context
from portal.web.http.forms import Fields, Form


class GuestFields(Fields):
    """A guest signs up with these two."""

    name: Annotated[str, Field(max_length=80)] = ""
    email: Annotated[str, Field(max_length=254)] = ""


BLANK: Final = Form(GuestFields)
# In a way to sign up that is drawn for many events these stand for an event's part of addresses,
# which no event has, and for its organisers' names.
_ANY_SLUG: Final = "~event~"
_ANY_NAMES: Final = "\ue000"
# By language, whether somebody is signed in, and what the event allows; some two kilobytes each.
_MAX_PANELS: Final = 256


@dataclass(frozen=True, slots=True)
class SignUpOptions:
    """What the way to sign up depends on, beside what an event and its organisers are called."""

    places: Band
    hosts: int
    is_open: bool
    is_over: bool
    is_cancelled: bool
    is_postponed: bool


@dataclass(frozen=True, slots=True)
class Offer:
    """An event's way to sign up."""

    ways: SignUpOptions
    slug: str
    organisers: str


def offer_of(event: EventRow, now: datetime) -> Offer:
    """What an event offers by now."""
    ways = SignUpOptions(
        event.places,
        len(event.hosts),
        is_open(event, now),
        is_over(event, now),
        event.status == Status.CANCELLED,
        event.status == Status.POSTPONED,
    )
    return Offer(ways, event.slug, protect_text(hosts_line(event)))


def blank_panel(ctx: Context, offer: Offer) -> Markup:
    """The way to sign up for somebody who does not stand in the list, and has typed nothing."""
    is_signed_in = ctx.user is not None
    text = _blank_panel(ctx.site.links, ctx.tag, offer.ways, is_signed_in=is_signed_in)
    # Escaped by what they are put into; names last, since they may say anything.
    return text.replace(_ANY_SLUG, offer.slug).replace(_ANY_NAMES, offer.organisers)


@lru_cache(maxsize=_MAX_PANELS)
def _blank_panel(links: Links, tag: str, ways: SignUpOptions, *, is_signed_in: bool) -> Markup:
    return _panel(
        Offer(ways, _ANY_SLUG, _ANY_NAMES),
        is_signed_in=is_signed_in,
        url=lambda name, query=None, **values: links.path(name, tag, query, **values),
    )


def panel(
    ctx: Context,
    offer: Offer,
    standing: tuple[str, str] | None = None,
    form: Form[GuestFields] = BLANK,
    refusal: Refusal | None = None,
    *,
    is_preview: bool = False,
) -> Markup:
    """The way to sign up; a refusal or a form's errors are told there."""
    return _panel(
        offer,
        is_signed_in=ctx.user is not None,
        url=ctx.url,
        standing=standing,
        form=form,
        refusal=refusal and refusal.localized(),
        is_preview=is_preview,
    )


def _panel(offer: Offer, **context: Any) -> Markup:
    nothing = {"standing": None, "form": BLANK, "refusal": None, "is_preview": False}
    places = offer.ways.places
    said = {"band": BANDS.get(places), "is_full": places is Band.FULL}
    about = {"slug": offer.slug, "organisers": offer.organisers}
    known = asdict(offer.ways) | said | about
    return drawn("parts/event_panel.html", **nothing | known | context)
