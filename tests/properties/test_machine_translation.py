"""What goes to a machine and comes back as it was, is what it was."""

from hypothesis import example, given
from hypothesis import strategies as st

from portal.net.machine_translation import Held

TEXT = st.lists(
    st.sampled_from(
        [
            *("сөз ", "& ", "&amp; ", "<b>", "`код`", "[мұнда](https://a.example/)", "\n"),
            *("![a](image:1)", "https://example.org/ ", "[^1]", "```\nкод\n```", "<", "> "),
            '<x id="0"/>',
        ]
    )
).map("".join)


@given(TEXT)
@example("``` ашық\nкод")
@example('<x id="7"/>')
def test_a_text_that_comes_back_untouched_is_what_it_was(text):
    assert Held.of(text).restored(Held.of(text).text) == text.strip()


@given(TEXT)
def test_a_lost_or_doubled_part_is_noticed(text):
    held = Held.of(text)
    if held.parts:
        assert held.restored(held.text.replace('<x id="0"/>', "")) is None
        assert held.restored(held.text + '<x id="0"/>') is None
    assert held.restored(held.text + "<script>") is None
