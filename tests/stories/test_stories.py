"""Stories as readers find them: lists, pages, languages, sources, and what nobody may see yet."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.domain.organizations.actions import grant_role
from portal.domain.organizations.models import Organization, Role
from portal.domain.stories import actions, author_pages, listing
from portal.domain.stories.details import Source
from portal.domain.stories.models import Story
from portal.domain.stories.workflow import publish
from portal.i18n.locale import SWITCH, use_locale
from portal.i18n.translated import MACHINE, Translated, fingerprint
from portal.worker.jobs import publish_stories
from portal.worker.loop import Worker
from tests.factories import (
    make_event,
    make_organization,
    make_own_story,
    make_person,
    make_story,
    make_story_details,
)
from tests.pages import addresses_of, page_of, words
from tests.queries import queries_of


@pytest.fixture
def editor(database):
    with database.writing() as db:
        editor = make_person(db, "Марат", language="kk")
        make_organization(db, "ours", editor=editor, owner=make_person(db))
        db.flush()
        db.expunge(editor)
        return editor


def write(database, editor, **changes):
    """The slug of a story of ours."""
    with database.writing() as db:
        ours = db.scalars(select(Organization).where(Organization.slug == "ours")).one()
        return make_story(db, ours, editor, **changes).slug


def titles(answer):
    return [link.text_content() for link in page_of(answer).xpath("//main//article//h2/a")]


def test_a_story_is_read_with_everything_that_belongs_to_it(client, database, editor):
    with database.writing() as db:
        ours = db.scalars(select(Organization)).one()
        event, draft = make_event(db, ours), make_event(db, ours, published=False)
        slugs = event.slug, draft.slug
    slug = write(
        database,
        editor,
        events=slugs,
        sources=(Source("Көкпар ережесі", "https://kokpar.example.org/rules"),),
        byline="Ақбоз",
    )
    answer = client.get(f"/kk/stories/{slug}")
    assert answer.status_code == 200
    said = words(answer)
    for part in ("Көкпар Берлинде", "Қалай ат таптық.", "бір аттан", "Ақбоз", "Алтын сақа"):
        assert part in said
    assert "https://kokpar.example.org/rules" in addresses_of(answer)
    assert f"/kk/events/{slugs[0]}" in addresses_of(answer)
    # Nobody hears of a draft by way of a story.
    assert slugs[1] not in answer.text
    (machine,) = page_of(answer).xpath("//script[@type='application/ld+json']/text()")
    posting = json.loads(machine)
    assert posting["@type"] == "BlogPosting"
    assert posting["headline"] == "Көкпар Берлинде"
    assert posting["author"] == {"@type": "Person", "name": "Ақбоз"}
    assert posting["publisher"]["name"] == "Алтын сақа"
    assert page_of(answer).xpath("//meta[@property='og:type']/@content") == ["article"]
    hreflangs = page_of(answer).xpath("//link[@rel='alternate']/@hreflang")
    assert hreflangs == [*SWITCH]
    # The name of the account is nobody's to read.
    assert "Марат" not in answer.text


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("kk", None),
        ("ru", "Часть текста ещё не переведена"),
        ("en", "Not translated yet. Shown in its original language: Қазақша."),
    ],
)
def test_one_line_says_what_the_reader_is_given(client, database, editor, language, line):
    slug = write(database, editor)
    answer = client.get(f"/{language}/stories/{slug}")
    notes = page_of(answer).xpath("//article/*[contains(@class, 'note')]")
    if line is None:
        assert notes == []
    else:
        assert line in notes[0].text_content()
        assert f"/kk/stories/{slug}" in notes[0].xpath(".//a/@href")
        body = page_of(answer).xpath("//article/div[contains(@class, 'prose')]")[0]
        assert body.get("lang") == "kk"


def test_a_machines_draft_and_an_old_translation_are_called_so(client, database, editor):
    title, summary = Translated.of("kk", kk="Көкпар", ru="Кокпар"), Translated.of("kk")
    plain = Translated.of("kk", kk="Бәрі басталды.\n\nСосын екеу болды.")
    seen = [fingerprint(each) for each in plain.paragraphs()]
    body = plain.put("ru", ["Всё началось.", "Потом двое."], seen, by=MACHINE)
    slug = write(database, editor, title=title, summary=summary, body=body)
    assert "Часть текста — машинный перевод" in words(client.get(f"/ru/stories/{slug}"))
    read = Translated.of("kk", kk=body.source, ru="Всё началось.\n\nПотом двое.")
    old = read.revised("kk", read.texts() | {"kk": "Басқаша басталды.\n\nСосын екеу болды."})
    slug = write(database, editor, title=title, summary=summary, body=old)
    assert "часть оригинала изменилась" in words(client.get(f"/ru/stories/{slug}"))


def test_unverified_organisations_stories_are_marked_and_lead_nowhere(client, database):
    with database.writing() as db:
        editor = make_person(db)
        unknown = make_organization(db, "unknown", verified=False, editor=editor)
        body = Translated.of("kk", kk="[Мұнда](https://lure.example.org/) басыңыз.")
        sources = (Source("Ереже", "https://lure.example.org/rules"),)
        slug = make_story(db, unknown, editor, body=body, sources=sources).slug
    answer = client.get(f"/en/stories/{slug}")
    assert "Organisation not verified" in words(answer)
    assert "Мұнда басыңыз." in words(answer)
    assert not any("lure.example.org" in address for address in addresses_of(answer))
    # Where it leads is still said, in words.
    assert "lure.example.org" in words(answer)


def test_lists_are_newest_first_and_can_be_narrowed(client, database, editor):
    first = write(database, editor, title=Translated.of("kk", kk="Бірінші"), tags=("music",))
    write(database, editor, title=Translated.of("kk", kk="Екінші", ru="Вторая"), tags=("food",))
    write(database, editor, title=Translated.of("kk", kk="Жоба"), published=False)
    with database.writing() as db:
        other = make_organization(db, "other")
        make_story(db, other, make_person(db), title=Translated.of("en", en="Third"))
        db.scalars(select(Story).where(Story.slug == first)).one().published_at -= timedelta(days=1)
    assert titles(client.get("/kk/stories")) == ["Third", "Екінші", "Бірінші"]
    assert titles(client.get("/kk/stories?tag=music")) == ["Бірінші"]
    assert titles(client.get("/ru/stories?language=ru")) == ["Вторая"]
    assert titles(client.get("/kk/stories?organization=ours")) == ["Екінші", "Бірінші"]
    assert titles(client.get("/kk/stories?organization=other&tag=food")) == []
    for nonsense in ("tag=nothing", "language=xx", "organization=nobody", "page=0"):
        assert client.get(f"/kk/stories?{nonsense}").status_code == 404
    shown = words(client.get("/kk/organizations/ours"), "//section[.//h2[@id='stories']]")
    assert "Екінші" in shown
    assert "Жоба" not in shown


def test_a_long_list_has_pages(client, database, editor, monkeypatch):
    monkeypatch.setattr(listing, "PAGE_SIZE", 2)
    slugs = [write(database, editor) for _each in range(3)]

    def listed(query):
        page = page_of(client.get(f"/kk/stories{query}"))
        return [path.rsplit("/", 1)[1] for path in page.xpath("//ul[@class='stories']//h2/a/@href")]

    assert listed("") == slugs[:0:-1]
    assert listed("?page=2") == slugs[:1]
    assert listed("?page=2&organization=ours") == slugs[:1]


def test_a_list_asks_as_much_for_three_stories_as_for_one(client, database, editor):
    counts = []
    for number in (1, 2):
        for _each in range(number):
            write(database, editor)
        client.get("/en/privacy")  # the first page after a change also learns the settings
        with queries_of(database) as asked:
            assert client.get("/kk/stories").status_code == 200
        counts.append(len(asked))
    assert counts == [1, 1]


def test_the_latest_are_offered_to_other_pages(database, editor):
    for name in ("Бір", "Екі", "Үш"):
        write(database, editor, title=Translated.of("kk", kk=name))
    with database.reading() as db, use_locale("kk"):
        assert [each.title.localized().text for each in listing.latest(db, 2)] == ["Үш", "Екі"]


def test_nobody_but_its_writers_finds_a_draft(client, browser_of, database, editor):
    slug = write(database, editor, published=False)
    with database.writing() as db:
        analyst, outsider = make_person(db), make_person(db)
        ours = db.scalars(select(Organization)).one()
        grant_role(db, ours, analyst, Role.ANALYST, clock.now())
    for browser in (client, browser_of(analyst), browser_of(outsider)):
        for page in (f"stories/{slug}", f"stories/{slug}/history"):
            assert browser.get(f"/en/{page}").status_code == 404
    preview = browser_of(editor).get(f"/kk/stories/{slug}")
    assert preview.status_code == 200
    assert "алдын ала қарау" in words(preview)
    assert page_of(preview).xpath("//meta[@name='robots']/@content") == ["noindex"]


def test_history_shows_what_changed_since_it_appeared_and_no_draft(client, database, editor):
    slug = write(database, editor, published=False)
    with database.writing() as db:
        story = db.scalars(select(Story)).one()
        db.refresh(story, ["tags", "events"])
        for text in ("Шикі жоба.", "Шыққан сөз."):
            details = make_story_details(body=Translated.of("kk", kk=text))
            actions.save(db, story, details, story.revision, editor, clock.now())
        publish(db, story, clock.now())
        details = make_story_details(body=Translated.of("kk", kk="Түзетілген сөз."))
        actions.save(db, story, details, story.revision, editor, clock.now())
    page = client.get(f"/kk/stories/{slug}/history")
    assert "Түзетілген" in words(page)
    assert "Шикі" not in page.text
    assert "бір рет өзгерді" in words(client.get(f"/kk/stories/{slug}"))


def test_an_author_has_a_page_only_by_choice_and_only_of_what_bears_its_name(
    client, database, editor
):
    signed = write(database, editor, title=Translated.of("kk", kk="Қолым бар"), byline="Ақбоз")
    other = write(database, editor, title=Translated.of("kk", kk="Басқа ат"), byline="Күрең")
    write(database, editor, title=Translated.of("kk", kk="Атсыз"))
    assert "/kk/authors/" not in client.get(f"/kk/stories/{signed}").text
    with database.writing() as db:
        author = author_pages.introduce(db, db.merge(editor), "Ақбоз", clock.now())
        address = f"/kk/authors/{author.slug}"
    page = client.get(address)
    assert titles(page) == ["Қолым бар"]
    assert address in addresses_of(client.get(f"/kk/stories/{signed}"))
    assert "/kk/authors/" not in client.get(f"/kk/stories/{other}").text
    with database.writing() as db:
        author_pages.introduce(db, db.merge(editor), "Ақбоз қызы", clock.now())
    assert "Ақбоз қызы" in words(client.get(f"/kk/stories/{signed}"))
    assert titles(client.get(address)) == ["Қолым бар"]
    with database.writing() as db:
        author_pages.unpublish(db, db.merge(editor))
    assert client.get(address).status_code == 404
    assert "Ақбоз қызы" in words(client.get(f"/kk/stories/{signed}"))


@pytest.fixture
def round_of(database, app, settings):
    worker = Worker(database, app.state.site.links, settings)
    return worker.round


def test_a_scheduled_story_appears_at_its_hour_once(client, database, editor, round_of):
    wall = (clock.now() + timedelta(hours=8)).replace(tzinfo=None, second=0, microsecond=0)
    slug = write(database, editor, publish_wall=wall, time_zone="Asia/Almaty")
    with database.reading() as db:
        story = db.scalars(select(Story)).one()
        hour = story.publish_at
        assert (story.state, story.published_at) == ("scheduled", None)
    assert client.get(f"/kk/stories/{slug}").status_code == 404
    assert round_of(hour - timedelta(minutes=1)).published == 0
    assert round_of(hour).published == 1
    assert round_of(hour + timedelta(minutes=1)).published == 0
    assert client.get(f"/kk/stories/{slug}").status_code == 200
    with database.reading() as db:
        story = db.scalars(select(Story)).one()
        assert (story.state, story.published_at, story.editions) == ("published", hour, 1)


def test_two_workers_at_once_publish_a_story_once(database, editor):
    wall = (clock.now() + timedelta(hours=8)).replace(tzinfo=None)
    for _number in range(3):
        write(database, editor, publish_wall=wall)
    with database.reading() as db:
        hour = db.scalars(select(Story.publish_at)).first()
    with ThreadPoolExecutor(4) as workers:
        done = [workers.submit(publish_stories, database, hour) for _worker in range(4)]
    assert sum(each.result() for each in done) == 3
    with database.reading() as db:
        assert db.scalars(select(Story.editions)).all() == [1, 1, 1]


def test_a_suspended_organisations_story_waits_on(client, database, editor, round_of):
    wall = (clock.now() + timedelta(hours=8)).replace(tzinfo=None)
    slug = write(database, editor, publish_wall=wall)
    with database.writing() as db:
        db.scalars(select(Organization)).one().suspended_at = clock.now()
        hour = db.scalars(select(Story.publish_at)).one()
    assert round_of(hour).published == 0
    assert client.get(f"/kk/stories/{slug}").status_code == 404


def test_a_members_story_names_its_writer_only_as_typed(client, database):
    with database.writing() as db:
        member = make_person(db, "Құпия Есім")
        bare = make_own_story(db, member, published=True).slug
        signed = make_own_story(db, member, published=True, byline="Самал").slug
    assert "Самал" in words(client.get(f"/kk/stories/{signed}"))
    for slug in (bare, signed):
        assert "Құпия Есім" not in client.get(f"/kk/stories/{slug}").text
