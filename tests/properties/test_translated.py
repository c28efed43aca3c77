"""Texts are cut into paragraphs, translated each for itself and read in the best language."""

import json

from hypothesis import example, given
from hypothesis import strategies as st

from portal.i18n.locale import LANGUAGES, use_locale
from portal.i18n.paragraphs import (
    APART,
    MACHINE,
    TranslatedParagraph,
    Version,
    fingerprint,
    paragraphs,
)
from portal.i18n.translated import LocalizedText, State, Translated

LANGUAGE = st.sampled_from(LANGUAGES)
# Few words, so that the same one is often written twice.
TEXTS = st.dictionaries(LANGUAGE, st.sampled_from(["", "бір", "екі", "один", "two"]))
WRITTEN = st.builds(lambda original, texts: Translated.of(original, **texts), LANGUAGE, TEXTS)


@given(LANGUAGE, TEXTS)
@example("kk", {"ru": "один"})
@example("kk", {})
def test_every_language_has_a_state_and_every_reader_a_text(original, texts):
    written = Translated.of(original, **texts)
    for language in LANGUAGES:
        state, said = written.state(language), written.localized(language)
        if texts.get(language):
            assert (said.text, said.language) == (texts[language], language)
            assert state in {State.ORIGINAL, State.TRANSLATED}
            assert (state is State.ORIGINAL) == (language == original)
        else:
            assert state is State.MISSING
            assert (said.text, said.language) == (texts.get(original, ""), original)


@given(WRITTEN)
def test_what_is_stored_is_what_is_read(written):
    assert Translated.from_json(json.loads(json.dumps(written.to_json()))) == written


@given(WRITTEN)
def test_a_text_is_there_if_anybody_wrote_one(written):
    assert bool(written) == any(written.texts().values())


@given(WRITTEN, LANGUAGE, TEXTS)
def test_an_edited_text_says_what_was_typed(written, original, texts):
    edited = written.revised(original, texts)
    assert edited.original == original
    assert edited.texts() == {language: text for language, text in texts.items() if text}
    for language in LANGUAGES:
        assert edited.state(language) in set(State)


@given(LANGUAGE, st.text(min_size=1), st.text(min_size=1), st.text(min_size=1))
def test_a_translation_is_out_of_date_exactly_when_its_original_changed(original, old, new, other):
    (language, *_rest) = [each for each in LANGUAGES if each != original]
    written = Translated.of(original, **{original: old, language: other})
    edited = written.revised(original, {original: new, language: other})
    assert edited.state(language) is (State.TRANSLATED if old == new else State.OUT_OF_DATE)
    # Whoever reads it over and types anything anew has seen the present original.
    renewed = edited.revised(original, {original: new, language: other + "!"})
    assert renewed.state(language) is State.TRANSLATED
    # Going back to the old wording makes an untouched translation right again.
    back = edited.revised(original, {original: old, language: other})
    assert back.state(language) is State.TRANSLATED


@given(LANGUAGE, st.text(min_size=1), st.text(min_size=1))
def test_what_a_machine_wrote_stays_a_draft_until_a_person_has_written_it(original, text, draft):
    (language, *_rest) = [each for each in LANGUAGES if each != original]
    written = Translated(original, {original: Version(text), language: Version(draft, "machine")})
    assert written.state(language) is State.MACHINE_DRAFT
    assert Translated.from_json(written.to_json()) == written


@given(WRITTEN, LANGUAGE)
def test_the_reader_is_spoken_to_in_the_language_of_the_page(written, language):
    with use_locale(language):
        assert written.localized() == written.localized(language)


# Few wordings, so that paragraphs are often the same, moved or taken up again.
PARAGRAPH = st.sampled_from(["бір", "екі", "үш", "төрт", "бес\nалты", "```\nжеті\n\nсегіз\n```"])
SOURCE = st.lists(PARAGRAPH, min_size=1, max_size=5)
UNIQUE = st.lists(PARAGRAPH, min_size=1, max_size=5, unique=True)


def in_russian(paragraph):
    return paragraph.upper()


def translated(source):
    return Translated.of(
        "kk", kk=APART.join(source), ru=APART.join(in_russian(each) for each in source)
    )


@given(SOURCE)
def test_paragraphs_put_together_again_are_the_text(source):
    assert list(paragraphs(APART.join(source))) == source


@given(st.text())
@example("```\n\nопен")
@example("~~~\nа\n```\n\nб\n~~~\n\nв")
def test_no_word_is_lost_between_paragraphs(text):
    assert "".join("".join(paragraphs(text)).split()) == "".join(text.split())


@given(SOURCE)
def test_a_translation_with_as_many_paragraphs_is_up_to_date_in_each(source):
    text = translated(source)
    assert set(text.states("ru")) == {State.TRANSLATED}
    assert text.state("ru") is State.TRANSLATED
    assert set(text.states("en")) == {State.MISSING}
    assert set(text.states("kk")) == {State.ORIGINAL}


@given(UNIQUE, st.data())
def test_changing_one_paragraph_makes_exactly_its_translation_out_of_date(source, data):
    text = translated(source)
    place = data.draw(st.integers(0, len(source) - 1))
    changed = [*source[:place], "жаңа", *source[place + 1 :]]
    edited = text.revised("kk", text.texts() | {"kk": APART.join(changed)})
    assert [state is State.OUT_OF_DATE for state in edited.states("ru")] == [
        at == place for at in range(len(source))
    ]
    assert edited.state("ru") is State.OUT_OF_DATE
    # A small fix leaves the translations as right as they were.
    fixed = text.revised("kk", text.texts() | {"kk": APART.join(changed)}, still_right=True)
    assert fixed.state("ru") is State.TRANSLATED
    # So does going back.
    back = edited.revised("kk", edited.texts() | {"kk": APART.join(source)})
    assert back.state("ru") is State.TRANSLATED


@given(UNIQUE, st.data())
def test_a_new_paragraph_is_missing_and_is_read_in_the_original(source, data):
    text = translated(source)
    place = data.draw(st.integers(0, len(source)))
    longer = [*source[:place], "жаңа", *source[place:]]
    edited = text.revised("kk", text.texts() | {"kk": APART.join(longer)})
    expected = [State.TRANSLATED] * len(source)
    expected.insert(place, State.MISSING)
    if len(source) > 1 or place:
        assert list(edited.states("ru")) == expected
        assert edited.parts("ru")[place] == LocalizedText("жаңа", "kk")
    assert edited.state("ru") is State.OUT_OF_DATE


@given(UNIQUE, st.permutations(range(5)))
def test_paragraphs_that_change_places_keep_their_translations(source, order):
    text = translated(source)
    moved = [source[at] for at in order if at < len(source)]
    edited = text.revised("kk", text.texts() | {"kk": APART.join(moved)})
    for passage, paragraph in zip(edited.translated_paragraphs("ru"), moved, strict=True):
        state = Version(*passage[:3]).of == fingerprint(paragraph)
        assert not state or passage.text == in_russian(paragraph)


@given(UNIQUE, st.lists(UNIQUE, max_size=4))
def test_whatever_is_edited_states_tell_what_each_passage_was_made_from(source, edits):
    """The states are recounted from the words alone: a translation names what it translates."""
    text = translated(source)
    for edit in edits:
        text = text.revised("kk", text.texts() | {"kk": APART.join(edit)})
        originals = text.paragraphs()
        assert len(text.translated_paragraphs("ru")) == len(text.states("ru")) == len(originals)
        if not text.versions["ru"].translated_paragraphs and len(originals) > 1:
            # No paragraph was left that it was made from; it waits for a person as it is.
            assert set(text.states("ru")) == {State.OUT_OF_DATE}
            continue
        for state, passage, original in zip(
            text.states("ru"), text.translated_paragraphs("ru"), originals, strict=True
        ):
            if not passage.text:
                assert state is State.MISSING
            else:
                is_right = passage.text == in_russian(original)
                assert state is (State.TRANSLATED if is_right else State.OUT_OF_DATE)
        assert Translated.from_json(json.loads(json.dumps(text.to_json()))) == text


@given(UNIQUE, st.data())
def test_a_passage_saved_against_an_older_wording_is_kept_and_out_of_date(source, data):
    text = Translated.of("kk", kk=APART.join(source))
    seen = [fingerprint(paragraph) for paragraph in text.paragraphs()]
    place = data.draw(st.integers(0, len(source) - 1))
    changed = [*source[:place], "жаңа", *source[place + 1 :]]
    meanwhile = text.revised("kk", {"kk": APART.join(changed)})
    saved = meanwhile.put("ru", [in_russian(each) for each in source], seen)
    assert [passage.text for passage in saved.translated_paragraphs("ru")] == list(
        map(in_russian, source)
    )
    assert [state is State.OUT_OF_DATE for state in saved.states("ru")] == [
        at == place for at in range(len(source))
    ]


@given(UNIQUE)
def test_what_is_not_touched_stays_a_draft_until_it_is_confirmed(source):
    text = Translated.of("kk", kk=APART.join(source))
    seen = [fingerprint(paragraph) for paragraph in text.paragraphs()]
    words = [in_russian(each) for each in source]
    draft = text.put("ru", words, seen, by=MACHINE)
    assert draft.state("ru") is State.MACHINE_DRAFT
    assert draft.put("ru", words, seen) == draft
    assert draft.put("ru", words, seen, confirmed=range(len(words))).state("ru") is State.TRANSLATED
    halfway = draft.put("ru", words, seen, confirmed=[0])
    assert halfway.states("ru")[0] is State.TRANSLATED
    emptied = draft.put("ru", [""] * len(words), seen)
    assert emptied.state("ru") is State.MISSING
    assert "ru" not in emptied.versions


@given(SOURCE, SOURCE)
def test_a_translation_with_other_paragraphs_is_of_the_whole(source, other):
    text = Translated.of("kk", kk=APART.join(source), ru=APART.join(other))
    assert text.state("ru") is State.TRANSLATED
    assert text.localized("ru") == LocalizedText(APART.join(other), "ru")
    assert len(text.translated_paragraphs("ru")) == len(source)
    dealt = [passage.text for passage in text.translated_paragraphs("ru") if passage.text]
    assert APART.join(dealt) == APART.join(other)
    edited = text.revised("kk", text.texts() | {"kk": APART.join([*source, "жаңа"])})
    assert edited.state("ru") is State.OUT_OF_DATE
    assert edited.texts()["ru"] == APART.join(other)


def test_a_reader_is_given_every_paragraph_once_in_the_best_language_there_is():
    text = Translated(
        "kk",
        {
            "kk": Version("бір\n\nекі"),
            "ru": Version.made_of(
                (TranslatedParagraph("раз", of=fingerprint("бір")), TranslatedParagraph(""))
            ),
        },
    )
    assert text.parts("ru") == (LocalizedText("раз", "ru"), LocalizedText("екі", "kk"))
    assert text.localized("ru") == LocalizedText("раз\n\nекі", "ru")
    assert text.parts("en") == (LocalizedText("бір\n\nекі", "kk"),)
    assert Translated.of("kk").parts("ru") == ()
    assert set(text.versions) <= set(LANGUAGES)
