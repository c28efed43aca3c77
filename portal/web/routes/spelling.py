"""Words that the portal wrote wrongly in another script of Kazakh: told, and corrected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

from pydantic import Field

from portal.domain.spelling import actions, queries
from portal.domain.spelling.rules import LONGEST_WORD, LONGEST_WRITTEN, Spelling, public_page
from portal.domain.translation.kinds import kind_named
from portal.i18n import OWN_NAMES
from portal.kazakh.scripts import LATIN, SCRIPTS
from portal.refusals import NotAllowedError, NotFoundError, Refusal
from portal.web.forms import Fields, Form
from portal.web.links import number_in
from portal.web.policies import Cache, Policy
from portal.web.rate_limits import Limit
from portal.web.routing import Pages
from portal.web.translation_form import reader_address

if TYPE_CHECKING:
    from starlette.responses import Response

    from portal.domain.translation.items import Item, Translatable
    from portal.items import ItemKind
    from portal.web.visit import Visit

pages = Pages()
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
    item: Item

    @property
    def key(self) -> tuple[ItemKind, int]:
        """What its corrections are kept under."""
        return self.translatable.kind, self.item.id


class WordFields(Fields):
    """A word and how it is written; `page` is where it stood."""

    script: Literal["kk-Latn", "kk-Latn-TR", "kk-Arab"]
    word: Annotated[str, Field(max_length=LONGEST_WORD)] = ""
    written: Annotated[str, Field(max_length=LONGEST_WRITTEN)] = ""
    page: Annotated[str, Field(max_length=300)] = ""

    def spelling(self) -> Spelling:
        """What the domain calls it."""
        return Spelling(self.script, self.word, self.written)


@pages.get("/spelling", name="spelling.new", policy=Policy.ANYONE, cache=Cache.PRIVATE)
def new(visit: Visit) -> Response:
    """The form for a wrong word of the page in `page`."""
    page = visit.request.query_params.get("page", "")
    script = visit.tag if visit.tag in SCRIPTS else LATIN.tag
    return _report_page(visit, Form.filled(WordFields, {"page": page, "script": script}))


@pages.post("/spelling", name="spelling.create", policy=Policy.ANYONE)
def create(visit: Visit) -> Response:
    """Tells the administrators."""
    form = Form(WordFields, visit.submitted)
    if (fields := form.fields) is not None:
        visit.limit(Limit.WORD)
        try:
            actions.doubt(visit.db, fields.spelling(), fields.page, visit.now)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return visit.go("spelling.sent", {"page": public_page(fields.page) or None})
    return _report_page(visit, form, 422)


@pages.get("/spelling/sent", name="spelling.sent", policy=Policy.ANYONE, cache=Cache.PRIVATE)
def sent(visit: Visit) -> Response:
    """Thanks, and the way back."""
    back = public_page(visit.request.query_params.get("page", ""))
    return visit.page("spelling/sent.html", back=back or None)


@pages.get(
    "/administration/spelling",
    name="spelling.index",
    policy=Policy.ADMINISTRATOR,
    cache=Cache.PRIVATE,
)
def index(visit: Visit) -> Response:
    """What readers found wrong, and what is corrected everywhere."""
    asked = visit.request.query_params
    script = asked.get("script", LATIN.tag)
    return _index_page(visit, Form.filled(WordFields, {"script": script}))


@pages.post("/administration/spelling", name="spelling.correct", policy=Policy.ADMINISTRATOR)
def correct(visit: Visit) -> Response:
    """Corrects a word everywhere."""
    form = Form(WordFields, visit.submitted)
    return visit.go("spelling.index") if _corrected(visit, form) else _index_page(visit, form, 422)


@pages.post(
    "/administration/spelling/{number}/deletion",
    name="spelling.forget",
    policy=Policy.ADMINISTRATOR,
)
def forget(visit: Visit, number: str) -> Response:
    """Writes a word by rule again."""
    visit.db.delete(queries.correction_for(visit.db, number_in(number)))
    return visit.go("spelling.index")


@pages.post(
    "/administration/spelling/reports/{number}/deletion",
    name="spelling.settle",
    policy=Policy.ADMINISTRATOR,
)
def settle(visit: Visit, number: str) -> Response:
    """Takes a report from the list."""
    visit.db.delete(queries.doubtful_word(visit.db, number_in(number)))
    return visit.go("spelling.index")


@pages.get(_ITEM, name="spelling.item", policy=Policy.SIGNED_IN, cache=Cache.PRIVATE)
def item(visit: Visit, kind: str, slug: str) -> Response:
    """What is corrected on an item's page, for whoever may translate it."""
    script = visit.tag if visit.tag in SCRIPTS else LATIN.tag
    place = _place(visit, kind, slug)
    return _item_page(visit, place, Form.filled(WordFields, {"script": script}))


@pages.post(_ITEM, name="spelling.correct_item", policy=Policy.SIGNED_IN)
def correct_item(visit: Visit, kind: str, slug: str) -> Response:
    """Corrects a word on an item's page."""
    place = _place(visit, kind, slug)
    form = Form(WordFields, visit.submitted)
    if _corrected(visit, form, place.key):
        return visit.go("spelling.item", kind=kind, slug=slug)
    return _item_page(visit, place, form, 422)


@pages.post(_ITEM + "/{number}/deletion", name="spelling.forget_item", policy=Policy.SIGNED_IN)
def forget_item(visit: Visit, kind: str, slug: str, number: str) -> Response:
    """Writes a word of an item's page as everywhere again."""
    place = _place(visit, kind, slug)
    visit.db.delete(queries.correction_for(visit.db, number_in(number), place.key))
    return visit.go("spelling.item", kind=kind, slug=slug)


def _place(visit: Visit, kind: str, slug: str) -> Place:
    translatable = kind_named(kind)
    item_id = translatable.find(visit.db, visit.person, slug)
    return Place(translatable, translatable.open(visit.db, item_id))


def _corrected(
    visit: Visit, form: Form[WordFields], key: tuple[ItemKind, int] | None = None
) -> bool:
    if form.fields is None:
        return False
    try:
        actions.correct(visit.db, form.fields.spelling(), key)
    except Refusal as refusal:
        form.refuse(refusal)
    return not form.errors


def _report_page(visit: Visit, form: Form[WordFields], status: int = 200) -> Response:
    page = public_page(str(form.values.get("page") or ""))
    return visit.page(
        "spelling/new.html",
        status,
        form=form,
        scripts=_scripts(),
        page=page or None,
        own_url=_own_url(visit, page),
    )


def _own_url(visit: Visit, page: str) -> str | None:
    """Where whoever may translate the page's item corrects it at once."""
    part, _slash, slug = page.removeprefix("/").partition("/")[2].partition("/")
    if visit.visitor is None or part not in _PARTS or not slug:
        return None
    try:
        kind_named(_PARTS[part]).find(visit.db, visit.visitor, slug)
    except (NotAllowedError, NotFoundError):
        return None
    return visit.url("spelling.item", kind=_PARTS[part], slug=slug)


def _index_page(visit: Visit, form: Form[WordFields], status: int = 200) -> Response:
    return visit.page(
        "spelling/index.html",
        status,
        form=form,
        scripts=_scripts(),
        script_names=OWN_NAMES,
        reports=queries.doubtful_words(visit.db),
        corrections=queries.corrections_of(visit.db),
    )


def _item_page(visit: Visit, place: Place, form: Form[WordFields], status: int = 200) -> Response:
    translatable, opened = place
    return visit.page(
        "spelling/item.html",
        status,
        form=form,
        scripts=_scripts(),
        script_names=OWN_NAMES,
        kind=translatable.kind.value,
        slug=opened.slug,
        title=opened.title.said(),
        item_url=reader_address(visit, opened),
        corrections=queries.corrections_of(visit.db, place.key),
    )


def _scripts() -> list[tuple[str, str]]:
    return [(tag, script.own_name) for tag, script in SCRIPTS.items()]
