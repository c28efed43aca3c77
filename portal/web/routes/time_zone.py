"""Choosing the city whose time is shown; works without an account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field
from starlette.responses import RedirectResponse

from portal.time_zones import UnknownZoneError, is_place
from portal.web.cookies import set_time_zone
from portal.web.forms import Fields, Form
from portal.web.links import safe_next
from portal.web.policies import Cache, Policy
from portal.web.routing import Pages
from portal.web.zones import zone_options

if TYPE_CHECKING:
    from starlette.responses import Response

    from portal.web.visit import Visit

pages = Pages()


class ZoneFields(Fields):
    """The zone, and the page to come back to."""

    time_zone: Annotated[str, Field(max_length=64)]
    next: Annotated[str, Field(max_length=500)] = ""


@pages.get("/time-zone", name="time_zone.edit", policy=Policy.ANYONE, cache=Cache.PUBLIC)
def edit(visit: Visit) -> Response:
    """All zones by part of the world."""
    values = {"time_zone": visit.zone, "next": visit.request.query_params.get("next", "")}
    return _page(visit, Form.filled(ZoneFields, values))


@pages.post("/time-zone", name="time_zone.update", policy=Policy.ANYONE)
def update(visit: Visit) -> Response:
    """Remembers the choice in this browser and goes back."""
    form = Form(ZoneFields, visit.submitted)
    if form.fields and is_place(form.fields.time_zone):
        target = safe_next(form.fields.next or None, visit.url("home"))
        response = RedirectResponse(target, 303)
        set_time_zone(response, visit.site.settings, form.fields.time_zone)
        return response
    if form.fields:
        form.refuse(UnknownZoneError("time_zone"))
    return _page(visit, form, 422)


def _page(visit: Visit, form: Form[ZoneFields], status: int = 200) -> Response:
    return visit.page(
        "time_zone/edit.html", status, form=form, zones=zone_options(visit.zone, visit.now)
    )
