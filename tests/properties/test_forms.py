"""Whatever a browser sends, a form keeps it, understands it or says what is wrong with it."""

from typing import Annotated
from unicodedata import category, normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import Field
from starlette.datastructures import FormData

from portal.core.text_rules import ControlCharacterError, TooLongError
from portal.domain.accounts.people.rules import NameNeededError, check_name, tidy_name
from portal.domain.events.rules import LARGEST_CAPACITY
from portal.i18n.locale import LANGUAGES, use_locale
from portal.web.accounts.profile import ProfileFields
from portal.web.accounts.time_zone import ZoneFields
from portal.web.admin.organizations import OrganizationFields
from portal.web.events.form import EventFields
from portal.web.events.registration_panel import GuestFields
from portal.web.feedback.routes import FeedbackFields
from portal.web.http.forms import MESSAGES, Fields, Form
from portal.web.organizations.members import RoleFields

FORMS = (
    *(EventFields, FeedbackFields, GuestFields, OrganizationFields, ProfileFields, RoleFields),
    ZoneFields,
)
VALUES = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [
            *("", " ", "\r\n", "0", "-1", "1e9", "inf", "nan", "9" * 5_000, "true", "null", "[]"),
            *("2027-05-05T19:00", "2027-05-05", "2027-02-30T10:00", "19:00", "2027-05-05T19:00Z"),
            *("kk", "online", "owner", "yes", "Asia/Almaty", "\0", "\ud800", "a" * 200_000),
        ]
    ),
)


@st.composite
def submissions(draw):
    form = draw(st.sampled_from(FORMS))
    names = st.one_of(st.sampled_from(list(form.model_fields)), st.text(max_size=10))
    pairs = draw(st.lists(st.tuples(names, VALUES), max_size=30))
    return form, pairs


@given(submissions(), st.sampled_from(LANGUAGES))
@settings(max_examples=300, deadline=None)
def test_a_form_is_understood_or_says_what_is_wrong(submission, language):
    kind, pairs = submission
    with use_locale(language):
        form = Form(kind, FormData(pairs))
    assert (form.fields is None) == bool(form.errors)
    assert set(form.errors) <= set(kind.model_fields)
    assert set(form.values) <= set(kind.model_fields)
    for messages in form.errors.values():
        assert messages
        for message in messages:
            assert "%(" not in message
            assert message.strip()


@given(submissions())
@settings(max_examples=100, deadline=None)
def test_a_form_keeps_what_was_typed_first(submission):
    kind, pairs = submission
    form = Form(kind, FormData(pairs))
    for name, shown in form.values.items():
        typed = [text.replace("\r\n", "\n").replace("\r", "\n") for n, text in pairs if n == name]
        if isinstance(shown, list):
            assert shown == [text for text in typed if text]
        else:
            assert shown == typed[0] != ""


@given(st.text())
def test_line_ends_of_browsers_become_one(text):
    class Letter(Fields):
        text: str = ""

    form = Form(Letter, FormData([("text", text)]))
    assert "\r" not in form.values.get("text", "")


@given(st.integers())
def test_numbers_are_taken_within_their_bounds(number):
    class Places(Fields):
        capacity: Annotated[int, Field(ge=1, le=LARGEST_CAPACITY)]

    form = Form(Places, FormData([("capacity", str(number))]))
    assert (form.fields is not None) == (1 <= number <= LARGEST_CAPACITY)
    assert form.values == {"capacity": str(number)}


@pytest.mark.parametrize("kind", FORMS)
def test_every_way_to_be_wrong_has_words_of_its_own(kind):
    """“Check this field.” would help nobody with a field left empty."""
    form = Form(kind, FormData([]))
    required = {name for name, field in kind.model_fields.items() if field.is_required()}
    assert set(form.errors) == required
    assert {message for messages in form.errors.values() for message in messages} <= {
        str(MESSAGES["missing"])
    }


@given(st.text(max_size=300))
def test_names_are_one_tidy_line(name):
    tidied = tidy_name(name)
    assert len(tidied) <= 80
    assert tidied == tidy_name(tidied)
    assert tidied.isprintable()
    assert "  " not in tidied


@given(st.one_of(st.text(max_size=300), st.text("Ай \u00a0\u200b", max_size=90)))
def test_a_typed_name_is_kept_whole_or_refused(name):
    try:
        kept = check_name(name)
    except NameNeededError:
        assert not any(c.isalnum() for c in name)
    except (TooLongError, ControlCharacterError):
        assert len(name) > 80 or {category(c) for c in name} & {*("Cc", "Cf", "Cs", "Zl", "Zp")}
    else:
        assert kept == tidy_name(name)
        assert [c for c in kept if c.isalnum()] == [
            c for c in normalize("NFC", name) if c.isalnum()
        ]
