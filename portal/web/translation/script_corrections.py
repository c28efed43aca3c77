"""Words that the portal wrote wrongly in another script of Kazakh: told, and corrected."""

from typing import Annotated, Literal, NamedTuple

from pydantic import Field
from starlette.responses import Response

from portal.core.item_kinds import ItemKind
from portal.core.refusals import NotAllowedError, NotFoundError, Refusal
from portal.core.urls import number_in
from portal.domain.script_corrections import actions, queries
from portal.domain.script_corrections.rules import (
    LONGEST_WORD,
    MAX_OUTPUT_LENGTH,
    CorrectedSpelling,
    public_page,
)
from portal.domain.translation.items import Translatable, TranslatableItem
from portal.domain.translation.kinds import kind_named
from portal.i18n.kazakh.scripts import LATIN, SCRIPTS
from portal.i18n.locale import OWN_NAMES
from portal.web.components.item_kinds import item_url
from portal.web.http import Cache, Context, Limit, Policy, PortalRouter, render
from portal.web.http.forms import Fields, Form, submitted

router = PortalRouter()
_ITEM = "/spelling/{kind}/{slug}"
# Kinds of items by the part of the portal their pages are in.
_PARTS = {
    "events": "event",
    "initiatives": "initiative",
    "stories": "story",
    "organizations": "organization",
}


class Place(NamedTuple):
    """An item, and how its kind is translated."""

    translatable: Translatable
    item: TranslatableItem

    @property
    def key(self) -> tuple[ItemKind, int]:
        """What its corrections are kept under."""
        return self.translatable.kind, self.item.id


class WordFields(Fields):
    """A word and how it is written; `page` is where it stood."""

    script: Literal["kk-Latn", "kk-Latn-TR", "kk-Arab"]
    word: Annotated[str, Field(max_length=LONGEST_WORD)] = ""
    output: Annotated[str, Field(max_length=MAX_OUTPUT_LENGTH)] = ""
    page: Annotated[str, Field(max_length=300)] = ""

    def spelling(self) -> CorrectedSpelling:
        """Return what the domain calls it."""
        return CorrectedSpelling(self.script, self.word, self.output)


WordForm = Annotated[Form[WordFields], submitted(WordFields)]


@router.page("/spelling", name="script_corrections.new", policy=Policy.ANYONE, cache=Cache.PRIVATE)
def new(ctx: Context) -> Response:
    """Show the form for a wrong word of the page in `page`."""
    page = ctx.request.query_params.get("page", "")
    script = ctx.tag if ctx.tag in SCRIPTS else LATIN.tag
    return _report_page(ctx, Form.filled(WordFields, {"page": page, "script": script}))


@router.form("/spelling", name="script_corrections.create", policy=Policy.ANYONE)
def create(ctx: Context, form: WordForm) -> Response:
    """Tell the administrators."""
    if (fields := form.fields) is not None:
        ctx.rate_limit(Limit.WORD)
        try:
            actions.doubt(ctx.db, fields.spelling(), fields.page, ctx.now)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return ctx.redirect(
                "script_corrections.sent", {"page": public_page(fields.page) or None}
            )
    return _report_page(ctx, form, 422)


@router.page(
    "/spelling/sent", name="script_corrections.sent", policy=Policy.ANYONE, cache=Cache.PRIVATE
)
def sent(ctx: Context) -> Response:
    """Thanks, and the way back."""
    back = public_page(ctx.request.query_params.get("page", ""))
    return render(ctx, "translation/script_report_sent.html", back=back or None)


@router.page(
    "/administration/spelling",
    name="script_corrections.index",
    policy=Policy.ADMINISTRATOR,
    cache=Cache.PRIVATE,
)
def index(ctx: Context) -> Response:
    """Show what readers found wrong, and what is corrected everywhere."""
    asked = ctx.request.query_params
    script = asked.get("script", LATIN.tag)
    return _index_page(ctx, Form.filled(WordFields, {"script": script}))


@router.form(
    "/administration/spelling", name="script_corrections.correct", policy=Policy.ADMINISTRATOR
)
def correct(ctx: Context, form: WordForm) -> Response:
    """Corrects a word everywhere."""
    return (
        ctx.redirect("script_corrections.index")
        if _corrected(ctx, form)
        else _index_page(ctx, form, 422)
    )


@router.form(
    "/administration/spelling/{number}/deletion",
    name="script_corrections.forget",
    policy=Policy.ADMINISTRATOR,
)
def forget(ctx: Context, number: str) -> Response:
    """Write a word by rule again."""
    ctx.db.delete(queries.correction_for(ctx.db, number_in(number)))
    return ctx.redirect("script_corrections.index")


@router.form(
    "/administration/spelling/reports/{number}/deletion",
    name="script_corrections.settle",
    policy=Policy.ADMINISTRATOR,
)
def settle(ctx: Context, number: str) -> Response:
    """Take a report from the list."""
    ctx.db.delete(queries.doubtful_word(ctx.db, number_in(number)))
    return ctx.redirect("script_corrections.index")


@router.page(_ITEM, name="script_corrections.item", policy=Policy.SIGNED_IN, cache=Cache.PRIVATE)
def item(ctx: Context, kind: str, slug: str) -> Response:
    """Show what is corrected on an item's page, for whoever may translate it."""
    script = ctx.tag if ctx.tag in SCRIPTS else LATIN.tag
    place = _place(ctx, kind, slug)
    return _item_page(ctx, place, Form.filled(WordFields, {"script": script}))


@router.form(_ITEM, name="script_corrections.correct_item", policy=Policy.SIGNED_IN)
def correct_item(ctx: Context, kind: str, slug: str, form: WordForm) -> Response:
    """Corrects a word on an item's page."""
    place = _place(ctx, kind, slug)
    if _corrected(ctx, form, place.key):
        return ctx.redirect("script_corrections.item", kind=kind, slug=slug)
    return _item_page(ctx, place, form, 422)


@router.form(
    _ITEM + "/{number}/deletion", name="script_corrections.forget_item", policy=Policy.SIGNED_IN
)
def forget_item(ctx: Context, kind: str, slug: str, number: str) -> Response:
    """Write a word of an item's page as everywhere again."""
    place = _place(ctx, kind, slug)
    ctx.db.delete(queries.correction_for(ctx.db, number_in(number), place.key))
    return ctx.redirect("script_corrections.item", kind=kind, slug=slug)


def _place(ctx: Context, kind: str, slug: str) -> Place:
    translatable = kind_named(kind)
    item_id = translatable.find(ctx.db, ctx.signed_in_user, slug)
    return Place(translatable, translatable.open(ctx.db, item_id))


def _corrected(
    ctx: Context, form: Form[WordFields], key: tuple[ItemKind, int] | None = None
) -> bool:
    return form.accepts(lambda word: actions.correct(ctx.db, word.spelling(), key))


def _report_page(ctx: Context, form: Form[WordFields], status: int = 200) -> Response:
    page = public_page(str(form.values.get("page") or ""))
    return render(
        ctx,
        "translation/script_report.html",
        status,
        form=form,
        scripts=_scripts(),
        page=page or None,
        own_url=_own_url(ctx, page),
    )


def _own_url(ctx: Context, page: str) -> str | None:
    """Return where whoever may translate the page's item corrects it at once."""
    part, _slash, slug = page.removeprefix("/").partition("/")[2].partition("/")
    if ctx.user is None or part not in _PARTS or not slug:
        return None
    try:
        kind_named(_PARTS[part]).find(ctx.db, ctx.user, slug)
    except (NotAllowedError, NotFoundError):
        return None
    return ctx.url("script_corrections.item", kind=_PARTS[part], slug=slug)


def _index_page(ctx: Context, form: Form[WordFields], status: int = 200) -> Response:
    return render(
        ctx,
        "translation/script_corrections.html",
        status,
        form=form,
        scripts=_scripts(),
        script_names=OWN_NAMES,
        reports=queries.script_reports(ctx.db),
        corrections=queries.corrections_of(ctx.db),
    )


def _item_page(ctx: Context, place: Place, form: Form[WordFields], status: int = 200) -> Response:
    translatable, opened = place
    return render(
        ctx,
        "translation/item_script_corrections.html",
        status,
        form=form,
        scripts=_scripts(),
        script_names=OWN_NAMES,
        kind=translatable.kind.value,
        slug=opened.slug,
        title=opened.title.localized(),
        item_url=item_url(ctx, opened.kind, opened.slug),
        corrections=queries.corrections_of(ctx.db, place.key),
    )


def _scripts() -> list[tuple[str, str]]:
    return [(tag, script.own_name) for tag, script in SCRIPTS.items()]
