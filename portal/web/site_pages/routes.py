"""The portal's own pages, and the form in which administrators write them."""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from markupsafe import Markup
from pydantic import Field
from starlette.responses import Response

from portal.content.markdown import html_of
from portal.core.item_kinds import ItemKind
from portal.core.refusals import NotFoundError, Refusal
from portal.domain.publishing.translation_progress.rules import count
from portal.domain.site_pages import actions
from portal.domain.site_pages.queries import Page, page_named
from portal.domain.site_pages.rules import PageName, Words, check
from portal.domain.translation.queries import matrix
from portal.i18n.locale import LANGUAGES, OWN_NAMES, gettext_lazy
from portal.i18n.locale import gettext as _
from portal.i18n.translated import Translated
from portal.web.components.item_kinds import item_url
from portal.web.components.translated_fields import state_of
from portal.web.components.translation_notice import TranslationNotice, translation_notice
from portal.web.http import Cache, Context, Guard, Policy, PortalRouter, render
from portal.web.http.forms import Fields, Form, submitted
from portal.web.translation.matrix import entry_of

router = PortalRouter()
edit_router = PortalRouter(guard=Guard.ALWAYS)
NAMES: Final = {
    PageName.ABOUT: gettext_lazy("About the portal"),
    PageName.RULES: gettext_lazy("Rules"),
    PageName.PRIVACY: gettext_lazy("Privacy"),
    PageName.CONTACT: gettext_lazy("Contact"),
}
# The hard limit is the domain's; this only stops what no form could mean.
_Text = Annotated[str, Field(max_length=100_000)]


class PageFields(Fields):
    """A page in every language."""

    original: Literal["kk", "ru", "en"]
    title_kk: _Text = ""
    title_ru: _Text = ""
    title_en: _Text = ""
    body_kk: _Text = ""
    body_ru: _Text = ""
    body_en: _Text = ""
    revision: Annotated[int, Field(ge=0)] = 0
    # What the administrator says of the translations when only the original was changed.
    small_fix: Literal["yes", ""] = ""


PageForm = Annotated[Form[PageFields], submitted(PageFields)]


@router.page("/about", name="site_pages.about", policy=Policy.ANYONE, cache=Cache.PUBLIC)
def about(ctx: Context) -> Response:
    """Show what the portal is, and for whom."""
    return _page(ctx, PageName.ABOUT)


@router.page("/rules", name="site_pages.rules", policy=Policy.ANYONE, cache=Cache.PUBLIC)
def rules(ctx: Context) -> Response:
    """Show what may be written here, and what happens to the rest."""
    return _page(ctx, PageName.RULES)


@router.page("/privacy", name="site_pages.privacy", policy=Policy.ANYONE, cache=Cache.PUBLIC)
def privacy(ctx: Context) -> Response:
    """Show what the portal keeps, for how long, and who sees it; then what its operator adds."""
    return _page(ctx, PageName.PRIVACY, "site_pages/privacy.html")


@router.page("/contact", name="site_pages.contact", policy=Policy.ANYONE, cache=Cache.PUBLIC)
def contact(ctx: Context) -> Response:
    """Show whom to write to about what."""
    return _page(ctx, PageName.CONTACT)


def _page(ctx: Context, name: PageName, template: str = "site_pages/show.html") -> Response:
    page = page_named(ctx.db, name)
    return render(
        ctx,
        template,
        title=page.title.localized(),
        **_body(ctx, page.body_html, page.body),
        translation=_translation(ctx, name, page),
        history_url=ctx.url("history.page", slug=name) if page.id else None,
        index_as=(f"site_pages.{name}", {}, None),
    )


def _translation(ctx: Context, name: PageName, page: Page) -> TranslationNotice | None:
    """Return the line for the reader; what the portal brings along is as good in every language."""
    if page.id is None:
        return None
    counts = count((page.title, page.body), ctx.language)
    return translation_notice(ctx, ItemKind.PAGE, name.value, page.title.original, counts)


def _body(ctx: Context, html: Mapping[str, str], body: Translated) -> dict[str, Any]:
    """Return the text in the reader's language, or in its own."""
    language = ctx.language if ctx.language in html else body.original
    text = Markup(html.get(language, ""))  # noqa: S704 - sanitised when it was saved
    return {"text": text, "text_language": language}


@edit_router.page(
    "/administration/pages",
    name="site_pages.index",
    policy=Policy.ADMINISTRATOR,
    cache=Cache.PRIVATE,
)
def index(ctx: Context) -> Response:
    """Show all pages."""
    rows = [
        (str(words), ctx.url("site_pages.edit", page=name), item_url(ctx, ItemKind.PAGE, name))
        for name, words in NAMES.items()
    ]
    return render(
        ctx,
        "site_pages/index.html",
        rows=rows,
        content_languages=[(tag, OWN_NAMES[tag]) for tag in LANGUAGES],
        entries=[entry_of(ctx, line) for line in matrix(ctx.db, None, ctx.now)],
    )


@edit_router.page(
    "/administration/pages/{page}",
    name="site_pages.edit",
    policy=Policy.ADMINISTRATOR,
    cache=Cache.PRIVATE,
)
def edit(ctx: Context, page: str) -> Response:
    """Show a page's texts as they are."""
    name = _named(page)
    found = page_named(ctx.db, name)
    return _form_page(ctx, name, found, Form.filled(PageFields, _values_of(found)))


@edit_router.form(
    "/administration/pages/{page}", name="site_pages.update", policy=Policy.ADMINISTRATOR
)
def update(ctx: Context, page: str, form: PageForm) -> Response:
    """Write a page anew."""
    name = _named(page)
    found = page_named(ctx.db, name)
    if form.fields:
        words = _words_from(form.fields, found)
        try:
            actions.save(ctx.db, name, words, form.fields.revision, ctx.now)
        except Refusal as refusal:
            form.refuse(refusal)
            form.values["revision"] = str(found.revision)
        else:
            return ctx.redirect(f"site_pages.{name}")
    return _form_page(ctx, name, found, form, 422)


@edit_router.form(
    "/administration/pages/{page}/preview", name="site_pages.preview", policy=Policy.ADMINISTRATOR
)
def preview(ctx: Context, page: str, form: PageForm) -> Response:
    """Show the page as it would be, above the form; save nothing."""
    name = _named(page)
    found = page_named(ctx.db, name)
    if form.fields:
        title, body, _is_small_fix = _words_from(form.fields, found)
        try:
            check(name, title, body)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            preview = {"title": title.localized(), **_body(ctx, html_of(body), body)}
            return _form_page(ctx, name, found, form, preview=preview)
    return _form_page(ctx, name, found, form, 422)


def _named(page: str) -> PageName:
    if page not in {each.value for each in PageName}:
        raise NotFoundError
    return PageName(page)


def _words_from(fields: PageFields, page: Page) -> Words:
    """Return what was said. Translations left alone stay tied to the original they were made of."""

    def revised(name: str, before: Translated) -> Translated:
        texts = {tag: getattr(fields, f"{name}_{tag}") for tag in LANGUAGES}
        return before.revised(fields.original, texts, still_right=is_small_fix)

    is_small_fix = bool(fields.small_fix)
    return Words(revised("title", page.title), revised("body", page.body), is_small_fix)


def _values_of(page: Page) -> dict[str, Any]:
    values = {"original": page.title.original, "revision": str(page.revision)}
    for name, texts in (("title", page.title), ("body", page.body)):
        values |= {f"{name}_{tag}": text for tag, text in texts.texts().items()}
    return values


def _form_page(
    ctx: Context,
    name: PageName,
    page: Page,
    form: Form[PageFields],
    status: int = 200,
    *,
    preview: dict[str, Any] | None = None,
) -> Response:
    chosen = form.values.get("original")
    original = chosen if chosen in LANGUAGES else page.title.original
    return render(
        ctx,
        "site_pages/form.html",
        status,
        form=form,
        preview=preview,
        name=name.value,
        page_name=str(NAMES[name]),
        page_url=item_url(ctx, ItemKind.PAGE, name),
        content_languages=[
            (tag, OWN_NAMES[tag], state_of([page.title, page.body], tag))
            for tag in (original, *(tag for tag in LANGUAGES if tag != original))
        ],
        original=original,
        has_translations=any(len(text.versions) > 1 for text in (page.title, page.body)),
        originals=[(tag, OWN_NAMES[tag]) for tag in LANGUAGES],
        labels={"original": _("Written first in")}
        | {f"title_{tag}": f"{_('Title')} ({OWN_NAMES[tag]})" for tag in LANGUAGES}
        | {f"body_{tag}": f"{_('Text')} ({OWN_NAMES[tag]})" for tag in LANGUAGES},
    )
