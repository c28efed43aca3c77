"""Translations as files, out and in: for an organisation's translators, and by a link."""

from dataclasses import dataclass
from typing import Annotated, Final

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from portal.core.refusals import NotFoundError, Refusal
from portal.domain.translation import po_files, xliff_files
from portal.domain.translation.file_import import Read
from portal.i18n.locale import gettext_lazy as _
from portal.web.http import Cache, Context, Policy, PortalRouter
from portal.web.http.downloads import download
from portal.web.http.forms import submitted_file
from portal.web.http.limits import LARGEST_TRANSLATION, TRANSLATION_FILE
from portal.web.http.uploads import Received, received
from portal.web.translation.form import blank_form
from portal.web.translation.workspace import (
    Workspace,
    save_typed,
    values_of,
    volunteer_workspace,
    workspace_for,
    workspace_page,
)

router = PortalRouter()
_HERE = "/manage/translations/{kind}/{slug}/{target}"
_FORMS: Final = {
    "po": (po_files, "text/x-gettext-translation; charset=utf-8"),
    "xlf": (xliff_files, "application/xliff+xml; charset=utf-8"),
}


class TooLargeFileError(Refusal):
    """More than any text has."""

    message = _("This file is larger than 1 MB. Nothing was changed.")
    field = "file"


class NoTextError(Refusal):
    """A picture, an archive, or letters in another encoding."""

    message = _("This file holds no text in UTF-8. Save it as PO or XLIFF 2 and try again.")
    field = "file"


class NoFileError(Refusal):
    """Nothing was sent."""

    message = _("Choose a file, or paste what it holds.")


@dataclass(frozen=True, slots=True)
class Brought:
    """What somebody brings back, and the field it came by."""

    content: str
    field: str


def _take(_request: Request, submitted: FormData, _found: object) -> Brought:
    """Return what the file holds; else what was pasted."""
    file = submitted_file(submitted, "file")
    if file is None:
        return Brought(str(submitted.get("po", "")), "po")
    file.seek(0)
    content = file.read(LARGEST_TRANSLATION + 1)
    if len(content) > LARGEST_TRANSLATION:
        raise TooLargeFileError
    try:
        return Brought(content.decode("utf-8-sig"), "file")
    except UnicodeDecodeError:
        raise NoTextError from None


def _workspace_for_editor(ctx: Context, kind: str, slug: str, target: str) -> None:
    workspace_for(ctx, kind, slug, target)


def _workspace_for_volunteer(ctx: Context, key: str) -> None:
    volunteer_workspace(ctx, key)


@router.page(
    f"{_HERE}/file.{{form}}",
    name="translations.file",
    policy=Policy.TRANSLATOR,
    cache=Cache.PRIVATE,
)
def file(ctx: Context, kind: str, slug: str, target: str, form: str) -> Response:
    """Return the paragraphs and what they are in a language, as a PO or an XLIFF file."""
    return _file(ctx, workspace_for(ctx, kind, slug, target), form)


@router.upload(
    f"{_HERE}/imports",
    name="translations.import_file",
    policy=Policy.TRANSLATOR,
    limits=TRANSLATION_FILE,
)
def import_file(
    ctx: Context,
    kind: str,
    slug: str,
    target: str,
    sent: Annotated[Received, received(_workspace_for_editor, _take)],
) -> Response:
    """Save what a file says."""
    return _import(ctx, workspace_for(ctx, kind, slug, target), sent.outcome)


@router.page(
    "/translate/{key}/file.{form}",
    name="shared_translations.file",
    policy=Policy.LINK_HOLDER,
    cache=Cache.PRIVATE,
)
def volunteers_file(ctx: Context, key: str, form: str) -> Response:
    """Return the file for a volunteer."""
    return _file(ctx, volunteer_workspace(ctx, key), form)


@router.upload(
    "/translate/{key}/imports",
    name="shared_translations.import_file",
    policy=Policy.LINK_HOLDER,
    limits=TRANSLATION_FILE,
)
def volunteers_import(
    ctx: Context, key: str, sent: Annotated[Received, received(_workspace_for_volunteer, _take)]
) -> Response:
    """Save what a volunteer's file says."""
    return _import(ctx, volunteer_workspace(ctx, key), sent.outcome)


def _file(ctx: Context, workspace: Workspace, form: str) -> Response:
    if form not in _FORMS:
        raise NotFoundError
    made, media_type = _FORMS[form]
    # A volunteer's link is a secret that no file should carry about.
    page = "" if workspace.key else ctx.absolute("translations.edit", None, **values_of(workspace))
    content = made.export(workspace.item, workspace.target, page)
    return download(content, media_type, f"{workspace.item.slug}.{workspace.target}.{form}")


def _import(ctx: Context, workspace: Workspace, taken: Brought | Refusal) -> Response:
    if isinstance(taken, Refusal):
        return _refused(ctx, workspace, taken)
    try:
        typed, lost = _read(taken.content, workspace)
    except Refusal as refusal:
        refusal.field = taken.field
        return _refused(ctx, workspace, refusal, taken.content if taken.field == "po" else "")
    return save_typed(ctx, workspace, typed, lost=lost)


def _refused(ctx: Context, workspace: Workspace, refusal: Refusal, pasted: str = "") -> Response:
    """Return the page with the reason beside the field, and what was pasted given back."""
    form = blank_form(workspace.item, workspace.target)
    form.values["po"] = pasted
    form.refuse(refusal)
    return workspace_page(ctx, workspace, form, 422)


def _read(content: str, workspace: Workspace) -> Read:
    if not content.strip():
        raise NoFileError
    if len(content) > LARGEST_TRANSLATION:
        raise TooLargeFileError
    is_xml = content.lstrip("\ufeff\r\n\t ").startswith("<")
    read = xliff_files.read if is_xml else po_files.read
    return read(content, workspace.item, workspace.target)
