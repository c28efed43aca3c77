"""The form of a result: three questions, each answered once for each language."""

from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

from pydantic import Field
from starlette.responses import Response

from portal.domain.results.actions import ResultDetails
from portal.domain.results.models import Result
from portal.i18n.locale import LANGUAGES, OWN_NAMES
from portal.i18n.locale import gettext as _
from portal.i18n.translated import LocalizedText, Translated
from portal.web.components.translated_fields import state_of
from portal.web.http import Context, render
from portal.web.http.forms import Fields, Form

ANSWERS: Final = ("happened", "reached", "next_steps")
# The hard limit is the domain's; this only stops what no form could mean.
_Text = Annotated[str, Field(max_length=100_000)]


class ResultFields(Fields):
    """The answers in every language."""

    original: Literal["kk", "ru", "en"]
    happened_kk: _Text = ""
    happened_ru: _Text = ""
    happened_en: _Text = ""
    reached_kk: _Text = ""
    reached_ru: _Text = ""
    reached_en: _Text = ""
    next_steps_kk: _Text = ""
    next_steps_ru: _Text = ""
    next_steps_en: _Text = ""
    revision: Annotated[int, Field(ge=0)] = 0
    # What the organiser says of the translations when only the original was changed.
    small_fix: Literal["yes", ""] = ""


def result_details(fields: ResultFields, result: Result | None) -> ResultDetails:
    """Return what was said. Translations left alone stay tied to the original they were made of."""

    def translated(name: str) -> Translated:
        texts = {language: getattr(fields, f"{name}_{language}") for language in LANGUAGES}
        if result is None:
            return Translated.of(fields.original, **texts)
        before: Translated = getattr(result, name)
        return before.revised(fields.original, texts, still_right=bool(fields.small_fix))

    return ResultDetails(translated("happened"), translated("reached"), translated("next_steps"))


def values_of(result: Result) -> dict[str, Any]:
    """Return a result as the form shows it."""
    values = {"original": result.happened.original, "revision": str(result.revision)}
    for name in ANSWERS:
        texts: Translated = getattr(result, name)
        values |= {f"{name}_{tag}": text for tag, text in texts.texts().items()}
    return values


@dataclass(frozen=True, slots=True)
class ResultForm:
    """Whose form it is: what differs between events and initiatives."""

    heading: str
    # Who will read the answers, and how much is enough.
    hint: str
    slug: str
    title: LocalizedText
    # The route of its page for organisers, and the one that takes the form.
    item: str
    action: str


def result_page(
    ctx: Context,
    result_form: ResultForm,
    form: Form[ResultFields],
    result: Result | None,
    status: int = 200,
) -> Response:
    """Return the form of an item's result, with the state of each language."""
    chosen = form.values.get("original")
    original = chosen if chosen in LANGUAGES else ctx.language
    texts = [getattr(result, name) for name in ANSWERS] if result else []
    return render(
        ctx,
        "results/form.html",
        status,
        form=form,
        heading=result_form.heading,
        hint=result_form.hint,
        title=result_form.title,
        item_url=ctx.url(result_form.item, slug=result_form.slug),
        action=ctx.url(result_form.action, slug=result_form.slug),
        is_published=result is not None,
        content_languages=[
            {
                "tag": tag,
                "name": OWN_NAMES[tag],
                "is_original": tag == original,
                "is_open": tag == original or _is_begun(form, tag),
                "state": state_of(texts, tag) if texts else None,
            }
            for tag in (original, *(tag for tag in LANGUAGES if tag != original))
        ],
        originals=[(tag, OWN_NAMES[tag]) for tag in LANGUAGES],
        labels=_labels(),
        has_translations=any(len(text.versions) > 1 for text in texts),
    )


def _is_begun(form: Form[ResultFields], tag: str) -> bool:
    names = [f"{name}_{tag}" for name in ANSWERS]
    return any(form.values.get(name) or form.errors.get(name) for name in names)


def _labels() -> dict[str, str]:
    """Field names in words, for the summary of errors."""
    questions = dict(
        zip(ANSWERS, (_("What happened"), _("For whom"), _("What comes next")), strict=True)
    )
    return {"original": _("Written first in")} | {
        f"{name}_{tag}": f"{question} ({OWN_NAMES[tag]})"
        for name, question in questions.items()
        for tag in LANGUAGES
    }
