"""The organiser's event form: its fields, and the way between them and an event's details."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import Field, NaiveDatetime

from portal.core.time_zones import is_place
from portal.domain.events import link_rules, rules
from portal.domain.events.details import Details, Link, details_of
from portal.domain.events.models import AttendanceMode, Event, Funding
from portal.domain.events.vocabulary import SPOKEN_LANGUAGES, TAGS
from portal.domain.initiatives.queries import InitiativeRow
from portal.domain.publishing.publication import Visibility
from portal.i18n import dates
from portal.i18n.locale import LANGUAGES, OWN_NAMES
from portal.i18n.locale import gettext as _
from portal.i18n.script_output import protect_text
from portal.i18n.translated import Translated
from portal.web.components.labels import FUNDINGS, MODES
from portal.web.components.translated_fields import state_of, text_labels
from portal.web.components.zone_choices import zone_options
from portal.web.http import Context
from portal.web.http.forms import Fields, Form

LINKS = range(1, link_rules.MAX_JOIN_LINKS - 1)
# The hard limits are the domain's; these only stop what no form could mean.
_Text = Annotated[str, Field(max_length=100_000)]


class EventFields(Fields):
    """Everything of an event, each text once for each language."""

    original: Literal["kk", "ru", "en"]
    title_kk: _Text = ""
    title_ru: _Text = ""
    title_en: _Text = ""
    summary_kk: _Text = ""
    summary_ru: _Text = ""
    summary_en: _Text = ""
    description_kk: _Text = ""
    description_ru: _Text = ""
    description_en: _Text = ""
    venue_kk: _Text = ""
    venue_ru: _Text = ""
    venue_en: _Text = ""
    attendance_mode: AttendanceMode
    starts: NaiveDatetime
    ends: NaiveDatetime
    time_zone: Annotated[str, Field(max_length=64)]
    capacity: Annotated[int, Field(ge=1, le=rules.LARGEST_CAPACITY)] | None = None
    # Hidden is the moderators' word, which no form of the organisers' may say.
    visibility: Literal[Visibility.PUBLIC, Visibility.PRIVATE] = Visibility.PUBLIC
    funding: Funding
    funding_note_kk: _Text = ""
    funding_note_ru: _Text = ""
    funding_note_en: _Text = ""
    # A short name; empty for none.
    initiative: Annotated[str, Field(max_length=100)] = ""
    tags: list[str] = Field(default_factory=list)
    languages: list[str] = Field(default_factory=list)
    link_1: _Text = ""
    link_2: _Text = ""
    link_3: _Text = ""
    remark_1_kk: _Text = ""
    remark_1_ru: _Text = ""
    remark_1_en: _Text = ""
    remark_2_kk: _Text = ""
    remark_2_ru: _Text = ""
    remark_2_en: _Text = ""
    remark_3_kk: _Text = ""
    remark_3_ru: _Text = ""
    remark_3_en: _Text = ""
    revision: Annotated[int, Field(ge=0)] = 0
    # What the organiser says of the translations when only the original was changed.
    small_fix: Literal["yes", ""] = ""

    def texts(self, name: str) -> dict[str, str]:
        """Return one text in all languages."""
        return {language: getattr(self, f"{name}_{language}") for language in LANGUAGES}


def details_from(
    fields: EventFields, event: Event | None = None, initiatives: Sequence[InitiativeRow] = ()
) -> Details:
    """Return what was said; translations left alone stay tied to their original."""
    # Links of an event in person are kept for the day it is held online after all.

    def translated(name: str) -> Translated:
        texts = fields.texts(name)
        before: Translated | None = getattr(event, name) if event is not None else None
        if before is None:
            return Translated.of(fields.original, **texts)
        return before.revised(fields.original, texts, still_right=bool(fields.small_fix))

    return Details(
        title=translated("title"),
        summary=translated("summary"),
        description=translated("description"),
        venue=translated("venue"),
        attendance_mode=fields.attendance_mode,
        starts_wall=fields.starts,
        ends_wall=fields.ends,
        time_zone=fields.time_zone,
        capacity=fields.capacity,
        visibility=fields.visibility,
        funding=fields.funding,
        funding_note=translated("funding_note"),
        initiative_id=next((i.id for i in initiatives if i.slug == fields.initiative), None),
        tags=tuple(tag for tag in fields.tags if tag in TAGS),
        languages=tuple(tag for tag in fields.languages if tag in SPOKEN_LANGUAGES),
        join_links=tuple(
            Link(
                getattr(fields, f"link_{number}"),
                Translated.of(fields.original, **fields.texts(f"remark_{number}")),
            )
            for number in LINKS
        ),
    )


def values_of(event: Event, initiatives: Sequence[InitiativeRow] = ()) -> dict[str, Any]:
    """Return an event as the form shows it."""
    details = details_of(event)
    values: dict[str, Any] = {
        "original": details.title.original,
        "attendance_mode": details.attendance_mode.value,
        "starts": details.starts_wall.isoformat(timespec="minutes"),
        "ends": details.ends_wall.isoformat(timespec="minutes"),
        "time_zone": details.time_zone,
        "capacity": str(details.capacity) if details.capacity else "",
        "visibility": details.visibility.value,
        "funding": details.funding.value if details.funding else None,
        "initiative": next((i.slug for i in initiatives if i.id == event.initiative_id), ""),
        "tags": list(details.tags),
        "languages": list(details.languages),
        "revision": str(event.revision),
    }
    for name in ("title", "summary", "description", "venue", "funding_note"):
        for language, text in getattr(details, name).texts().items():
            values[f"{name}_{language}"] = text
    for number, link in enumerate(details.join_links[: LINKS[-1]], start=1):
        values[f"link_{number}"] = link.url
        for language, text in link.remark.texts().items():
            values[f"remark_{number}_{language}"] = text
    return values


def form_context(
    ctx: Context, form: Form[EventFields], event: Event | None, initiatives: Sequence[InitiativeRow]
) -> dict[str, Any]:
    """Choices, labels and the state of each language for events/form.html."""
    original = str(form.values.get("original") or ctx.language)
    zone = str(form.values.get("time_zone") or "")
    return {
        "content_languages": [
            {
                "tag": tag,
                "name": OWN_NAMES[tag],
                "is_original": tag == original,
                "is_open": tag == original or _has_errors(form, tag) or _is_begun(form, tag),
                "state": texts_state(event, tag) if event else None,
            }
            for tag in (original, *(tag for tag in LANGUAGES if tag != original))
            if tag in LANGUAGES
        ],
        "originals": [(tag, OWN_NAMES[tag]) for tag in LANGUAGES],
        "modes": [(mode.value, str(MODES[mode])) for mode in AttendanceMode],
        "visibilities": [
            (Visibility.PUBLIC.value, _("Everybody")),
            (Visibility.PRIVATE.value, _("Only the people of the organisations that hold it")),
        ],
        "fundings": [(funding.value, str(words)) for funding, words in FUNDINGS.items()],
        "initiatives": [(i.slug, protect_text(i.title.localized())) for i in initiatives],
        "topics": [(tag, str(label)) for tag, label in TAGS.items()],
        "spoken": [(tag, dates.language_name(tag)) for tag in SPOKEN_LANGUAGES],
        "zones": zone_options(zone if is_place(zone) else ctx.zone, ctx.now),
        "link_numbers": LINKS,
        "labels": _labels(),
        "has_translations": event is not None and len(event.title.versions) > 1,
    }


def _has_errors(form: Form[EventFields], tag: str) -> bool:
    return any(name is not None and name.endswith(f"_{tag}") for name in form.errors)


def _is_begun(form: Form[EventFields], tag: str) -> bool:
    return any(value for name, value in form.values.items() if name.endswith(f"_{tag}"))


def texts_state(event: Event, tag: str) -> str:
    """Return how far an event's texts are in one language, by its worst text."""
    return state_of((event.title, event.summary, event.description), tag)


def _labels() -> dict[str, str]:
    """Field names in words, for the summary of errors."""
    labels = text_labels(("title", "summary", "description", "venue"))
    for number in LINKS:
        labels[f"link_{number}"] = _("Link %(number)s", number=number)
        for tag in LANGUAGES:
            labels[f"remark_{number}_{tag}"] = f"{_('Remark')} ({OWN_NAMES[tag]})"
    return labels | {
        "original": _("Written first in"),
        "attendance_mode": _("How people take part"),
        "starts": _("Start"),
        "ends": _("End"),
        "time_zone": _("Time zone"),
        "capacity": _("Number of places"),
        "visibility": _("Who may see it"),
        "funding": _("Who pays for it"),
        "initiative": _("Initiative"),
    }
