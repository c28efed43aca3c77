"""Texts in several languages: what can be told of each version, whatever was written and when."""

import json

from hypothesis import example, given
from hypothesis import strategies as st

from portal.i18n.locale import LANGUAGES, speaking
from portal.i18n.paragraphs import Version
from portal.i18n.translated import State, Translated

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
        state, said = written.state(language), written.said(language)
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
    with speaking(language):
        assert written.said() == written.said(language)
