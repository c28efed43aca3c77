"""What has been made of the demo so far, for the parts of the programme that come later."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from portal.demo.covers import Gallery
from portal.domain.accounts.people.models import Person
from portal.domain.events.models import Event
from portal.domain.initiatives.models import Initiative
from portal.domain.organizations.models import Organization
from portal.domain.stories.models import Story
from portal.domain.stories.notifications import Address


@dataclass(frozen=True)
class Known:
    """Organisations by slug, people by subject, readers, and what has been written by key."""

    now: datetime
    organizations: Mapping[str, Organization]
    people: Mapping[str, Person]
    readers: Sequence[Person]
    events: dict[str, Event]
    initiatives: dict[str, Initiative]
    stories: dict[str, Story]
    gallery: Gallery
    # Where emails about a story lead.
    address: Address
