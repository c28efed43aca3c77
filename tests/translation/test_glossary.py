"""Agreed terms are found in whatever form they stand, and nothing else is."""

import csv

import pytest

from portal import HOME
from portal.i18n.glossary import Term, terms_in


@pytest.mark.parametrize(
    ("text", "source", "target", "term"),
    [
        ("Приходите на мероприятия фонда.", "ru", "kk", Term("Мероприятие", "Іс-шара")),
        ("Еріктілерді шақырамыз.", "kk", "ru", Term("Ерікті", "Волонтёр")),
        ("Join the waiting list!", "en", "ru", Term("waiting list", "Лист ожидания")),
        ("The venue is far away.", "en", "kk", Term("venue", "Өтетін орны")),
    ],
)
def test_a_term_is_found_in_its_other_forms_too(text, source, target, term):
    assert term in terms_in(text, source, target)


@pytest.mark.parametrize("text", ["", "***", "A list of those who are waiting", "Мерный стакан"])
def test_what_only_looks_a_little_alike_is_no_term(text):
    found = terms_in(text, "en", "ru") + terms_in(text, "ru", "kk")
    assert not {"waiting list", "Мероприятие"} & {term.source for term in found}


def test_the_glossary_is_whole():
    with (HOME / "locales" / "glossary.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    assert len(rows) > 100
    assert all(set(row) == {"en", "kk", "ru"} and all(row.values()) for row in rows)
