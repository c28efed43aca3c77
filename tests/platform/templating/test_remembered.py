"""Drawings that are kept."""

from markupsafe import Markup

from portal.templating import environment
from portal.templating.environment import remembered


class Pen:
    """Stands in for a macro, and knows what it has drawn."""

    def __init__(self):
        self.drawn = []

    def __call__(self, word):
        self.drawn.append(word)
        return Markup("<b>{}</b>").format(word)


def test_a_drawing_is_kept_from_the_second_time_on():
    pen = Pen()
    assert {remembered(pen, "<") for _time in range(4)} == {Markup("<b>&lt;</b>")}
    assert pen.drawn == ["<", "<"]


def test_drawings_that_share_a_place_are_told_apart(monkeypatch):
    monkeypatch.setattr(environment, "_ASKED_FOR", [0])
    pen = Pen()
    seen = [remembered(pen, word) for word in "abab"]
    assert seen == [Markup(f"<b>{word}</b>") for word in "abab"]
    assert pen.drawn == list("abab")


def test_other_macros_of_the_same_values_are_drawn_for_themselves():
    one, two = Pen(), Pen()
    for _time in range(2):
        assert remembered(one, "a") == remembered(two, "a")
    assert one.drawn == two.drawn == ["a", "a"]
