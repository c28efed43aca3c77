"""The portal's administrators: founding organisations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from portal.domain.organizations import actions, queries
from portal.domain.organizations.models import Kind
from portal.i18n import LANGUAGES, OWN_NAMES
from portal.i18n import gettext_lazy as _
from portal.refusals import Refusal
from portal.time_zones import UnknownZoneError, is_place
from portal.translated import Translated
from portal.web.forms import Fields, Form
from portal.web.routes.organizations import KINDS, row_of
from portal.web.routing import Cache, Pages, Policy
from portal.web.zones import zone_options

if TYPE_CHECKING:
    from starlette.responses import Response

    from portal.web.visit import Visit

pages = Pages()
_Name = Annotated[str, Field(max_length=140)]
_Description = Annotated[str, Field(max_length=2_000)]


class OrganizationFields(Fields):
    """A new organisation."""

    slug: Annotated[str, Field(min_length=2, max_length=60)]
    original: Literal["kk", "ru", "en"]
    name_kk: _Name = ""
    name_ru: _Name = ""
    name_en: _Name = ""
    description_kk: _Description = ""
    description_ru: _Description = ""
    description_en: _Description = ""
    kind: Kind
    city: Annotated[str, Field(min_length=1, max_length=80)]
    country: Annotated[str, Field(pattern="^[A-Z]{2}$")]
    time_zone: Annotated[str, Field(max_length=64)]


class NameNeededError(Refusal):
    """No name in the original language."""

    message = _("Write the name in the original language.")


@pages.get(
    "/administration/organizations",
    name="administration.show",
    policy=Policy.ADMINISTRATOR,
    cache=Cache.PRIVATE,
    guarded=True,
)
def show(visit: Visit) -> Response:
    """Organisations, and the form for a new one."""
    start: dict[str, Any] = {"original": visit.language, "time_zone": visit.zone, "country": "KZ"}
    return _page(visit, Form.filled(OrganizationFields, start))


@pages.post(
    "/administration/organizations",
    name="administration.found",
    policy=Policy.ADMINISTRATOR,
    guarded=True,
)
def found(visit: Visit) -> Response:
    """A new organisation; its page of people comes next, to invite the owner."""
    form = Form(OrganizationFields, visit.submitted)
    if form.fields:
        try:
            organization = _found(visit, form.fields)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return visit.go("people.index", organization=organization)
    return _page(visit, form, 422)


def _found(visit: Visit, fields: OrganizationFields) -> str:
    if not getattr(fields, f"name_{fields.original}"):
        raise NameNeededError(f"name_{fields.original}")
    if not is_place(fields.time_zone):
        raise UnknownZoneError("time_zone")

    def translated(name: str) -> Translated:
        texts = {tag: getattr(fields, f"{name}_{tag}") for tag in LANGUAGES}
        return Translated.of(fields.original, **texts)

    return actions.found(
        visit.db,
        slug=fields.slug,
        name=translated("name"),
        description=translated("description"),
        kind=fields.kind.value,
        city=fields.city,
        country=fields.country,
        time_zone=fields.time_zone,
        now=visit.now,
    ).slug


def _page(visit: Visit, form: Form[OrganizationFields], status: int = 200) -> Response:
    organizations = queries.all_organizations(visit.db)
    zone = str(form.values.get("time_zone") or "")
    return visit.page(
        "administration/show.html",
        status,
        form=form,
        rows=[(row_of(visit, each), each.slug) for each in organizations],
        kinds=[(kind.value, str(words)) for kind, words in KINDS.items()],
        tongues=[(tag, OWN_NAMES[tag]) for tag in LANGUAGES],
        zones=zone_options(zone if is_place(zone) else visit.zone, visit.now),
    )
