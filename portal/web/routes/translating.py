"""Putting an event's texts into other languages, and nothing else of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from portal.domain.events.actions import details_of
from portal.domain.events.queries import translated_event
from portal.domain.registrations.consequences import change_event
from portal.i18n import LANGUAGES, OWN_NAMES
from portal.refusals import Refusal
from portal.web.event_form import text_labels, texts_state
from portal.web.forms import Fields, Form
from portal.web.policies import Cache, Policy
from portal.web.routing import Pages

if TYPE_CHECKING:
    from starlette.responses import Response

    from portal.domain.events.actions import Details
    from portal.domain.events.models import Event
    from portal.translated import Translated
    from portal.web.visit import Visit

pages = Pages()
TEXTS = ("title", "summary", "description")
_Text = Annotated[str, Field(max_length=100_000)]


class TranslationFields(Fields):
    """An event's texts; those in the original language are not read."""

    title_kk: _Text = ""
    title_ru: _Text = ""
    title_en: _Text = ""
    summary_kk: _Text = ""
    summary_ru: _Text = ""
    summary_en: _Text = ""
    description_kk: _Text = ""
    description_ru: _Text = ""
    description_en: _Text = ""
    revision: Annotated[int, Field(ge=0)] = 0


@pages.get(
    "/organizing/events/{slug}/translation",
    name="translating.edit",
    policy=Policy.TRANSLATOR,
    cache=Cache.PRIVATE,
)
def edit(visit: Visit, slug: str) -> Response:
    """The original's texts, and a field beside each for every other language."""
    event = translated_event(visit.db, visit.person, slug)
    values = {"revision": str(event.revision)}
    for name in TEXTS:
        texts: Translated = getattr(event, name)
        values |= {f"{name}_{tag}": text for tag, text in texts.texts().items()}
    return _page(visit, event, Form.filled(TranslationFields, values))


@pages.post(
    "/organizing/events/{slug}/translation", name="translating.update", policy=Policy.TRANSLATOR
)
def update(visit: Visit, slug: str) -> Response:
    """Saves the translations; time, place, links and the original stay as they are."""
    event = translated_event(visit.db, visit.person, slug)
    form = Form(TranslationFields, visit.submitted)
    if form.fields:
        try:
            details = _details(event, form.fields)
            change_event(visit.db, event, details, form.fields.revision, visit.now)
        except Refusal as refusal:
            form.refuse(refusal)
            form.values["revision"] = str(event.revision)
        else:
            return visit.go("organizing.index")
    return _page(visit, event, form, 422)


def _details(event: Event, fields: TranslationFields) -> Details:
    """The event as it is, with these words in the languages that are not its original."""

    def translated(name: str) -> Translated:
        before: Translated = getattr(event, name)
        original = event.title.original
        texts = {tag: getattr(fields, f"{name}_{tag}") for tag in LANGUAGES if tag != original}
        return before.revised(original, texts | {original: before.texts().get(original, "")})

    return replace(
        details_of(event),
        title=translated("title"),
        summary=translated("summary"),
        description=translated("description"),
    )


def _page(visit: Visit, event: Event, form: Form[TranslationFields], status: int = 200) -> Response:
    original = event.title.original
    return visit.page(
        "translating/edit.html",
        status,
        form=form,
        slug=event.slug,
        title=event.title.said(original),
        original=OWN_NAMES[original],
        words={name: getattr(event, name).said(original) for name in TEXTS},
        tongues=[
            {"tag": tag, "name": OWN_NAMES[tag], "state": texts_state(event, tag)}
            for tag in LANGUAGES
            if tag != original
        ],
        labels=text_labels(TEXTS),
    )
