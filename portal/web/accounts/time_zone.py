"""Choosing the city whose time is shown; works without an account."""

from typing import Annotated

from pydantic import Field
from starlette.responses import RedirectResponse, Response

from portal.core.time_zones import UnknownZoneError, is_place
from portal.core.urls import safe_next
from portal.web.components.zone_choices import zone_options
from portal.web.http import Cache, Context, Policy, PortalRouter, render
from portal.web.http.cookies import set_time_zone
from portal.web.http.forms import Fields, Form, submitted

router = PortalRouter()


class ZoneFields(Fields):
    """The zone, and the page to come back to."""

    time_zone: Annotated[str, Field(max_length=64)]
    next: Annotated[str, Field(max_length=500)] = ""


@router.page("/time-zone", name="time_zone.edit", policy=Policy.ANYONE, cache=Cache.PUBLIC)
def edit(ctx: Context) -> Response:
    """Show all zones by part of the world."""
    values = {"time_zone": ctx.zone, "next": ctx.request.query_params.get("next", "")}
    return _page(ctx, Form.filled(ZoneFields, values))


@router.form("/time-zone", name="time_zone.update", policy=Policy.ANYONE)
def update(ctx: Context, form: Annotated[Form[ZoneFields], submitted(ZoneFields)]) -> Response:
    """Remember the choice in this browser and go back."""
    if form.fields and is_place(form.fields.time_zone):
        target = safe_next(form.fields.next or None, ctx.url("home"))
        response = RedirectResponse(target, 303)
        set_time_zone(response, ctx.site.settings, form.fields.time_zone)
        return response
    if form.fields:
        form.refuse(UnknownZoneError("time_zone"))
    return _page(ctx, form, 422)


def _page(ctx: Context, form: Form[ZoneFields], status: int = 200) -> Response:
    return render(
        ctx, "accounts/time_zone.html", status, form=form, zones=zone_options(ctx.zone, ctx.now)
    )
