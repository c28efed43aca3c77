"""A machine fills gaps with drafts, by the words of the glossary."""

import csv
import re

import pytest
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from portal import HOME
from portal.config.settings import Settings
from portal.demo.services.serving import running
from portal.domain.events.models import Event
from portal.i18n.glossary import Term, terms_in
from portal.i18n.translated import State, Translated
from tests.factories import make_event, make_organization, make_person
from tests.pages import page_of, words

STORY = Translated.of(
    "kk",
    kk="Үш **домбырашы** [мұнда](https://example.org/бір) & ![сурет](image:k1) тартады.\n\n"
    "Екінші `код` абзац.[^1]\n\n```\nкод\n```",
)


class Shouter:
    """A machine that shouts instead of translating, and can be told to misbehave."""

    def __init__(self, name):
        self.name, self.mood, self.asked = name, "well", []

    @property
    def app(self):
        path = {"libretranslate": "/translate", "deepl": "/v2/translate"}[self.name]
        return Starlette(routes=[Route(path, self.translate, methods=["POST"])])

    async def translate(self, request):
        body = await request.json()
        texts = body["q"] if self.name == "libretranslate" else body["text"]
        self.asked += [(request.headers.get("authorization"), body)]
        if self.mood == "away":
            return Response("down", 503)
        if self.mood == "babbling":
            return Response("<html>", 200)
        if self.mood == "endless":
            return Response(b" " * 3_000_000, 200)
        said = [re.sub(r"<[^>]*>|[^<]+", _shouted, text) for text in texts]
        if self.mood == "careless":
            said = [re.sub(r"<x[^>]*>", "", text) for text in said]
        if self.mood == "forgetful":
            said = said[1:]
        if self.name == "libretranslate":
            return JSONResponse({"translatedText": said})
        return JSONResponse({"translations": [{"text": text} for text in said]})


def _shouted(match):
    return match[0] if match[0].startswith("<") else match[0].upper().replace("&AMP;", "&amp;")


@pytest.fixture(params=["libretranslate", "deepl"])
def service(request):
    return Shouter(request.param)


@pytest.fixture
def settings(settings, service):
    with running(service.app) as address:
        machine = {
            "machine_translation": service.name,
            "machine_translation_url": address,
            "machine_translation_key": "the-key",
        }
        yield Settings(**settings.model_dump() | machine)


@pytest.fixture
def translator(database, browser_of):
    with database.writing() as db:
        person = make_person(db)
        organization = make_organization(db, "ours", translator=person)
        title = Translated.of("kk", kk="Домбыра кеші", ru="Вечер домбры")
        event = make_event(db, organization, title=title, description=STORY)
        page = f"/en/manage/translations/event/{event.slug}/ru"
    return browser_of(person), page


def event_of(database):
    with database.reading() as db:
        return db.scalars(select(Event)).one()


def test_gaps_are_filled_with_drafts_and_nothing_else_is_touched(
    translator, service, database, client
):
    browser, page = translator
    assert "Draft what is missing" in words(browser.get(page))
    assert browser.post(f"{page}/drafts").status_code == 303
    event = event_of(database)
    assert [each.text for each in event.description.translated_paragraphs("ru")] == [
        "ҮШ **ДОМБЫРАШЫ** [МҰНДА](https://example.org/бір) & ![сурет](image:k1) ТАРТАДЫ.",
        "ЕКІНШІ `код` АБЗАЦ.[^1]",
        "```\nкод\n```",
    ]
    assert set(event.description.states("ru")) == {State.MACHINE_DRAFT}
    assert event.title.texts()["ru"] == "Вечер домбры"
    assert event.title.state("ru") is State.TRANSLATED
    assert "машинный перевод" in words(client.get(f"/ru/events/{event.slug}")).lower()
    # Nothing is left to draft.
    assert "Draft what is missing" not in words(browser.get(page))


def test_each_service_is_asked_in_its_own_words(translator, service):
    browser, page = translator
    browser.post(f"{page}/drafts")
    ((authorization, body),) = service.asked
    if service.name == "deepl":
        assert authorization == "DeepL-Auth-Key the-key"
        assert (body["source_lang"], body["target_lang"]) == ("KK", "RU")
        assert body["tag_handling"] == "xml"
    else:
        assert authorization is None
        assert (body["source"], body["target"], body["api_key"]) == ("kk", "ru", "the-key")
    assert "image:k1" not in str(body)
    assert "secret-room" not in str(body)


def test_a_draft_becomes_a_translation_when_somebody_accepts_it(translator, database):
    browser, page = translator
    browser.post(f"{page}/drafts")
    shown = page_of(browser.get(page))
    form = {
        control.get("name"): control.get("value") or control.text or ""
        for control in shown.xpath("//form[@data-paragraphs]//*[@name]")
        if control.get("type") != "checkbox"
    }
    browser.post(page, data=form | {"right.description.0": "yes"})
    assert event_of(database).description.states("ru")[0] is State.TRANSLATED


@pytest.mark.parametrize("mood", ["away", "babbling", "endless", "forgetful"])
def test_a_machine_that_is_away_or_babbles_changes_nothing(translator, service, database, mood):
    browser, page = translator
    service.mood = mood
    answer = browser.post(f"{page}/drafts")
    assert answer.status_code == 409
    assert "does not answer as it should" in words(answer)
    assert "ru" not in event_of(database).description.versions


def test_a_passage_that_lost_a_part_stays_a_gap(translator, service, database):
    browser, page = translator
    service.mood = "careless"
    browser.post(f"{page}/drafts")
    states = event_of(database).description.states("ru")
    assert states == (State.MISSING, State.MISSING, State.MACHINE_DRAFT)


def test_a_volunteer_cannot_spend_the_operators_money(translator, service, client):
    browser, page = translator
    made = browser.post(f"{page}/links")
    (address,) = page_of(made).xpath("//code[@class='address']/text()")
    path = address.removeprefix("https://testserver")
    assert "Draft what is missing" not in words(client.get(path))
    assert client.post(f"{path}/drafts").status_code == 404
    assert client.post(f"{page}/drafts").headers["location"].startswith("/en/sign-in")
    assert service.asked == []


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
