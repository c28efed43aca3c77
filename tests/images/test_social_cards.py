"""Pictures for shared links: what they hold, who gets them, and what pages say of them."""

from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import pytest
from PIL import Image, ImageFont
from sqlalchemy import select

from portal import HOME
from portal.core import clock
from portal.domain.accounts.people.models import Person
from portal.domain.events.models import Event
from portal.domain.initiatives.models import Initiative
from portal.domain.publishing.publication import Visibility
from portal.domain.registrations.event_changes import cancel_event
from portal.domain.stories.models import Story
from portal.i18n.translated import Translated
from portal.media import social_cards
from portal.media.social_cards import Card, png_of
from tests.factories import make_event, make_organization, make_person
from tests.pages import page_of
from tests.published import SECRET, publish_and_keep_back

FONTS = HOME / "portal" / "media" / "fonts"
HERE = "https://testserver"
PLAIN = Card("Домбыра кеші", "Алматы", "Алтын сақа", "Шаңырақ")


def opened(content):
    image = Image.open(BytesIO(content))
    image.load()
    return image


def inked(image, box):
    """Whether anything as dark as a letter stands in a part of the picture."""
    return image.convert("L").crop(box).getextrema()[0] < 60


def metas(answer):
    page = page_of(answer)
    return {
        meta.get("property") or meta.get("name"): meta.get("content")
        for meta in page.xpath("//meta[@property or @name]")
    }


def test_a_card_is_a_picture_of_the_size_that_networks_show():
    image = opened(png_of(PLAIN))
    assert (image.format, image.size) == ("PNG", (1200, 630))
    assert len(png_of(PLAIN)) < 60_000


def test_titles_of_any_length_stay_on_the_card_above_what_follows():
    for title in ("К", "Қанағат " * 17, "Қарқаралы" * 15 + "қайда", "W" * 140):
        image = opened(png_of(replace(PLAIN, title=title)))
        side = 1200 - social_cards.MARGIN
        assert not inked(image, (side + 2, 0, 1200, 540)), title
        assert not inked(image, (0, 0, social_cards.MARGIN - 6, 540)), title
        assert inked(image, (social_cards.MARGIN, 150, side, 400)), title


@pytest.mark.parametrize("weight", ["Regular", "Bold"])
def test_every_letter_of_our_languages_has_a_shape_of_its_own(weight):
    font = ImageFont.truetype(FONTS / f"NotoSans-{weight}.ttf", 40)
    nothing = bytes(font.getmask("\uffff"))
    cyrillic = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя"
    shapes = [bytes(font.getmask(letter)) for letter in (cyrillic + cyrillic.upper())]
    assert nothing not in shapes
    assert bytes(font.getmask("ғ")) != bytes(font.getmask("г"))
    arabic = ImageFont.truetype(FONTS / f"NotoSansArabic-{weight}.ttf", 40)
    missing = bytes(arabic.getmask("\uffff"))
    assert missing not in [
        bytes(arabic.getmask(letter)) for letter in "اپتجچحدرزسشعفقكگڭلمنوۇۆىيەءۋ"
    ]


def test_the_fonts_are_small_and_bring_their_licence():
    assert sum(path.stat().st_size for path in FONTS.iterdir()) < 400_000
    assert "SIL OPEN FONT LICENSE" in (FONTS / "OFL.txt").read_text(encoding="utf-8")
    assert Path(FONTS / "README.md").exists()


def test_a_card_is_drawn_in_the_language_of_its_address(client, database):
    with database.writing() as db:
        slug = make_event(db, make_organization(db)).slug
    cards = [client.get(f"/{tag}/events/{slug}/card.png") for tag in ("kk", "ru", "en")]
    assert {each.headers["content-type"] for each in cards} == {"image/png"}
    assert all(one.content != other.content for one, other in pairwise(cards))
    again = client.get(
        f"/en/events/{slug}/card.png", headers={"if-none-match": cards[2].headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")


def test_cards_of_stories_and_initiatives_speak_kazakh_and_those_kept_back_have_none(
    client, browser_of, database, monkeypatch
):
    publish_and_keep_back(database)
    with database.reading() as db:
        secret = [each for each in db.scalars(select(Story)) if each.title.source == SECRET]
        author = db.get_one(Person, secret[0].author_id)
        drafts = [story.slug for story in secret if story.is_by_author]
        lines = db.scalars(select(Initiative.slug).where(Initiative.published_at.is_(None))).all()
    drawn = []
    monkeypatch.setattr(social_cards, "png_of", lambda card: drawn.append(card) or b"png")
    assert client.get("/kk/initiatives/bastama/card.png").status_code == 200
    assert client.get("/kk/stories/mushe-zhazdy/card.png").status_code == 200
    line, story = drawn
    assert (line.title, line.by) == ("Бастама", "Алтын сақа")
    assert line.line == "Жүріп жатыр · Германия және Моңғолия"
    assert (story.title, story.by) == ("Мүше жазды", "Ақку")
    assert drafts
    assert lines
    for path in (f"stories/{drafts[0]}", f"initiatives/{lines[0]}"):
        assert client.get(f"/kk/{path}/card.png").status_code == 404
    assert browser_of(author).get(f"/kk/stories/{drafts[-1]}/card.png").status_code == 200


def test_a_card_is_seen_by_whoever_may_see_the_event(client, browser_of, database):
    with database.writing() as db:
        owner = make_person(db)
        organization = make_organization(db, owner=owner)
        secret = [
            make_event(db, organization, published=False).slug,
            make_event(db, organization, visibility=Visibility.PRIVATE).slug,
        ]
    for slug in secret:
        assert client.get(f"/en/events/{slug}/card.png").status_code == 404
        seen = browser_of(owner).get(f"/en/events/{slug}/card.png")
        assert seen.status_code == 200
        assert seen.headers["cache-control"] == "private, no-store"


def test_pages_say_which_picture_goes_with_them(client, database):
    with database.writing() as db:
        event = make_event(db, make_organization(db, "ours"), title=Translated.of("kk", kk="Күй"))
        slug = event.slug
    publish_and_keep_back(database)
    writings = ("/en/stories/angime", "/en/initiatives/bastama")
    for path in (f"/en/events/{slug}", "/en/organizations/ours", *writings):
        said = metas(client.get(path))
        assert said["og:url"] == HERE + path
        assert said["og:image"].startswith(f"{HERE}{path}/card.png?v=")
        assert (said["og:image:width"], said["og:image:height"]) == ("1200", "630")
        assert said["og:title"] in said["og:image:alt"]
        assert said["twitter:card"] == "summary_large_image"
        assert client.get(said["og:image"].removeprefix(HERE)).status_code == 200
        is_story = "/stories/" in path
        assert said["og:type"] == ("article" if is_story else "website")
        assert ("article:published_time" in said) is is_story


def test_a_changed_event_has_another_picture_at_another_address(client, database):
    with database.writing() as db:
        slug = make_event(db, make_organization(db)).slug
    before, card = (
        metas(client.get(f"/en/events/{slug}"))["og:image"],
        f"/en/events/{slug}/card.png",
    )
    drawn = client.get(card).content
    with database.writing() as db:
        event = db.query(Event).filter_by(slug=slug).one()
        cancel_event(db, event, clock.now() + timedelta(seconds=5))
    assert metas(client.get(f"/en/events/{slug}"))["og:image"] != before
    assert client.get(card).content != drawn
