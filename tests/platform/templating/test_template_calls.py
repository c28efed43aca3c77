"""What templates call draws what Jinja's own would draw."""

import traceback
from types import SimpleNamespace

import pytest
from jinja2 import Environment, StrictUndefined, UndefinedError
from markupsafe import Markup

from portal.i18n.locale import gettext_lazy
from portal.templating.environment import MARKUP, PLAIN

JINJAS = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
MACROS = """
{% macro two(a, b="<b>") %}{{ a }}-{{ b }};{% endmacro %}
{% macro around(title) %}{{ title }}({{ caller() }}){% endmacro %}
{% macro all() %}{{ varargs | join("+") }}{% endmacro %}
{% macro any() %}{{ varargs | join("+") }}{{ kwargs.x }}{% endmacro %}
"""


class Html:
    def __html__(self):
        return "<i>"


class Text(str):
    __slots__ = ()


@pytest.mark.parametrize(
    "value",
    [
        "<&>\"'",
        "",
        "қазақша",
        Text("<"),
        Markup("<b>"),
        Html(),
        7,
        None,
        ["<"],
        gettext_lazy("Events"),
    ],
)
@pytest.mark.parametrize(
    "written", ["{{ v }}", "{{ v ~ '<' }}", "{% set w %}{{ v }}{% endset %}{{ w }}"]
)
def test_a_value_is_escaped_as_by_jinja(value, written):
    said = MARKUP["en"].from_string(written).render(v=value)
    assert said == JINJAS.from_string(written).render(v=value)
    assert PLAIN["en"].from_string("{{ v }}").render(v=value) == str(value)


@pytest.mark.parametrize(
    "call",
    [
        "{{ two('<') }}",
        "{{ two('<', none) }}",
        "{{ two('<', b='>') }}",
        "{{ two(b='1', a='2') }}",
        "{{ two(two('<')) }}",
        "{{ two('<') ~ '<' }}",
        "{% call around('<') %}>{{ two(1) }}{% endcall %}",
        "{{ any('<', 2, x='>') }}",
        "{{ all() }}{{ all('<') }}",
        "{{ two(*['<', 2]) }}{{ two('<', **{'b': 2}) }}{{ two(*['<'], b='>') }}",
        "{{ any('<', *[2], **{'x': '>'}) }}",
        "{% for n in [1, 2] %}{% call around(*[n]) %}{{ two(n) }}{% endcall %}{% endfor %}",
        "{% for n in [1, 2] %}{{ two(n, loop.index) }}{% endfor %}",
    ],
)
def test_a_macro_draws_as_by_jinja(call):
    assert (
        MARKUP["en"].from_string(MACROS + call).render()
        == JINJAS.from_string(MACROS + call).render()
    )


@pytest.mark.parametrize(
    ("call", "error"),
    [
        ("{{ two() }}", UndefinedError),
        ("{{ two(1, 2, 3) }}", TypeError),
        ("{{ two(1, c=2) }}", TypeError),
    ],
)
def test_a_macro_called_wrongly_is_an_error(call, error):
    with pytest.raises(error):
        MARKUP["en"].from_string(MACROS + call).render()


@pytest.mark.parametrize(
    "written",
    [
        "{{ thing.name }}",
        "{{ thing.thing.name }}",
        "{{ {'a': thing}.a.name }}",
        "{{ items.name }}{{ items.thing.name }}",
        "{{ items.keys() | list }}",
        "{% for each in [thing, items] %}{{ loop.index }}{{ each.name }}{% endfor %}",
    ],
)
def test_what_stands_behind_a_dot_is_what_jinja_finds(written):
    thing = SimpleNamespace(name="<", thing=SimpleNamespace(name=">"))
    given = {"thing": thing, "items": {"name": "&", "thing": thing}}
    said = MARKUP["en"].from_string(written).render(given)
    assert said == JINJAS.from_string(written).render(given)


@pytest.mark.parametrize("written", ["{{ items.no }}", "{{ no.name }}", "{{ thing.thing.no }}"])
def test_what_is_not_there_is_an_error(written):
    thing = SimpleNamespace(thing=SimpleNamespace())
    with pytest.raises(UndefinedError):
        MARKUP["en"].from_string(written).render(thing=thing, items={})


def test_what_a_thing_has_not_is_an_error():
    """Python's, since nobody else looks for it."""
    with pytest.raises(AttributeError):
        MARKUP["en"].from_string("{{ thing.no }}").render(thing=SimpleNamespace())


def test_errors_are_told_by_the_templates_line():
    with pytest.raises(ZeroDivisionError) as error:
        MARKUP["en"].from_string("\n\n{{ 1 / 0 }}").render()
    assert traceback.extract_tb(error.value.__traceback__)[-1].lineno == 3


@pytest.mark.parametrize(
    ("count", "said"), [(1, "Organiser, 1 &lt;b&gt;"), (2, "Organisers, 2 &lt;b&gt;")]
)
def test_a_number_is_said_with_its_placeholders_or_without_any(count, said):
    text = (
        "{% trans num=count %}Organiser{% pluralize %}Organisers{% endtrans %}, "
        "{% trans num=count, what=what %}{{ num }} {{ what }}"
        "{% pluralize %}{{ num }} {{ what }}{% endtrans %}"
    )
    assert MARKUP["en"].from_string(text).render(count=count, what="<b>") == said
