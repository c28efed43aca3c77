"""The writer's form: its fields, and the way between them and a story's details."""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import Field, NaiveDatetime

from portal.core.time_zones import is_place
from portal.domain.events.models import Funding
from portal.domain.events.vocabulary import TAGS
from portal.domain.stories import rules
from portal.domain.stories.details import Details, Source
from portal.domain.stories.models import CommentMode, Story
from portal.i18n.locale import LANGUAGES, OWN_NAMES
from portal.i18n.locale import gettext as _
from portal.i18n.translated import Translated
from portal.web.components.labels import COMMENT_MODES, FUNDINGS
from portal.web.components.zone_choices import zone_options
from portal.web.http import Context
from portal.web.http.forms import Fields, Form

SOURCES = range(1, rules.MAX_SOURCES + 1)
EVENTS = range(1, rules.MAX_EVENTS + 1)
TEXTS: Final = ("title", "summary", "body", "funding_note")
# The hard limits are the domain's; these only stop what no form could mean.
_Text = Annotated[str, Field(max_length=100_000)]
_Line = Annotated[str, Field(max_length=2_000)]


class NewStoryFields(Fields):
    """A story begins with these; an empty organisation means the writer's own."""

    original: Literal["kk", "ru", "en"]
    title: _Text = ""
    organization: Annotated[str, Field(max_length=80)] = ""

    def details(self, zone: str) -> Details:
        """Return a draft that has nothing but its title."""
        title = Translated.of(self.original, **{self.original: self.title})
        return Details(title=title, time_zone=zone)


class StoryFields(Fields):
    """Everything of a story, each text once for each language."""

    original: Literal["kk", "ru", "en"]
    title_kk: _Text = ""
    title_ru: _Text = ""
    title_en: _Text = ""
    summary_kk: _Text = ""
    summary_ru: _Text = ""
    summary_en: _Text = ""
    body_kk: _Text = ""
    body_ru: _Text = ""
    body_en: _Text = ""
    tags: list[str] = Field(default_factory=list)
    event_1: _Line = ""
    event_2: _Line = ""
    event_3: _Line = ""
    initiative: _Line = ""
    source_1: _Line = ""
    source_2: _Line = ""
    source_3: _Line = ""
    source_4: _Line = ""
    source_5: _Line = ""
    source_6: _Line = ""
    source_7: _Line = ""
    source_8: _Line = ""
    source_label_1: _Line = ""
    source_label_2: _Line = ""
    source_label_3: _Line = ""
    source_label_4: _Line = ""
    source_label_5: _Line = ""
    source_label_6: _Line = ""
    source_label_7: _Line = ""
    source_label_8: _Line = ""
    funding: Funding | None = None
    funding_note_kk: _Text = ""
    funding_note_ru: _Text = ""
    funding_note_en: _Text = ""
    comments: CommentMode = CommentMode.MODERATED
    publish_wall: NaiveDatetime | None = None
    time_zone: Annotated[str, Field(max_length=64)]
    byline: _Line = ""
    revision: Annotated[int, Field(ge=0)] = 0
    # What the writer says of the translations when only the original was changed.
    small_fix: Literal["yes", ""] = ""

    def texts(self, name: str) -> dict[str, str]:
        """Return one text in all languages."""
        return {language: getattr(self, f"{name}_{language}") for language in LANGUAGES}


def details_from(fields: StoryFields, story: Story) -> Details:
    """Return what was said. Translations left alone stay tied to the original they were made of."""

    def translated(name: str) -> Translated:
        before: Translated = getattr(story, name)
        still_right = bool(fields.small_fix)
        return before.revised(fields.original, fields.texts(name), still_right=still_right)

    sources = [
        Source(getattr(fields, f"source_label_{number}"), getattr(fields, f"source_{number}"))
        for number in SOURCES
    ]
    return Details(
        title=translated("title"),
        summary=translated("summary"),
        body=translated("body"),
        tags=tuple(tag for tag in fields.tags if tag in TAGS),
        events=tuple(
            slug for number in EVENTS if (slug := slug_in(getattr(fields, f"event_{number}")))
        ),
        initiative=slug_in(fields.initiative),
        sources=tuple(source for source in sources if source.label or source.url),
        comments=fields.comments,
        publish_wall=fields.publish_wall,
        time_zone=fields.time_zone,
        byline=fields.byline,
        funding=fields.funding,
        funding_note=translated("funding_note"),
        is_small_fix=bool(fields.small_fix),
    )


# Nobody proposes when a story shall have appeared.
_HOUR = {"publish_wall", "time_zone"}


def difference_of(before: Details, after: Details) -> dict[str, Any]:
    """Return the form's fields in which two versions differ, as the later has them."""
    old, new = values_of(before, 0), values_of(after, 0)
    changed = {
        name: new.get(name, "")
        for name in (*new, *old)
        if name not in _HOUR and (new.get(name) or "") != (old.get(name) or "")
    }
    return changed | ({"small_fix": "yes"} if changed and after.is_small_fix else {})


def proposed(story: Story, saved: Details, typed: Mapping[str, Any]) -> tuple[Details, Any]:
    """Return a story with what its author wants to change, and the form that holds it."""
    values = values_of(saved, story.revision) | dict(typed)
    fields = StoryFields.model_validate({name: each for name, each in values.items() if each})
    return details_from(fields, story), values


def slug_in(typed: str) -> str:
    """Return a short name out of the address of its page, or as it is."""
    return typed.partition("?")[0].rstrip("/").rpartition("/")[2]


def values_of(details: Details, revision: int) -> dict[str, Any]:
    """Return what has been said, as the form shows it."""
    wall = details.publish_wall
    values: dict[str, Any] = {
        "original": details.title.original,
        "tags": list(details.tags),
        "funding": details.funding.value if details.funding else None,
        "initiative": details.initiative,
        "comments": details.comments.value,
        "publish_wall": wall.isoformat(timespec="minutes") if wall else "",
        "time_zone": details.time_zone,
        "byline": details.byline,
        "revision": str(revision),
    }
    for name in TEXTS:
        texts: Translated = getattr(details, name)
        values |= {f"{name}_{language}": text for language, text in texts.texts().items()}
    for number, slug in enumerate(details.events, start=1):
        values[f"event_{number}"] = slug
    for number, source in enumerate(details.sources, start=1):
        values[f"source_{number}"], values[f"source_label_{number}"] = source.url, source.label
    return values


def form_context(ctx: Context, form: Form[StoryFields]) -> dict[str, Any]:
    """Choices and labels for stories/form.html."""
    original = str(form.values.get("original") or ctx.language)
    order = [original, *(tag for tag in LANGUAGES if tag != original)]
    zone = str(form.values.get("time_zone") or "")
    return {
        "content_languages": [
            {
                "tag": tag,
                "name": OWN_NAMES[tag],
                "is_original": tag == original,
                "is_open": tag == original or _is_begun(form, tag),
            }
            for tag in order
            if tag in LANGUAGES
        ],
        "originals": [(tag, OWN_NAMES[tag]) for tag in LANGUAGES],
        "topics": [(tag, str(label)) for tag, label in TAGS.items()],
        "fundings": [(funding.value, str(words)) for funding, words in FUNDINGS.items()],
        "comment_modes": [(mode.value, str(words)) for mode, words in COMMENT_MODES.items()],
        "zones": zone_options(zone if is_place(zone) else ctx.zone, ctx.now),
        "event_numbers": EVENTS,
        "source_numbers": SOURCES,
        "more_sources": any(
            form.values.get(f"{kind}_{number}") or form.errors.get(f"{kind}_{number}")
            for kind in ("source", "source_label")
            for number in SOURCES[2:]
        ),
        "labels": _labels(),
    }


def _is_begun(form: Form[StoryFields], tag: str) -> bool:
    names = [f"{name}_{tag}" for name in TEXTS]
    return any(form.values.get(name) or form.errors.get(name) for name in names)


def _labels() -> dict[str, str]:
    """Field names in words, for the summary of errors."""
    said = (_("Title"), _("Summary"), _("Text"), _("Who exactly"))
    texts = dict(zip(TEXTS, said, strict=True))
    return {
        **{
            f"{name}_{tag}": f"{label} ({OWN_NAMES[tag]})"
            for name, label in texts.items()
            for tag in LANGUAGES
        },
        **{f"event_{number}": _("Event %(number)s", number=number) for number in EVENTS},
        "initiative": _("Initiative it tells of"),
        **{f"source_{number}": _("Source %(number)s", number=number) for number in SOURCES},
        **{f"source_label_{number}": _("Source %(number)s", number=number) for number in SOURCES},
        "original": _("Written first in"),
        "funding": _("Who pays for it"),
        "comments": _("Comments"),
        "publish_wall": _("When it shall appear"),
        "time_zone": _("Time zone"),
        "byline": _("Name of the author"),
    }
