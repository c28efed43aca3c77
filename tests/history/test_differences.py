"""How two versions of a text are laid over each other."""

from hypothesis import given
from hypothesis import strategies as st

from portal.domain.publishing.revisions.rules import CONTEXT, MOST_PAIRS, How, changes, pieces

# Short enough that nothing of what stayed is left out.
TEXTS = st.text(alphabet="ab ,\nқұ", max_size=CONTEXT)


def side(drawn, without):
    return "".join(piece.text for piece in drawn if piece.how is not without)


@given(TEXTS, TEXTS)
def test_a_difference_holds_both_versions_whole(before, after):
    drawn = pieces(before, after)
    assert side(drawn, How.ADDED) == before
    assert side(drawn, How.REMOVED) == after


@given(TEXTS)
def test_equal_texts_differ_in_nothing(text):
    assert {piece.how for piece in pieces(text, text)} <= {How.KEPT}


def test_only_the_changed_words_are_marked():
    drawn = pieces("Бір күй, бір әңгіме.\nЕкінші жол", "Бір ән, бір әңгіме.\nЕкінші жол")
    marked = [(piece.how, piece.text) for piece in drawn if piece.how is not How.KEPT]
    assert marked == [(How.REMOVED, " күй"), (How.ADDED, " ән")]


def test_what_stayed_far_from_a_change_is_left_out():
    drawn = pieces("бір " * 400 + "екі", "бір " * 400 + "үш")
    assert len(drawn[0].text) < 2 * CONTEXT
    assert drawn[0].text.startswith(" … ")
    assert [piece.text.strip() for piece in drawn[1:]] == ["екі", "үш"]


def test_passages_too_long_to_compare_are_shown_as_replaced():
    """Comparing costs the product of both lengths; nobody may order that from a page."""
    most = int(MOST_PAIRS**0.5) + 1
    before = " ".join(f"a{n} x" for n in range(most))
    after = " ".join(f"b{n} x" for n in range(most))
    drawn = pieces(before, after)
    assert [piece.how for piece in drawn if piece.how is not How.KEPT] == [How.REMOVED, How.ADDED]


def test_changes_name_facts_and_languages_in_order():
    before = {"title": {"kk": "Бір"}, "status": "scheduled", "gone": "x"}
    after = {"title": {"kk": "Екі", "en": "Two"}, "status": "postponed", "new": ["a"]}
    assert [(c.name, c.language, c.before, c.after) for c in changes(before, after)] == [
        ("title", "kk", "Бір", "Екі"),
        ("title", "en", "", "Two"),
        ("status", None, "scheduled", "postponed"),
        ("new", None, None, ["a"]),
        ("gone", None, "x", None),
    ]
