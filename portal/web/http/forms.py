"""HTML forms: what was submitted, what it means, and what to tell the reader about it."""

from collections.abc import Callable, Mapping
from tempfile import SpooledTemporaryFile
from typing import Annotated, Any, BinaryIO, Final, Generic, TypeVar, cast, get_origin

from fastapi import Depends
from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from portal.core.refusals import Refusal
from portal.core.text_rules import ControlCharacterError
from portal.i18n.locale import gettext_lazy as _
from portal.web.http.limits import FORM, MAX_FIELDS

# pydantic's error types, in the reader's words.
MESSAGES: Final = {
    "missing": _("This needs an answer."),
    "string_too_short": _("This needs an answer."),
    "string_too_long": _("Use at most %(max_length)s characters."),
    "int_parsing": _("Enter a whole number."),
    "int_type": _("Enter a whole number."),
    "int_from_float": _("Enter a whole number."),
    "int_parsing_size": _("Enter a smaller number."),
    "greater_than_equal": _("Enter %(ge)s or more."),
    "less_than_equal": _("Enter %(le)s or less."),
    "literal_error": _("Choose one of the answers."),
    "enum": _("Choose one of the answers."),
    "date_from_datetime_parsing": _("Enter a date."),
    "date_parsing": _("Enter a date."),
    "datetime_parsing": _("Enter a date and a time."),
    "datetime_from_date_parsing": _("Enter a date and a time."),
    "time_parsing": _("Enter a time."),
}


async def read_form(request: Request) -> FormData:
    """Read a URL-encoded form, so that no upload is parsed; `request.state.submitted` keeps it."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in {"application/x-www-form-urlencoded", ""}:
        raise HTTPException(415)
    request.state.submitted = await request.form(max_fields=MAX_FIELDS, max_files=0)
    return request.state.submitted  # type: ignore[no-any-return]


async def read_upload(request: Request) -> FormData:
    """Read a form with one file, whose name is ignored, onto the disk; the caller closes it."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "multipart/form-data":
        return await read_form(request)
    return await request.form(max_fields=MAX_FIELDS, max_files=1, max_part_size=FORM.max_bytes)


def submitted_file(submitted: FormData | None, name: str) -> BinaryIO | None:
    """Return the file of a field, as a real one of the disk; None if none was chosen."""
    sent = submitted.get(name) if submitted else None
    if not isinstance(sent, UploadFile) or not sent.size:
        return None
    file = cast("SpooledTemporaryFile[bytes]", sent.file)
    file.rollover()
    return cast("BinaryIO", file)


class Fields(BaseModel):
    """The fields of one form, as its page submits them; what it does not name is not read."""

    model_config = ConfigDict(str_strip_whitespace=True, extra="ignore")


F = TypeVar("F", bound=Fields)


class Form(Generic[F]):
    """A form as shown: submitted strings or lists, errors, and `fields`, None if any is wrong."""

    def __init__(self, fields: type[F], submitted: FormData | None = None) -> None:
        self.values: dict[str, Any] = {}
        self.errors: dict[str | None, list[str]] = {}
        self.fields: F | None = None
        if submitted is None:
            return
        for name, field in fields.model_fields.items():
            texts = [_one_line_end(v) for v in submitted.getlist(name) if isinstance(v, str)]
            if get_origin(field.annotation) in {list, tuple}:
                self.values[name] = [text for text in texts if text]
            elif texts and texts[0] != "":
                self.values[name] = texts[0]
            if any("\0" in text for text in texts):  # PostgreSQL neither holds nor looks for one
                self.refuse(ControlCharacterError(name))
        try:
            valid = fields.model_validate(self.values)
        except ValidationError as invalid:
            for error in invalid.errors(include_url=False, include_input=False):
                message = str(MESSAGES.get(error["type"], _("Check this field.")))
                self._add(str(error["loc"][0]), message % error.get("ctx", {}))
        else:
            self.fields = None if self.errors else valid

    @classmethod
    def filled(cls, fields: type[F], values: Mapping[str, Any]) -> "Form[F]":
        """Return a form that has not been submitted, with values to start from."""
        form = cls(fields)
        form.values = dict(values)
        return form

    def accepts(self, verb: Callable[[F], object]) -> bool:
        """Tell whether `verb` was done with the valid fields; its refusal stands beside them."""
        if self.fields is None:
            return False
        try:
            verb(self.fields)
        except Refusal as refusal:
            self.refuse(refusal)
        return not self.errors

    def refuse(self, refusal: Refusal) -> None:
        """Show what was refused beside the fields it is about, or above the form."""
        for each in refusal.each():
            self._add(each.field, each.localized())

    def _add(self, field: str | None, message: str) -> None:
        messages = self.errors.setdefault(field, [])
        if message not in messages:
            messages.append(message)


# What a form sent, as it came.
Submitted = Annotated[FormData, Depends(read_form)]


def submitted(fields: type[F]) -> Any:
    """Depend on a form, which is the second part of a view's `form: Annotated[Form[F], …]`."""
    # FastAPI's own `Form()` answers 422 by itself, without the reader's values and errors.

    async def read(data: Submitted) -> Form[F]:
        return Form(fields, data)

    return Depends(read)


def _one_line_end(text: str) -> str:
    # Browsers send CR LF for every line end of a textarea (WHATWG HTML, form submission).
    return text.replace("\r\n", "\n").replace("\r", "\n")
