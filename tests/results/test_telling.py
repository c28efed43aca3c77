"""Organisers tell what came of an event, in numbers that hide anybody who took part."""

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.domain.events.models import Status
from portal.domain.organizations.actions import grant_role
from portal.domain.organizations.models import Role
from portal.domain.organizations.queries import organization_named
from portal.domain.publishing.revisions.models import Revision
from portal.domain.publishing.translation_progress.models import TranslationProgress
from portal.domain.results.models import Result
from portal.domain.results.rules import round_down
from portal.i18n.paragraphs import fingerprint
from portal.i18n.translated import State
from tests.factories import make_host, make_organization, make_person, sign_up_guest
from tests.forms import result_fields
from tests.pages import addresses_of, errors_of, page_of, value_of, words
from tests.results.result_forms import event_of, form_of, tell

HAPPENED = "Үш домбырашы күй тартты."

# The first answer and no other.
ALONE = {"reached_kk": None, "next_steps_kk": None}

NOBODY_TOLD = "Nothing has been told yet."


def result(database):
    with database.reading() as db:
        return db.scalars(select(Result)).one_or_none()


def test_organisers_are_led_from_their_page_to_the_form_and_to_what_everybody_reads(
    browser, client, slug
):
    organising = browser.get(f"/en/manage/events/{slug}")
    (link,) = page_of(organising).xpath("//a[normalize-space()='Write the result']/@href")
    assert link == form_of(slug)
    assert "Publish" in words(browser.get(link))
    assert tell(browser, slug).headers["location"] == f"/en/events/{slug}"
    page = words(client.get(f"/en/events/{slug}"), "//*[@class='result']")
    for answer in (HAPPENED, "Берлиндегі отбасыларға.", "Келесі кеш көктемде."):
        assert answer in page
    assert "Edit the result" in words(browser.get(f"/en/manage/events/{slug}"))


def test_editors_see_at_a_glance_what_is_still_to_be_told(browser, browser_of, past, database):
    recent, told = past(3), past(4)
    past(800)  # longer ago than an organisation's share counts
    cancelled = past(5)
    past(-5)
    tell(browser, told)
    with database.writing() as db:
        event_of(db, cancelled).status = Status.CANCELLED.value
        analyst = make_person(db)
        grant_role(db, organization_named(db, "ours"), analyst, Role.ANALYST, clock.now())
    rows = "//article[.//*[normalize-space()='No result published yet']]//h3/a/@href"
    marked = page_of(browser.get("/en/manage")).xpath(rows)
    assert marked == [f"/en/manage/events/{recent}"]
    # Who reads the numbers sees the same events, and cannot tell.
    seen = browser_of(analyst).get("/en/manage")
    assert marked[0] in addresses_of(seen)
    assert not page_of(seen).xpath(rows)


def test_answers_are_in_the_readers_language_or_marked_with_their_own(browser, client, slug):
    tell(browser, slug, happened_ru="Играли три домбриста.", reached_ru="Семьям Берлина.")
    russian = client.get(f"/ru/events/{slug}")
    assert "Играли три домбриста." in words(russian, "//*[@class='result']")
    card = page_of(russian).xpath("//*[@class='result']")[0]
    assert [d.get("lang") for d in card.xpath(".//dd")] == [None, None, "kk"]
    (note,) = card.xpath(".//p[contains(@class, 'note')]")
    assert "переведено не всё" in note.text_content()
    assert not page_of(client.get(f"/kk/events/{slug}")).xpath("//*[@class='result']//*[@lang]")
    english = page_of(client.get(f"/en/events/{slug}")).xpath("//*[@class='result']")[0]
    assert [d.get("lang") for d in english.xpath(".//dd")] == ["kk", "kk", "kk"]
    assert "Not translated yet" in english.xpath("string(.//p[contains(@class, 'note')])")


def test_nothing_is_told_of_what_has_not_taken_place(browser, client, past, database):
    for days, status in ((-3, "scheduled"), (0, "scheduled"), (3, "cancelled"), (3, "postponed")):
        slug = past(days)
        with database.writing() as db:
            event_of(db, slug).status = Status(status).value
        assert "Write the result" not in words(browser.get(f"/en/manage/events/{slug}"))
        assert browser.get(form_of(slug)).status_code == 409
        answer = browser.post(form_of(slug), data=result_fields())
        assert answer.status_code == 422
        assert "once the event has taken place" in errors_of(answer)[""]
    assert result(database) is None
    assert NOBODY_TOLD in words(client.get("/en/results"))


@pytest.mark.parametrize(
    ("attended", "told"), [(4, None), (5, "At least 5 people"), (12, "At least 10 people")]
)
def test_how_many_took_part_is_told_rounded_down_and_never_of_fewer_than_five(
    browser, client, database, past, attended, told
):
    slug = past(capacity=None)
    with database.writing() as db:
        event = event_of(db, slug)
        for number in range(attended + 2):
            guest = sign_up_guest(db, event)
            guest.attended_at = event.starts_at if number < attended else None
    tell(browser, slug)
    for path in (f"/en/events/{slug}", "/en/results"):
        page = words(client.get(path))
        assert ("people took part" in page) is (told is not None)
        assert told is None or f"{told} took part" in page
        assert str(attended + 2) not in words(client.get(path), "//*[@class='result']/dl")


def test_a_form_with_errors_comes_back_with_what_was_typed(browser, slug, database):
    for changes, field, message in (
        ({"happened_kk": None, "happened_ru": "Играли."}, "happened_kk", "Say what happened"),
        ({"reached_ru": "ұ" * 1_001}, "reached_ru", "at most"),
        ({"next_steps_kk": "а\u202eб"}, "next_steps_kk", "control character"),
        ({"original": "tr"}, "original", "Choose one"),
        ({"revision": "-1"}, "revision", "0 or more"),
    ):
        typed = result_fields(**changes)
        answer = browser.post(form_of(slug), data=typed)
        assert answer.status_code == 422, changes
        assert message in " ".join(words(answer, "//*[@role='alert']").split()), changes
        assert field == "revision" or message in errors_of(answer)[field]
        assert value_of(answer, "next_steps_kk") == typed["next_steps_kk"]
    assert result(database) is None


def test_two_editors_at_once_lose_nothing(browser, slug, database):
    tell(browser, slug)
    for stale in ("0", "2"):  # both began with an empty form; or somebody makes numbers up
        answer = browser.post(
            form_of(slug), data=result_fields(happened_kk="Басқаша.", revision=stale)
        )
        assert answer.status_code == 422
        assert "Somebody else has saved this result" in errors_of(answer)[""]
        assert value_of(answer, "happened_kk") == "Басқаша."
        assert result(database).happened.texts() == {"kk": HAPPENED}
    assert value_of(answer, "revision") == "1"
    tell(browser, slug, happened_kk="Басқаша.", revision="1")
    assert result(database).happened.texts() == {"kk": "Басқаша."}
    assert value_of(browser.get(form_of(slug)), "happened_kk") == "Басқаша."


def test_a_translation_left_alone_is_out_of_date_unless_it_was_a_small_fix(browser, slug, database):
    russian = "Играли три домбриста."
    texts = {"happened_ru": russian, "reached_kk": None, "next_steps_kk": None}
    tell(browser, slug, **texts)
    tell(browser, slug, **texts, happened_kk="Төртеу тартты.", revision="1")
    assert result(database).happened.state("ru") == State.OUT_OF_DATE
    assert "older than the original" in words(browser.get(form_of(slug)))
    tell(browser, slug, **texts, happened_kk="Төртеуі тартты.", small_fix="yes", revision="2")
    assert result(database).happened.state("ru") == State.TRANSLATED


def test_the_history_of_the_event_records_what_was_told(browser, client, slug, database):
    tell(browser, slug)
    tell(browser, slug, happened_kk="Төрт домбырашы күй тартты.", revision="1")
    with database.reading() as db:
        of_events = select(Revision.facts).where(Revision.item_kind == "event")
        facts = db.scalars(of_events.order_by(Revision.number)).all()
    assert [each.get("happened") for each in facts] == [
        None,
        {"kk": HAPPENED},
        {"kk": "Төрт домбырашы күй тартты."},
    ]
    answer = client.get(f"/en/events/{slug}/history")
    assert "What happened" in words(answer)
    page = page_of(answer)
    assert "Төрт" in page.xpath("string(//main//ins)")
    assert "Үш" in page.xpath("string(//main//del)")
    assert "Changed 2 times since" in words(client.get(f"/en/events/{slug}"))


def test_hosts_editors_tell_and_others_do_not(browser_of, database, slug):
    with database.writing() as db:
        partner, invited = make_person(db), make_person(db)
        event = event_of(db, slug)
        make_host(db, event, make_organization(db, "partner", editor=partner))
        waiting = make_organization(db, "waiting", editor=invited)
        make_host(db, event, waiting, accepted=False)
    assert browser_of(invited).post(form_of(slug), data=result_fields()).status_code == 404
    assert result(database) is None
    tell(browser_of(partner), slug)


def test_what_people_write_is_shown_as_words(browser, client, slug):
    evil = "<script>alert(1)</script>\nhttps://evil.example"
    tell(browser, slug, happened_kk=evil, reached_kk=evil, next_steps_kk=evil)
    for path in (f"/en/events/{slug}", "/en/results", f"/en/events/{slug}/history"):
        page = page_of(client.get(path))
        assert page.xpath("//main//script[not(@type)]") == []
        assert not any("evil" in link for link in page.xpath("//@href"))
        assert "<script>alert(1)" in page.xpath("string(//main)")


def test_a_result_is_translated_with_its_event_from_the_language_it_was_told_in(
    browser, client, slug, database
):
    tell(browser, slug, happened_kk=None, happened_ru="Играли.", original="ru", **ALONE)
    page = f"/en/manage/translations/event/{slug}/kk"
    form = page_of(browser.get(page))
    (original,) = form.xpath("//*[@class='paragraph-original']/p")
    assert (original.text_content(), original.get("lang")) == ("Играли.", "ru")
    assert page in browser.get("/en/manage/ours/translations").text
    (seen,) = form.xpath("//input[@name='seen.happened.0']/@value")
    sent = {"seen.happened.0": seen, "paragraph.happened.0": HAPPENED}
    with database.reading() as db:
        before = event_of(db, slug).revision
    assert browser.post(page, data=sent | {"before.happened.0": fingerprint("")}).is_redirect
    with database.reading() as db:
        result = db.scalars(select(Result)).one()
        assert result.happened.state("kk") is State.TRANSLATED
        assert result.revision == 2
        event = event_of(db, slug)
        assert event.revision == before
        entry = db.get_one(TranslationProgress, ("event", event.id, "kk"))
        assert (entry.missing, entry.outdated) == (0, 0)
    assert HAPPENED in words(client.get(f"/kk/events/{slug}"), "//*[@class='result']")


@pytest.mark.parametrize(
    ("count", "told"),
    [
        *((0, None), (4, None), (5, 5), (9, 5), (10, 10), (19, 10), (99, 90), (100, 100)),
        *((149, 100), (999, 950), (1_000, 1_000), (9_999, 9_500), (12_345, 12_000)),
    ],
)
def test_numbers_are_rounded_down_and_small_ones_are_not_told(count, told):
    assert round_down(count) == told


def test_no_number_told_is_above_the_true_one_or_below_five():
    told = [round_down(count) for count in range(5, 20_000)]
    assert all(5 <= number <= count for count, number in enumerate(told, start=5))
    assert told == sorted(told)
