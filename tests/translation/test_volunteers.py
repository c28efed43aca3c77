"""Stories and initiatives are translated by a link, and fall out of date, as events do."""

from functools import partial

import pytest
from sqlalchemy import select

from portal.domain.initiatives.models import Initiative
from portal.domain.organizations.models import Organization
from portal.domain.publishing.translation_progress.models import TranslationRequest
from portal.domain.stories.models import Story
from portal.i18n.translated import State, Translated
from tests.factories import make_initiative, make_story
from tests.forms import initiative_fields, story_fields
from tests.pages import page_of, words
from tests.translation.translation_forms import STORY, fields, ledger, link_of

IN_KAZAKH, NOTHING = Translated.of("kk", kk=STORY), Translated.of("kk")
# By kind: where it is shown and edited, its long text, what stands in its short ones, and how
# many paragraphs there are of both.
SHORT = {"title": "Ана тілі"}
KINDS = {
    "story": ("stories", "/en/writing/stories", "body", SHORT, 4),
    "initiative": (
        "initiatives",
        "/en/manage/initiatives",
        "description",
        SHORT | {"purpose": "Үйде қазақша сөйлейді."},
        5,
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_volunteer_translates_and_a_changed_paragraph_alone_is_out_of_date(
    browser_of, client, database, people, kind
):
    folder, edited, long, short, count = KINDS[kind]
    given = {name: Translated.of("kk", kk=text) for name, text in short.items()}
    with database.writing() as db:
        ours = db.scalars(select(Organization).where(Organization.slug == "ours")).one()
        if kind == "story":
            given |= {"summary": NOTHING, "body": IN_KAZAKH}
            slug = make_story(db, ours, people["editor"], **given).slug
        else:
            given |= {"description": IN_KAZAKH, "people": NOTHING, "partners": NOTHING}
            slug = make_initiative(db, ours, **given).slug
    counted = partial(ledger, database, kind=kind)
    editing, translation = browser_of(people["editor"]), f"/en/manage/translations/{kind}/{slug}/ru"
    assert counted() == (0, 0, count)

    link = link_of(editing, translation)
    in_russian = {f"paragraph__{long}__{place}": f"Абзац {place}." for place in range(3)}
    in_russian |= {f"paragraph__{name}__0": f"{name} по-русски" for name in short}
    assert client.post(link, data=fields(client.get(link), **in_russian)).status_code == 303
    assert counted() == (count, 0, 0)

    def item():
        with database.reading() as db:
            return db.scalars(select(Story if kind == "story" else Initiative)).one()

    typed = {f"{name}_ru": f"{name} по-русски" for name in short}
    typed |= {f"{name}_kk": text for name, text in short.items()}
    typed |= {f"{long}_kk": STORY, f"{long}_ru": getattr(item(), long).texts()["ru"]}

    def save(**changes):
        make = partial(story_fields, summary_kk="") if kind == "story" else initiative_fields
        form = make(**typed | {"revision": str(item().revision)} | changes)
        assert editing.post(f"{edited}/{slug}", data=form).status_code == 303

    # The original is only put right: whatever is translated stays so, and the history says it.
    save(title_kk="Ана тілі!", small_fix="yes")
    assert counted() == (count, 0, 0)
    assert "translations are still right" in words(client.get(f"/en/{folder}/{slug}/history"))
    save(title_kk="Ана тілі!", **{f"{long}_kk": STORY.replace("Екінші", "Жаңа екінші")})
    assert list(getattr(item(), long).states("ru")) == [
        State.TRANSLATED,
        State.OUT_OF_DATE,
        State.TRANSLATED,
    ]
    assert counted() == (count - 1, 1, 0)
    russian, kazakh = (client.get(f"/{tag}/{folder}/{slug}") for tag in ("ru", "kk"))
    assert "часть оригинала изменилась" in words(russian)
    (link_to_original,) = page_of(russian).xpath("//main//a[@hreflang='kk']/@href")
    assert link_to_original == f"/kk/{folder}/{slug}"
    assert "Жаңа екінші абзац." in words(kazakh)
    assert page_of(kazakh).xpath("//main//a[@hreflang]") == []

    ask = f"/ru/translation-requests/{kind}/{slug}"
    assert page_of(russian).xpath(f"//form[@action='{ask}']")
    assert [client.post(ask).status_code for _again in range(2)] == [303, 303]
    with database.reading() as db:
        (request,) = db.scalars(select(TranslationRequest))
        assert (request.item_kind, request.language) == (kind, "ru")
