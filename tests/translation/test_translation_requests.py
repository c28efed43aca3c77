"""Readers are told how far a text is translated, and can ask for more; nobody learns who did."""

import pytest
from sqlalchemy import func, select, update

from portal.core import clock
from portal.domain.events.models import Event
from portal.domain.organizations.actions import grant_role
from portal.domain.organizations.models import Organization, Role
from portal.domain.publishing.publication import Visibility
from portal.domain.publishing.translation_progress.models import (
    TranslationProgress,
    TranslationRequest,
)
from portal.domain.registrations.event_changes import change_event
from portal.i18n.paragraphs import MACHINE, fingerprint
from portal.i18n.translated import Translated
from tests.conftest import open_browser
from tests.factories import make_details, make_event, make_organization, make_person
from tests.pages import page_of, words

ASK = "Ask for a translation"
STORY = Translated.of("kk", kk="Бірінші.\n\nЕкінші.")


def written(**changes):
    return {"title": Translated.of("kk", kk="Кеш"), "summary": Translated.of("kk")} | changes


@pytest.fixture
def event(database):
    """The slug of an event in Kazakh alone."""
    with database.writing() as db:
        organization = make_organization(db, "ours", translator=make_person(db))
        return make_event(db, organization, **written(description=STORY)).slug


def rewrite(database, **texts):
    with database.writing() as db:
        event = db.scalars(select(Event)).one()
        db.refresh(event, ["tags", "languages", "join_links"])
        change_event(db, event, make_details(**written(**texts)), event.revision, event.changed_at)


def asked(database):
    with database.reading() as db:
        return db.scalar(select(func.count()).select_from(TranslationRequest))


def path_to(event, language="ru", kind="event"):
    return f"/{language}/translation-requests/{kind}/{event}"


def draft(text, *passages):
    seen = [fingerprint(each) for each in text.paragraphs()]
    return text.put("en", passages, seen, by=MACHINE)


def test_an_original_says_nothing_and_asks_nothing(client, event):
    shown = words(client.get(f"/kk/events/{event}"))
    assert "Түпнұсқа" not in shown
    assert not page_of(client.get(f"/kk/events/{event}")).xpath(
        "//form[contains(@action, 'translation-requests')]"
    )


TITLE = Translated.of("kk", kk="Кеш", en="Evening")
WHOLE = Translated.of("kk", kk="Бірінші.\n\nЕкінші.", en="First.\n\nSecond.")


@pytest.mark.parametrize(
    ("texts", "said", "asks"),
    [
        ({"description": STORY}, "Not translated yet. Shown in its original language:", True),
        ({"title": TITLE, "description": STORY}, "Parts are not translated yet", True),
        ({"title": TITLE, "description": WHOLE}, "This is a translation. Original:", False),
        (
            {"title": TITLE, "description": draft(STORY, "First.", "Second.")},
            "Parts are a machine’s translation, which no person has read yet.",
            True,
        ),
        (
            {
                "title": draft(Translated.of("kk", kk="Кеш"), "Evening"),
                "description": draft(STORY, "First.", "Second."),
            },
            "A machine’s translation, which no person has read yet.",
            True,
        ),
        (
            {
                "title": TITLE,
                "description": WHOLE.revised("kk", WHOLE.texts() | {"kk": "Бірінші.\n\nЖаңа."}),
            },
            "Parts of the original have changed since they were translated.",
            True,
        ),
        (
            {
                "title": TITLE.revised("kk", TITLE.texts() | {"kk": "Жаңа кеш"}),
                "description": Translated.of("kk"),
            },
            "The original has changed since this was translated.",
            True,
        ),
    ],
)
def test_a_page_says_honestly_how_far_it_is_translated(client, database, event, texts, said, asks):
    rewrite(database, **texts)
    shown = client.get(f"/en/events/{event}")
    assert said in words(shown)
    assert (ASK in words(shown)) == asks


def test_a_reader_is_counted_once_and_thanked(client, database, event):
    for _again in range(2):
        answer = client.post(path_to(event))
        assert answer.status_code == 303
        assert answer.headers["location"] == path_to(event)
    assert asked(database) == 1
    thanks = client.get(path_to(event, "en"))
    assert "Thank you" in words(thanks)
    assert asked(database) == 1


def test_other_clients_and_people_count_too_and_leave_no_name(
    app, client, browser_of, database, event
):
    with database.writing() as db:
        person = make_person(db)
    client.post(path_to(event))
    open_browser(app, client=("203.0.113.9", 1)).post(path_to(event))
    for _again in range(2):
        browser_of(person).post(path_to(event))
    browser_of(person).post("/ru/translation-requests/organization/ours")
    assert asked(database) == 4
    with database.reading() as db:
        askers = set(db.scalars(select(TranslationRequest.asker)))
    assert len(askers) == 4  # a person’s two cannot be put together
    assert not {"testclient", "203.0.113.9"} & askers


def test_an_organisation_is_asked_for_by_the_same_way(client, database, event):
    with database.writing() as db:
        other = make_organization(db, "quiet")
        assert db.get(TranslationProgress, ("organization", other.id, "ru")).missing == 1
    shown = client.get("/ru/organizations/quiet")
    (form,) = page_of(shown).xpath("//form[contains(@action, 'translation-requests')]")
    assert client.post(form.get("action")).status_code == 303
    assert asked(database) == 1


def test_the_organisers_see_how_many_asked_and_a_translation_answers_them(
    client, browser_of, database, event
):
    for language in ("en", "ru"):
        client.post(path_to(event, language))
    with database.writing() as db:
        translator = make_person(db)
        make_organization(db, "theirs", owner=translator)
        ours = db.scalars(select(Organization).where(Organization.slug == "ours")).one()
        grant_role(db, ours, translator, Role.TRANSLATOR, clock.now())
    shown = browser_of(translator).get("/en/manage/ours/translations")
    assert "1 reader asked" in words(shown)
    assert "1 reader asked" not in words(
        browser_of(translator).get("/en/manage/theirs/translations")
    )
    rewrite(database, title=TITLE, description=WHOLE)
    with database.reading() as db:
        assert db.scalars(select(TranslationRequest.language)).all() == ["ru"]


def test_nothing_is_kept_for_an_original_or_a_whole_translation(client, database, event):
    client.post(path_to(event, "kk"))
    rewrite(database, title=TITLE, description=WHOLE)
    client.post(path_to(event, "en"))
    assert asked(database) == 0


def test_what_one_may_not_see_cannot_be_asked_for(client, database, event):
    with database.writing() as db:
        db.execute(update(Event).values(visibility=Visibility.PRIVATE.value))
    for method in ("GET", "POST"):
        hidden = client.request(method, path_to(event))
        nothing = client.request(method, "/ru/translation-requests/event/nothing")
        assert hidden.status_code == nothing.status_code == 404
        assert client.request(method, path_to(event, kind="person")).status_code == 404
    assert asked(database) == 0
