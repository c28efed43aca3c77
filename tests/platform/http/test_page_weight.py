"""What a reader on a slow line has to fetch for the first page, and what paper gets."""

import re

import pytest
from sqlalchemy import select

from portal import HOME
from portal.domain.stories.models import Comment, CommentState
from portal.i18n.translated import Translated
from tests.factories import make_comment, make_own_story, make_person
from tests.pages import page_of
from tests.published import publish_and_keep_back

# Everything a text page needs, over the line, before anything is kept: fonts are the reader's own.
MOST_BYTES = 60_000
IMPORTED = re.compile(r'["\']\./([\w-]+\.js)["\']')
ON_THE_WAY = {"accept-encoding": "gzip"}


def fetched(client, path):
    """Bytes over the line by address: the page as it is, and all it asks for, scripts' too."""
    page = client.get(path)
    sent = {path: len(page.content)}
    tree = page_of(page)
    waiting = tree.xpath(
        "//link[@rel='stylesheet' or @rel='icon']/@href | //script/@src | //img/@src"
    )
    while waiting:
        address = waiting.pop()
        if address in sent:
            continue
        with client.stream("GET", address, headers=ON_THE_WAY) as answer:
            sent[address] = len(b"".join(answer.iter_raw()))
        if address.endswith(".js"):
            # More than the page itself needs: whatever the script could load.
            waiting += [f"/static/{name}" for name in IMPORTED.findall(client.get(address).text)]
    return sent


# Longer than any text of the demo: some six minutes of reading, with what it may hold.
PARAGRAPH = (
    "Атам қобдишаны ашқанда, бөлмеге **ескі қағаздың** иісі тарады. Біз үшеуміз үн-түнсіз отырдық: "
    "әрқайсымыз өз хатымызды іздеп, [әр жолды](https://a.example/hat) қайта-қайта оқыдық.\n\n"
)
LONG = (
    "## Қобдиша\n\n" + 30 * PARAGRAPH + "> Сөз қалады.\n\n| Жыл | Хат |\n|---|---|\n| 1932 | 3 |\n"
)


@pytest.fixture
def writings(database):
    """A long story that people talk about, an initiative, and a full front page."""
    publish_and_keep_back(database)
    with database.writing() as db:
        author = make_person(db)
        body = Translated.of("kk", kk=LONG)
        story = make_own_story(db, author, published=True, byline="Ақку", body=body)
        for number in range(20):
            make_comment(db, story, author, f"Рақмет, {number}-ретін оқыдым!", byline="Оқырман")
        for comment in db.scalars(select(Comment)):
            comment.state = CommentState.VISIBLE.value
        assert story.slug == "kokpar-berlinde"


@pytest.mark.parametrize(
    "path",
    [
        *("/kk/about", "/ru/rules", "/en/privacy", "/kk", "/kk/stories/kokpar-berlinde"),
        *("/ru/stories", "/kk/initiatives/ayaqtalgan", "/en/results", "/en/authors/aqku"),
    ],
)
def test_a_text_page_weighs_little_on_first_load(client, writings, path):
    assert client.get(path).status_code == 200
    sent = fetched(client, path)
    assert len(sent) >= 4, sent
    assert any(address.endswith(".css") for address in sent)
    assert sum(sent.values()) < MOST_BYTES, sent


def test_a_second_page_costs_its_own_text_alone(client):
    first, second = fetched(client, "/kk/about"), fetched(client, "/kk/contact")
    assert set(second) - set(first) == {"/kk/contact"}
    for address in first:
        if address.startswith("/static/"):
            assert "immutable" in client.get(address).headers["cache-control"]


def test_the_sheet_brings_no_font_and_no_picture_along():
    written = "".join(
        path.read_text(encoding="utf-8") for path in (HOME / "static" / "css").rglob("*.css")
    )
    assert "@font-face" not in written
    assert "url(" not in written
