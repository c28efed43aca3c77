"""A person's own page: who one is to others, where one lives, how letters come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field
from starlette.responses import RedirectResponse

from portal import dates
from portal.countries import country_options
from portal.domain.events.vocabulary import SPOKEN_LANGUAGES, TAGS
from portal.domain.people import actions, queries
from portal.domain.people.rules import LONGEST_CITY
from portal.i18n import LANGUAGE_TAGS, OWN_NAMES
from portal.refusals import Refusal
from portal.time_zones import is_place
from portal.web.cookies import TIME_ZONE
from portal.web.forms import Fields, Form
from portal.web.policies import Cache, Policy
from portal.web.routing import Pages
from portal.web.zones import zone_options

if TYPE_CHECKING:
    from starlette.responses import Response

    from portal.web.visit import Visit

pages = Pages()


class ProfileFields(Fields):
    """What a person decides about themselves."""

    name: Annotated[str, Field(max_length=80)]
    language: Literal["kk", "kk-Latn", "kk-Latn-TR", "kk-Arab", "ru", "en"]
    time_zone: Annotated[str, Field(max_length=64)] = ""
    country: Annotated[str, Field(max_length=2)] = ""
    city: Annotated[str, Field(max_length=LONGEST_CITY)] = ""
    spoken: list[str] = Field(default_factory=list)
    interests: list[str] = Field(default_factory=list)
    is_discreet: Literal["yes", ""] = ""

    def profile(self) -> actions.Profile:
        """What was submitted, without words that are not ours."""
        return actions.Profile(
            name=self.name,
            language=self.language,
            time_zone=self.time_zone or None,
            country=self.country or None,
            city=self.city or None,
            spoken=tuple(tag for tag in SPOKEN_LANGUAGES if tag in self.spoken),
            interests=tuple(tag for tag in TAGS if tag in self.interests),
            is_discreet=self.is_discreet == "yes",
        )


@pages.get("/profile", name="profile.edit", policy=Policy.SIGNED_IN, cache=Cache.PRIVATE)
def edit(visit: Visit) -> Response:
    """The form with what is known."""
    person = visit.person
    values = {
        "name": queries.name_of(visit.db, person),
        "language": person.language,
        "time_zone": person.time_zone or "",
        "country": person.country or "",
        "city": queries.city_of(visit.db, person) or "",
        "spoken": person.spoken,
        "interests": person.interests,
        "is_discreet": "yes" if person.is_discreet else "",
    }
    saved = visit.request.query_params.get("saved") == "yes"
    return _page(visit, Form.filled(ProfileFields, values), is_saved=saved)


@pages.post("/profile", name="profile.update", policy=Policy.SIGNED_IN)
def update(visit: Visit) -> Response:
    """Saves it; the chosen zone counts from now on, whatever this browser remembered."""
    form = Form(ProfileFields, visit.submitted)
    if form.fields:
        try:
            actions.change_profile(visit.db, visit.person, form.fields.profile())
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            target = visit.site.links.path("profile.edit", form.fields.language, {"saved": "yes"})
            response = RedirectResponse(target, 303)
            response.delete_cookie(TIME_ZONE)
            return response
    return _page(visit, form, 422)


def _page(
    visit: Visit, form: Form[ProfileFields], status: int = 200, *, is_saved: bool = False
) -> Response:
    zone = str(form.values.get("time_zone") or "")
    return visit.page(
        "profile/edit.html",
        status,
        form=form,
        is_saved=is_saved,
        tongues=[(tag, OWN_NAMES[tag]) for tag in LANGUAGE_TAGS],
        zones=zone_options(zone if is_place(zone) else visit.zone, visit.now),
        countries=country_options(),
        spoken=[(tag, dates.language_name(tag)) for tag in SPOKEN_LANGUAGES],
        topics=[(tag, str(words)) for tag, words in TAGS.items()],
        email=queries.address_of(visit.db, visit.person),
    )
