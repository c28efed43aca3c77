"""What the panel beside an event, where people sign up, is rendered from."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final

from pydantic import Field

from portal.core.availability import Band
from portal.domain.events.models import Status
from portal.domain.events.queries import EventRow
from portal.domain.events.rules import is_over
from portal.domain.registrations.rules import is_open
from portal.i18n.locale import LazyText
from portal.i18n.script_output import protect_text
from portal.web.components.event_cards import hosts_line
from portal.web.components.labels import BANDS
from portal.web.http.forms import Fields, Form


class GuestFields(Fields):
    """A guest signs up with these two."""

    name: Annotated[str, Field(max_length=80)] = ""
    email: Annotated[str, Field(max_length=254)] = ""


BLANK: Final = Form(GuestFields)


@dataclass(frozen=True, slots=True)
class SignUpOffer:
    """What an event offers to whoever wants to take part."""

    slug: str
    # The names of the hosts in one line, and how many they are.
    organisers: str
    hosts: int
    places: Band
    band: LazyText | None
    is_open: bool
    is_over: bool
    is_cancelled: bool
    is_postponed: bool

    @property
    def is_full(self) -> bool:
        """Whether only the waiting list is left."""
        return self.places is Band.FULL


def sign_up_offer(event: EventRow, now: datetime) -> SignUpOffer:
    """Return what an event offers at an instant."""
    return SignUpOffer(
        slug=event.slug,
        organisers=protect_text(hosts_line(event)),
        hosts=len(event.hosts),
        places=event.places,
        band=BANDS.get(event.places),
        is_open=is_open(event, now),
        is_over=is_over(event, now),
        is_cancelled=event.status == Status.CANCELLED,
        is_postponed=event.status == Status.POSTPONED,
    )
