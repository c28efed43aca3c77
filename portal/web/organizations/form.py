"""The form of an organisation: its fields, and the way between them and its profile."""

from typing import Annotated, Any, Literal

from pydantic import Field

from portal.core.time_zones import UnknownZoneError, is_place
from portal.domain.accounts.people.rules import CountryUnknownError
from portal.domain.organizations.models import Organization, OrganizationKind
from portal.domain.organizations.profile import Profile
from portal.i18n.countries import country_options, is_country
from portal.i18n.locale import LANGUAGES, OWN_NAMES, pgettext
from portal.i18n.locale import gettext as _
from portal.i18n.translated import Translated
from portal.web.components.labels import ORGANIZATION_KINDS
from portal.web.components.zone_choices import zone_options
from portal.web.http import Context
from portal.web.http.forms import Fields, Form

_Name = Annotated[str, Field(max_length=140)]
_Description = Annotated[str, Field(max_length=2_000)]


class ProfileOfOrganizationFields(Fields):
    """What an organisation says of itself."""

    original: Literal["kk", "ru", "en"]
    name_kk: _Name = ""
    name_ru: _Name = ""
    name_en: _Name = ""
    description_kk: _Description = ""
    description_ru: _Description = ""
    description_en: _Description = ""
    kind: OrganizationKind
    city: Annotated[str, Field(min_length=1, max_length=80)]
    country: Annotated[str, Field(max_length=2)]
    time_zone: Annotated[str, Field(max_length=64)]
    site: Annotated[str, Field(max_length=300)] = ""
    small_fix: Literal["", "yes"] = ""


class OrganizationFields(ProfileOfOrganizationFields):
    """A new organisation; its short name never changes afterwards."""

    slug: Annotated[str, Field(min_length=2, max_length=60)]


def profile_from(
    fields: ProfileOfOrganizationFields, before: Organization | None = None
) -> Profile:
    """Return what was said. Translations left alone stay tied to the original they were made of."""
    if not is_place(fields.time_zone):
        raise UnknownZoneError("time_zone")
    if not is_country(fields.country):
        raise CountryUnknownError

    def translated(name: str) -> Translated:
        texts = {tag: getattr(fields, f"{name}_{tag}") for tag in LANGUAGES}
        was: Translated | None = getattr(before, name) if before is not None else None
        if was is None:
            return Translated.of(fields.original, **texts)
        return was.revised(fields.original, texts, still_right=bool(fields.small_fix))

    return Profile(
        name=translated("name"),
        description=translated("description"),
        kind=fields.kind.value,
        city=fields.city,
        country=fields.country,
        time_zone=fields.time_zone,
        site=fields.site,
    )


def values_of(organization: Organization) -> dict[str, Any]:
    """Return an organisation as the form shows it."""
    values: dict[str, Any] = {"original": organization.name.original}
    for part in ("kind", "city", "country", "time_zone", "site"):
        values[part] = getattr(organization, part)
    for name in ("name", "description"):
        for tag, text in getattr(organization, name).texts().items():
            values[f"{name}_{tag}"] = text
    return values


def empty_form_values(ctx: Context) -> dict[str, Any]:
    """Return what is already known of whoever founds one."""
    return {"original": ctx.language, "time_zone": ctx.zone, "country": "KZ"}


def form_context(ctx: Context, form: Form[Any]) -> dict[str, Any]:
    """Choices and labels of components/organization_form.html."""
    zone = str(form.values.get("time_zone") or "")
    name = pgettext("of an organisation", "Name")
    return {
        "kinds": [(kind.value, str(words)) for kind, words in ORGANIZATION_KINDS.items()],
        "countries": country_options(),
        "content_languages": [(tag, OWN_NAMES[tag]) for tag in LANGUAGES],
        "zones": zone_options(zone if is_place(zone) else ctx.zone, ctx.now),
        "labels": {
            "slug": _("Short name"),
            "city": _("City"),
            "country": _("Country"),
            "kind": _("Kind"),
            "site": _("Site"),
            "time_zone": _("Time zone"),
            **{f"name_{tag}": f"{name} ({OWN_NAMES[tag]})" for tag in LANGUAGES},
        },
    }
