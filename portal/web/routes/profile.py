"""A person's own page: name, language of letters, time zone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field
from starlette.responses import RedirectResponse

from portal.domain.people import actions, queries
from portal.i18n import LANGUAGES, OWN_NAMES
from portal.refusals import Refusal
from portal.time_zones import UnknownZoneError, is_place
from portal.web.cookies import TIME_ZONE
from portal.web.forms import Fields, Form
from portal.web.routing import Cache, Pages, Policy
from portal.web.zones import zone_options

if TYPE_CHECKING:
    from starlette.responses import Response

    from portal.web.visit import Visit

pages = Pages()


class ProfileFields(Fields):
    """What a person decides about themselves."""

    name: Annotated[str, Field(max_length=80)]
    language: Literal["kk", "ru", "en"]
    time_zone: Annotated[str, Field(max_length=64)] = ""


@pages.get("/profile", name="profile.edit", policy=Policy.SIGNED_IN, cache=Cache.PRIVATE)
def edit(visit: Visit) -> Response:
    """The form with what is known."""
    values = {
        "name": queries.name_of(visit.db, visit.person),
        "language": visit.person.language,
        "time_zone": visit.person.time_zone or "",
    }
    saved = visit.request.query_params.get("saved") == "yes"
    return _page(visit, Form.filled(ProfileFields, values), is_saved=saved)


@pages.post("/profile", name="profile.update", policy=Policy.SIGNED_IN)
def update(visit: Visit) -> Response:
    """Saves it; the chosen zone counts from now on, whatever this browser remembered."""
    form = Form(ProfileFields, visit.submitted)
    if form.fields:
        try:
            zone = form.fields.time_zone or None
            if zone is not None and not is_place(zone):
                raise UnknownZoneError("time_zone")
            actions.change_profile(
                visit.db,
                visit.person,
                name=form.fields.name,
                language=form.fields.language,
                time_zone=zone,
            )
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
        tongues=[(tag, OWN_NAMES[tag]) for tag in LANGUAGES],
        zones=zone_options(zone if is_place(zone) else visit.zone, visit.now),
        email=queries.address_of(visit.db, visit.person),
    )
