"""The ledger counts what stands in the words, whoever has edited what, in whatever order."""

from collections import Counter
from dataclasses import astuple
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from portal.core import clock
from portal.core.item_kinds import ItemKind
from portal.domain.initiatives import closing, steps
from portal.domain.initiatives.models import StepKind
from portal.domain.publishing.translation_progress.models import TranslationProgress
from portal.domain.results.actions import ResultDetails
from portal.domain.site_pages import actions as site_pages
from portal.domain.site_pages.models import SitePage
from portal.domain.site_pages.rules import PageName, Words
from portal.domain.stories import actions as stories
from portal.domain.translation.actions import gaps, put_drafts, recount, save
from portal.domain.translation.kinds import KINDS
from portal.domain.translation.queries import matrix
from portal.domain.translation.rules import Typed
from portal.i18n.locale import LANGUAGES
from portal.i18n.paragraphs import APART, fingerprint
from portal.i18n.translated import State, Translated
from tests.factories import (
    make_event,
    make_image,
    make_initiative,
    make_organization,
    make_person,
    make_result,
    make_story,
)

pytestmark = pytest.mark.both_engines

KIND = st.sampled_from(list(KINDS))
LANGUAGE = st.sampled_from(LANGUAGES)
# Few wordings, so that paragraphs come back and translations are taken over.
WORDS = st.lists(st.sampled_from(["бір", "екі", "үш", "төрт"]), min_size=1, max_size=4)


@st.composite
def edits(draw):
    """Somebody writes the original anew, translates what there is, or asks a machine."""
    verb = draw(st.sampled_from([rewrite, translate, leave_to_a_machine]))
    return verb, draw(KIND), draw(LANGUAGE), draw(WORDS), draw(st.booleans())


def rewrite(db, kind, item, language, words, is_small):
    """The form of the whole: another original now and then, translations left as they are."""
    name = "body" if "body" in item.texts else "description"
    text = item.texts[name]
    texts = text.texts() | {language: APART.join(words)}
    original = language if is_small else text.original
    changed = text.revised(original, texts, still_right=is_small)
    KINDS[kind].write(db, item.id, {name: changed}, clock.now())


def translate(db, kind, item, language, words, is_small):
    """The translator's page: some passages are typed anew, some are said to be right."""
    typed = {
        field.name: [
            Typed(
                words[place % len(words)] if place % 2 == is_small else passage.text,
                fingerprint(paragraph),
                fingerprint(passage.text),
                is_small,
            )
            for place, (paragraph, passage) in enumerate(
                zip(
                    field.text.paragraphs(), field.text.translated_paragraphs(language), strict=True
                )
            )
        ]
        for field in item.fields
        if field.name != "name"  # must stay unlike other organisations' names
    }
    assert not save(db, KINDS[kind], item, language, typed, clock.now()).conflicts


def leave_to_a_machine(db, kind, item, language, words, _is_small):
    made = {
        name: {paragraph: words[0] for _place, paragraph in found}
        for name, found in gaps(item, language).items()
        if name != "name"
    }
    put_drafts(db, KINDS[kind], item, language, made, clock.now())


def counted(item, language):
    """What stands in the words, by state; the original counts as done."""
    states = Counter(
        state for text in item.texts.values() for state in text.states(language) if text
    )
    return (
        states[State.ORIGINAL] + states[State.TRANSLATED],
        states[State.MACHINE_DRAFT],
        states[State.OUT_OF_DATE],
        states[State.MISSING],
    )


def told(db, organization):
    return {
        (line.row.kind, line.row.id, language): astuple(counts)[1:]
        for owner in (organization.id, None)
        for line in matrix(db, owner, clock.now())
        for language, counts in line.counts.items()
    }


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(edits(), min_size=1, max_size=6))
def test_the_matrix_says_what_a_recount_from_the_words_says(database, edited):
    with database.writing() as db:
        organization = make_organization(db)
        description = Translated.of("kk", kk="Бір.\n\nЕкі.", ru="Один.\n\nДва.")
        story = make_story(db, organization, make_person(db), body=description)
        make_image(db, story, kind=ItemKind.STORY, caption=Translated.of("en", en="Berlin"))
        stories.rewrite(db, story)
        held = clock.now() - timedelta(days=3)
        past = make_event(db, organization, starts_at=held, description=description)
        make_result(db, past)
        initiative = make_initiative(db, organization, description=description)
        step = Translated.of("ru", ru="Учебник")
        steps.add(db, initiative, StepKind.PLAN, step, None, clock.now())
        closing.close(db, initiative, ResultDetails(description, description, step), 0, clock.now())
        # There is one such page, whatever was written before.
        revision = db.scalar(select(SitePage.revision)) or 0
        about = Words(Translated.of("kk", kk="Біз"), description)
        site_pages.save(db, PageName.ABOUT, about, revision, clock.now())
        page = db.scalars(select(SitePage)).one()
        ids = {
            ItemKind.ORGANIZATION: organization.id,
            ItemKind.INITIATIVE: initiative.id,
            ItemKind.EVENT: past.id,
            ItemKind.STORY: story.id,
            ItemKind.PAGE: page.id,
        }
        assert ids.keys() == KINDS.keys()
        for verb, kind, *rest in edited:
            verb(db, kind, KINDS[kind].open(db, ids[kind]), *rest)
            db.flush()
        db.expire_all()
        from_words = {
            (kind, item_id, language): counted(KINDS[kind].open(db, item_id), language)
            for kind, item_id in ids.items()
            for language in LANGUAGES
        }
        assert told(db, organization) == from_words
        db.execute(delete(TranslationProgress))
        recount(db)
        db.flush()
        assert told(db, organization) == from_words


def test_translating_the_whole_of_an_item_leaves_nothing_wanting(database):
    with database.writing() as db:
        organization = make_organization(db)
        event = make_event(db, organization)
        kind = next(kind for kind in KINDS if kind.value == "event")
        translate(db, kind, KINDS[kind].open(db, event.id), "en", ["one"], True)
        translate(db, kind, KINDS[kind].open(db, event.id), "en", ["one"], False)
        db.flush()
        counts = told(db, organization)[kind, event.id, "en"]
        assert counts[1:] == (0, 0, 0)
