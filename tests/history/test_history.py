"""Everybody reads what a page said before, word by word."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from portal.core import clock
from portal.domain.events.models import Event, Funding
from portal.domain.organizations.queries import organization_named
from portal.domain.publishing.publication import Visibility
from portal.domain.publishing.revisions.models import Revision
from portal.domain.publishing.revisions.rules import CONTEXT, MAX_PAIRS, How, changes, pieces
from portal.domain.registrations import event_changes
from portal.i18n.translated import State, Translated
from tests.factories import make_event, make_host, make_organization, make_person
from tests.forms import event_fields, organization_fields, saved_fields
from tests.pages import errors_of, page_of, words


@pytest.fixture
def slug(database, editor):
    with database.writing() as db:
        return make_event(db, organization_named(db, "ours")).slug


@pytest.fixture
def save(browser_of, database, editor, slug):
    """Saves the event's form with changes, as its editor."""

    def do(**changes):
        form = saved_fields(database, slug, **changes)
        answer = browser_of(editor).post(f"/en/manage/events/{slug}", data=form)
        assert answer.status_code == 303, errors_of(answer)

    return do


def revisions(database):
    with database.reading() as db:
        return db.scalars(
            select(Revision).where(Revision.item_kind == "event").order_by(Revision.number)
        ).all()


def marks(answer):
    """What the page marks as put in and taken out, without the words for screen readers."""
    page = page_of(answer)
    for spoken in page.xpath("//span[@class='vh']"):
        spoken.drop_tree()
    return (
        [mark.text_content().strip() for mark in page.xpath("//main//ins")],
        [mark.text_content().strip() for mark in page.xpath("//main//del")],
    )


def test_publication_is_the_first_revision_and_the_page_says_when(client, database, slug):
    assert [(r.number, r.is_public) for r in revisions(database)] == [(1, True)]
    page = words(client.get(f"/en/events/{slug}"))
    assert "Published" in page
    assert "since" not in page
    assert "Published" in words(client.get(f"/en/events/{slug}/history"))


def test_a_changed_text_is_shown_word_by_word_in_its_language(client, database, slug, save):
    save(title_kk="Қобыз кеші", summary_en="A küi and a tale.")
    assert "Changed once since" in words(client.get(f"/en/events/{slug}"))
    answer = client.get(f"/en/events/{slug}/history")
    assert marks(answer) == (["Қобыз", "A küi and a tale."], ["Домбыра"])
    texts = page_of(answer).xpath("//dd[@lang='kk']")
    assert " ".join(texts[0].text_content().split()) == (
        "[removed:] Домбыра [end][added:] Қобыз [end] кеші"
    )
    save(title_kk="Жетіген кеші")
    assert "Changed 2 times since" in words(client.get(f"/en/events/{slug}"))
    assert marks(client.get(f"/en/events/{slug}/history"))[0][0] == "Жетіген"  # newest first


def test_a_save_that_changes_nothing_public_is_no_revision(database, save):
    save()
    before = len(revisions(database))
    save(capacity="77", link_1="https://meet.example.org/other-room")
    assert len(revisions(database)) == before


def test_times_place_state_money_and_hosts_are_told_in_words(client, database, slug, save, editor):
    save(
        attendance_mode="mixed",
        venue_kk="Абай үйі",
        funding="grant",
        funding_note_en="City fund",
        starts="2031-05-09T18:00",
        ends="2031-05-09T20:00",
    )
    with database.writing() as db:
        event = db.query(Event).filter_by(slug=slug).one()
        partner = make_organization(db, "partner")
        partner.name = Translated.of("en", en="Partner")
        make_host(db, event, partner)
        event_changes.postpone(db, event, clock.now())
    put_in, taken_out = marks(client.get(f"/en/events/{slug}/history"))
    for text in (
        "Partner",
        "Postponed",
        "In person and online",
        "Абай үйі",
        "A grant",
        "City fund",
        "9 May 2031, 18:00 – 20:00 (Almaty)",
    ):
        assert text in put_in
    assert {"Takes place as planned", "Online", "Nobody: it is the work of volunteers"} <= set(
        taken_out
    )


def test_join_links_and_places_are_never_recorded(client, database, slug, save):
    save(title_kk="Басқа", link_1="https://meet.example.org/very-secret", remark_1_kk="құпиясөз")
    stored = json.dumps([r.facts for r in revisions(database)], ensure_ascii=False)
    for secret in ("secret", "құпиясөз", "capacity", "meet.example.org"):
        assert secret not in stored
    assert "secret" not in client.get(f"/en/events/{slug}/history").text


def test_hostile_markup_in_a_difference_is_inert(client, slug, save):
    save(title_kk="<script>alert(1)</script> кеші", description_kk='<img src=x onerror="alert(1)">')
    answer = client.get(f"/en/events/{slug}/history")
    assert "<script>alert" not in answer.text
    assert not page_of(answer).xpath("//main//img")
    assert any("<script>alert(1)</script>" in text for text in marks(answer)[0])


def test_only_whoever_sees_the_event_reads_its_history(
    client, browser_of, database, editor, slug, save
):
    stranger = f"/en/events/{slug}/history"
    save(title_kk="Ашық атау")
    assert client.get(stranger).status_code == 200
    save(visibility="private", title_kk="Құпия атау")
    save(visibility="private", title_kk="Тағы құпия")
    with database.writing() as db:
        other = make_person(db)
    assert client.get(stranger).status_code == 404
    assert browser_of(other).get(stranger).status_code == 404
    assert client.get("/en/events/nothing/history").status_code == 404
    assert "Құпия" in words(browser_of(editor).get(stranger))
    # Public again: what was said in private stays with the event's own people.
    save(visibility="public", title_kk="Жаңа атау")
    shown = words(client.get(stranger))
    assert "Жаңа" in shown
    assert "ұпия" not in shown
    assert "ұпия" in words(browser_of(editor).get(stranger))
    assert "Changed 2 times since" in words(client.get(f"/en/events/{slug}"))


def test_a_draft_has_no_history_yet(client, browser_of, database, editor):
    with database.writing() as db:
        slug = make_event(db, organization_named(db, "ours"), published=False).slug
    assert client.get(f"/en/events/{slug}/history").status_code == 404
    own = browser_of(editor).get(f"/en/events/{slug}/history")
    assert "Nothing has been published yet." in words(own)
    assert revisions(database) == []


def test_a_long_history_goes_on_in_pages(client, slug, save):
    for number in range(12):
        save(title_kk=f"Атау {number}")
    first = client.get(f"/en/events/{slug}/history")
    second = client.get(f"/en/events/{slug}/history?page=2")
    assert "11" in marks(first)[0][0]
    assert len(page_of(first).xpath("//main//*[@class='sect']")) == 10
    assert len(page_of(second).xpath("//main//*[@class='sect']")) == 3
    # The last of a page still knows what stood before it.
    assert page_of(first).xpath("//main//*[@class='sect']")[-1].xpath(".//ins")
    assert "Published" in words(second)
    assert "Published" not in words(first)


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_who_pays_is_asked_and_shown(client, browser_of, database, editor, language):
    browser = browser_of(editor)
    unanswered = browser.post("/en/manage/ours/events", data=event_fields(funding=None))
    assert errors_of(unanswered)["funding"] == "Error: This needs an answer."
    made = browser.post(
        "/en/manage/ours/events",
        data=event_fields(funding="sponsor", funding_note_kk="Нан наубайханасы"),
    )
    assert made.status_code == 303
    slug = made.headers["location"].split("/")[-2]
    edited = page_of(browser.get(f"/en/manage/events/{slug}/edit"))
    assert edited.xpath("//input[@name='funding'][@checked]/@value") == ["sponsor"]
    assert browser.post(f"/en/manage/events/{slug}/publication").status_code == 303
    shown = words(client.get(f"/{language}/events/{slug}"))
    assert {"kk": "Демеуші", "ru": "Спонсор", "en": "A sponsor"}[language] in shown
    assert "Нан наубайханасы" in shown


def test_nothing_is_published_before_somebody_says_who_pays(browser_of, database, editor):
    """As with drafts that come out of a calendar file."""
    with database.writing() as db:
        slug = make_event(db, organization_named(db, "ours"), published=False, funding=None).slug
    browser = browser_of(editor)
    refused = browser.post(f"/en/manage/events/{slug}/publication")
    assert refused.status_code == 409
    assert "Say who pays for it" in words(refused)
    form = saved_fields(database, slug, funding="nobody")
    assert browser.post(f"/en/manage/events/{slug}", data=form).status_code == 303
    assert browser.post(f"/en/manage/events/{slug}/publication").status_code == 303


def test_what_participants_pay_for_is_not_called_free(client, database):
    with database.writing() as db:
        ours = make_organization(db)
        slugs = {
            funding: make_event(db, ours, funding=funding, visibility=Visibility.PUBLIC).slug
            for funding in Funding
        }
    for funding, slug in slugs.items():
        (script,) = page_of(client.get(f"/en/events/{slug}")).xpath(
            "//script[@type='application/ld+json']"
        )
        assert json.loads(script.text)["isAccessibleForFree"] is (
            funding is not Funding.PARTICIPANTS
        )


def test_what_an_organisation_says_of_itself_can_be_read_back(browser_of, client, database):
    with database.writing() as db:
        owner = make_person(db)
        make_organization(db, "ours", owner=owner)
    page = "/en/organizations/ours/history"
    assert marks(client.get(page)) == ([], [])
    form = organization_fields(
        name_kk="Жаңа сақа", city="<b>Бонн</b>", description_kk="Мәдени бірлестік.", kind="ngo"
    )
    answer = browser_of(owner).post("/en/manage/ours/edit", data=form)
    assert answer.status_code == 303, errors_of(answer)
    added, removed = marks(client.get(page))
    assert "<b>Бонн</b>" in added
    assert "Berlin" in removed
    assert "Non-governmental organisation" in added
    assert "<b>" not in client.get(page).text
    # Saving the same again changes nothing to read.
    browser_of(owner).post("/en/manage/ours/edit", data=form)
    assert len(page_of(client.get(page)).xpath("//main//h2")) == 2


SMALL = "A small fix, say those who made it: the translations are still right."


def test_a_small_fix_is_logged_as_such_and_leaves_translations_right(client, database, slug, save):
    save(title_kk="Домбыра  кеші", small_fix="yes")
    assert [revision.is_small_fix for revision in revisions(database)] == [False, True]
    assert SMALL in words(client.get(f"/en/events/{slug}/history"))
    with database.reading() as db:
        title = db.scalars(select(Event)).one().title
    assert title.state("ru") is State.TRANSLATED
    save(title_kk="Жаңа кеш")
    assert [revision.is_small_fix for revision in revisions(database)] == [False, True, False]


def test_an_organisation_can_make_a_small_fix_too(client, browser_of, database):
    with database.writing() as db:
        owner = make_person(db)
        make_organization(db, "theirs", owner=owner)
    page = "/en/manage/theirs/edit"
    form = {"name_kk": "Алтын сақа", "name_ru": "Алтын сака", "name_en": "Altyn saqa"}
    assert browser_of(owner).post(page, data=organization_fields(**form)).status_code == 303
    assert SMALL not in words(client.get("/en/organizations/theirs/history"))
    assert page_of(browser_of(owner).get(page)).xpath("//input[@name='small_fix']")
    form |= {"name_kk": "«Алтын сақа»", "small_fix": "yes"}
    assert browser_of(owner).post(page, data=organization_fields(**form)).status_code == 303
    assert SMALL in words(client.get("/en/organizations/theirs/history"))
    with database.reading() as db:
        assert organization_named(db, "theirs").name.state("ru") is State.TRANSLATED


# Short enough that nothing of what stayed is left out.
TEXTS = st.text(alphabet="ab ,\nқұ", max_size=CONTEXT)


def side(drawn, without):
    return "".join(piece.text for piece in drawn if piece.how is not without)


@given(TEXTS, TEXTS)
def test_a_difference_holds_both_versions_whole(before, after):
    drawn = pieces(before, after)
    assert side(drawn, How.ADDED) == before
    assert side(drawn, How.REMOVED) == after


@given(TEXTS)
def test_equal_texts_differ_in_nothing(text):
    assert {piece.how for piece in pieces(text, text)} <= {How.UNCHANGED}


def test_only_the_changed_words_are_marked():
    drawn = pieces("Бір күй, бір әңгіме.\nЕкінші жол", "Бір ән, бір әңгіме.\nЕкінші жол")
    marked = [(piece.how, piece.text) for piece in drawn if piece.how is not How.UNCHANGED]
    assert marked == [(How.REMOVED, " күй"), (How.ADDED, " ән")]


def test_what_stayed_far_from_a_change_is_left_out():
    drawn = pieces("бір " * 400 + "екі", "бір " * 400 + "үш")
    assert len(drawn[0].text) < 2 * CONTEXT
    assert drawn[0].text.startswith(" … ")
    assert [piece.text.strip() for piece in drawn[1:]] == ["екі", "үш"]


def test_passages_too_long_to_compare_are_shown_as_replaced():
    """Comparing costs the product of both lengths; nobody may order that from a page."""
    most = int(MAX_PAIRS**0.5) + 1
    before = " ".join(f"a{n} x" for n in range(most))
    after = " ".join(f"b{n} x" for n in range(most))
    drawn = pieces(before, after)
    changed = [piece.how for piece in drawn if piece.how is not How.UNCHANGED]
    assert changed == [How.REMOVED, How.ADDED]


def test_changes_name_facts_and_languages_in_order():
    before = {"title": {"kk": "Бір"}, "status": "scheduled", "gone": "x"}
    after = {"title": {"kk": "Екі", "en": "Two"}, "status": "postponed", "new": ["a"]}
    assert [(c.name, c.language, c.before, c.after) for c in changes(before, after)] == [
        ("title", "kk", "Бір", "Екі"),
        ("title", "en", "", "Two"),
        ("status", None, "scheduled", "postponed"),
        ("new", None, None, ["a"]),
        ("gone", None, "x", None),
    ]
