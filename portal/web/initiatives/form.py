"""The form of an initiative: its fields, and the way between them and an initiative's details."""

from datetime import date
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from portal.domain.events.models import Funding
from portal.domain.events.vocabulary import TAGS
from portal.domain.initiatives.actions import Details, details_of
from portal.domain.initiatives.models import Initiative
from portal.domain.publishing.publication import Visibility
from portal.i18n import dates
from portal.i18n.countries import is_country
from portal.i18n.locale import LANGUAGES, OWN_NAMES
from portal.i18n.locale import gettext as _
from portal.i18n.translated import Translated
from portal.web.components.labels import FUNDINGS
from portal.web.components.translated_fields import state_of
from portal.web.http import Context
from portal.web.http.forms import Fields, Form

TEXTS: Final = ("title", "purpose", "people", "partners", "description", "funding_note")
# Where most of the diaspora lives; others an initiative has are offered beside them.
OFFERED: Final = (
    *("KZ", "CN", "MN", "UZ", "RU", "KG", "TM", "TR", "AF", "IR", "DE", "FR", "GB", "AT", "BE"),
    *("NL", "SE", "CH", "PL", "CZ", "HU", "UA", "IT", "ES", "US", "CA", "KR", "JP", "AE", "SA"),
)
# The hard limits are the domain's; these only stop what no form could mean.
_Text = Annotated[str, Field(max_length=100_000)]


class DraftFields(Fields):
    """All that a new initiative is asked for."""

    original: Literal["kk", "ru", "en"]
    title: _Text = ""


class InitiativeFields(Fields):
    """Everything of an initiative, each text once for each language."""

    original: Literal["kk", "ru", "en"]
    title_kk: _Text = ""
    title_ru: _Text = ""
    title_en: _Text = ""
    purpose_kk: _Text = ""
    purpose_ru: _Text = ""
    purpose_en: _Text = ""
    people_kk: _Text = ""
    people_ru: _Text = ""
    people_en: _Text = ""
    partners_kk: _Text = ""
    partners_ru: _Text = ""
    partners_en: _Text = ""
    description_kk: _Text = ""
    description_ru: _Text = ""
    description_en: _Text = ""
    funding: Funding | None = None
    funding_note_kk: _Text = ""
    funding_note_ru: _Text = ""
    funding_note_en: _Text = ""
    countries: list[str] = Field(default_factory=list)
    tags: list[str] = Field(default_factory=list)
    since: date | None = None
    # Hidden is the moderators' word, which no form of the organisers' may say.
    visibility: Literal[Visibility.PUBLIC, Visibility.PRIVATE] = Visibility.PUBLIC
    revision: Annotated[int, Field(ge=0)] = 0
    # What the organiser says of the translations when only the original was changed.
    small_fix: Literal["yes", ""] = ""


def details_from(fields: InitiativeFields, initiative: Initiative) -> Details:
    """Return what was said. Translations left alone stay tied to the original they were made of."""

    def translated(name: str) -> Translated:
        before: Translated = getattr(initiative, name)
        texts = {language: getattr(fields, f"{name}_{language}") for language in LANGUAGES}
        return before.revised(fields.original, texts, still_right=bool(fields.small_fix))

    return Details(
        **{name: translated(name) for name in TEXTS},
        funding=fields.funding,
        countries=tuple(code for code in fields.countries if is_country(code)),
        tags=tuple(tag for tag in fields.tags if tag in TAGS),
        since=fields.since,
        visibility=Visibility(fields.visibility),
    )


def values_of(initiative: Initiative) -> dict[str, Any]:
    """Return an initiative as the form shows it."""
    details = details_of(initiative)
    values: dict[str, Any] = {
        "original": details.title.original,
        "funding": details.funding.value if details.funding else None,
        "countries": list(details.countries),
        "tags": list(details.tags),
        "since": details.since.isoformat() if details.since else "",
        "visibility": details.visibility.value,
        "revision": str(initiative.revision),
    }
    for name in TEXTS:
        for language, text in getattr(details, name).texts().items():
            values[f"{name}_{language}"] = text
    return values


def form_context(
    ctx: Context, form: Form[InitiativeFields], initiative: Initiative
) -> dict[str, Any]:
    """Choices, labels and the state of each language for initiatives/form.html."""
    chosen = form.values.get("original")
    original = chosen if chosen in LANGUAGES else ctx.language
    texts = [getattr(initiative, name) for name in TEXTS]
    countries = [*OFFERED, *(c for c in form.values.get("countries", []) if is_country(c))]
    return {
        "content_languages": [
            {
                "tag": tag,
                "name": OWN_NAMES[tag],
                "is_original": tag == original,
                "is_open": tag == original or _is_begun(form, tag),
                "state": state_of(texts, tag),
            }
            for tag in (original, *(tag for tag in LANGUAGES if tag != original))
        ],
        "originals": [(tag, OWN_NAMES[tag]) for tag in LANGUAGES],
        "fundings": [(funding.value, str(words)) for funding, words in FUNDINGS.items()],
        "countries": [(code, dates.country_name(code)) for code in dict.fromkeys(countries)],
        "topics": [(tag, str(label)) for tag, label in TAGS.items()],
        "visibilities": [
            (Visibility.PUBLIC.value, _("Everybody")),
            (Visibility.PRIVATE.value, _("Only the people of the organisations that hold it")),
        ],
        "labels": _labels(),
        "has_translations": any(len(text.versions) > 1 for text in texts),
    }


def _is_begun(form: Form[InitiativeFields], tag: str) -> bool:
    names = [f"{name}_{tag}" for name in TEXTS]
    return any(form.values.get(name) or form.errors.get(name) for name in names)


def _labels() -> dict[str, str]:
    """Field names in words, for the summary of errors."""
    texts = {
        "title": _("Title"),
        "purpose": _("What it is for"),
        "people": _("For which people"),
        "partners": _("With whom else"),
        "description": _("Description"),
        "funding_note": _("Who exactly"),
    }
    labels = {
        f"{name}_{tag}": f"{words} ({OWN_NAMES[tag]})"
        for name, words in texts.items()
        for tag in LANGUAGES
    }
    return labels | {
        "original": _("Written first in"),
        "funding": _("Who pays for it"),
        "countries": _("Countries"),
        "tags": _("Topics"),
        "since": _("Since when"),
        "visibility": _("Who may see it"),
    }
