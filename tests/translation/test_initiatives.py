"""Initiatives with what they share with other items: pictures, the ledger and translators."""

import json
from functools import partial

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.domain.initiatives import closing, steps
from portal.domain.initiatives.models import Initiative, Step, StepKind
from portal.domain.organizations.models import Organization
from portal.domain.results.actions import ResultDetails
from portal.domain.results.models import Result
from portal.i18n.translated import Translated
from tests import sample_images
from tests.conftest import ADDRESS
from tests.factories import make_initiative
from tests.forms import initiative_fields
from tests.pages import errors_of, page_of, words
from tests.translation.translation_forms import fields, ledger


def begin(database, **changes):
    with database.writing() as db:
        ours = db.scalars(select(Organization).where(Organization.slug == "ours")).one()
        return make_initiative(db, ours, **changes).slug


def initiative_of(database):
    with database.reading() as db:
        return db.scalars(select(Initiative)).one()


@pytest.mark.processes
def test_pictures_of_initiatives_are_taken_in_described_and_shown(
    browser_of, client, database, people
):
    slug = begin(database)
    pictures = f"/en/manage/images/initiative/{slug}"
    browser = browser_of(people["editor"])
    for page in (f"/en/manage/initiatives/{slug}", f"/en/manage/initiatives/{slug}/edit"):
        assert pictures in page_of(browser.get(page)).xpath("//main//a/@href")
    picture = {"picture": ("picture.jpg", sample_images.picture_file(), "image/jpeg")}
    wordless = browser.post(pictures, data={"alt_ru": "Дети"}, files=picture)
    assert set(errors_of(wordless)) == {"alt_kk"}
    (described,) = page_of(wordless).xpath("//main//form[@data-draft]/@action")
    assert browser.post(described, data={"alt_kk": "Балалар"}).status_code == 303
    key = described.rpartition("/")[2]
    typed = initiative_fields(
        revision=str(initiative_of(database).revision), description_kk=f"Сабақ.\n\n![](image:{key})"
    )
    assert browser.post(f"/en/manage/initiatives/{slug}", data=typed).status_code == 303
    shown = f"/kk/initiatives/{slug}"
    assert page_of(client.get(shown)).xpath("//main//img/@alt") == ["Балалар"]
    assert browser.post(described, data={"alt_kk": "Екі бала"}).status_code == 303
    assert browser.post(f"{described}/cover").status_code == 303
    page = page_of(client.get(shown))
    assert page.xpath("//main//img/@alt") == ["Екі бала", "Екі бала"]
    (cover,) = page.xpath("//main//figure[@class='cover']//img")
    assert cover.get("srcset") == f"/images/{key}/480.jpg 480w, /images/{key}/800.jpg 800w"
    address = f"{ADDRESS}/images/{key}/800.jpg"
    drawn, photographed = page.xpath("//meta[@property='og:image']/@content")
    assert drawn.startswith(f"{ADDRESS}/kk/initiatives/{slug}/card.png?")
    assert photographed == address
    (told,) = page.xpath("//script[@type='application/ld+json']/text()")
    assert json.loads(told)["image"] == [address]
    assert client.get(f"/images/{key}/480.webp").status_code == 200
    assert browser.post(f"{described}/removal").status_code == 303
    assert page_of(client.get(shown)).xpath("//main//img") == []


BODY = "Бірінші абзац.\n\nЕкінші абзац.\n\nҮшінші абзац."
BARE = {
    "title": Translated.of("kk", kk="Ана тілі"),
    "purpose": Translated.of("kk", kk="Үйде қазақша сөйлейді."),
    "description": Translated.of("kk", kk=BODY),
    "people": Translated.of("kk"),
    "partners": Translated.of("kk"),
}


counted = partial(ledger, kind="initiative")


def translating(slug, target="ru"):
    return f"/en/manage/translations/initiative/{slug}/{target}"


def test_steps_and_the_closing_report_are_translated_with_their_initiative(
    browser_of, client, database, people
):
    slug = begin(database, **BARE)
    with database.writing() as db:
        initiative = db.scalars(select(Initiative)).one()
        done = Translated.of("ru", ru="Выпустить учебник")
        number = steps.add(db, initiative, StepKind.PLAN, done, None, clock.now()).id
        nothing = Translated.of("kk")
        told = ResultDetails(Translated.of("kk", kk="Оқулық шықты."), nothing, nothing)
        closing.close(db, initiative, told, 0, clock.now())
    assert counted(database) == (1, 0, 6)
    browser = browser_of(people["translator"])
    # Whatever was written in Russian first is not asked for again in Russian, but in Kazakh.
    russian = browser.get(translating(slug))
    assert f"paragraph.step_{number}.0" not in russian.text
    sent = fields(russian, paragraph__happened__0="Вышел учебник.")
    assert browser.post(translating(slug), data=sent).status_code == 303
    kazakh = browser.get(translating(slug, "kk"))
    (original,) = page_of(kazakh).xpath("//*[@class='paragraph-original']/p")
    assert (original.text_content(), original.get("lang")) == ("Выпустить учебник", "ru")
    sent = fields(kazakh, **{f"paragraph__step_{number}__0": "Оқулық шығару"})
    assert browser.post(translating(slug, "kk"), data=sent).status_code == 303
    with database.reading() as db:
        report = db.scalars(select(Result)).one()
        assert report.happened.texts() == {"kk": "Оқулық шықты.", "ru": "Вышел учебник."}
        assert report.revision == 2
        assert db.get_one(Step, number).text.texts()["kk"] == "Оқулық шығару"
    assert counted(database) == (2, 0, 5)
    assert counted(database, "kk") == (7, 0, 0)
    shown = words(client.get(f"/kk/initiatives/{slug}"))
    assert "Оқулық шығару" in shown
    assert "Вышел учебник." in words(client.get(f"/ru/initiatives/{slug}"))
