"""A member founds an organisation, whose name looks like no other's."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.core.time_zones import ASTANA, wall_of
from portal.domain.organizations.confusables import digests_of, skeleton
from portal.domain.organizations.models import Endorsement, Membership, Organization
from portal.domain.organizations.queries import organization_named
from portal.i18n.translated import Translated
from tests.factories import make_event, make_organization, make_person
from tests.forms import organization_fields
from tests.pages import addresses_of, errors_of, page_of, value_of, words


@pytest.fixture
def founder(database, browser_of):
    with database.writing() as db:
        person = make_person(db, "Негізін салушы")
    return browser_of(person)


def found(browser, number=1, **changes):
    form = {"slug": f"org-{number}", "name_kk": f"Ұйым {number}"} | changes
    return browser.post("/en/organizations", data=organization_fields(**form))


def slugs(database):
    with database.reading() as db:
        return sorted(db.scalars(select(Organization.slug)))


def test_a_member_founds_one_and_owns_it(founder, client, database):
    assert founder.get("/en/organizations/new").status_code == 200
    answer = found(founder)
    assert answer.headers["location"] == "/en/manage/org-1/verification"
    with database.reading() as db:
        assert db.scalars(select(Membership.role)).all() == ["owner"]
    assert founder.get("/en/manage/org-1/people").status_code == 200
    assert "Not verified" in words(client.get("/en/organizations/org-1"))
    assert "Not verified" in words(client.get("/en/organizations"))


def test_its_country_is_chosen_by_name_and_stands_chosen_again(founder):
    found(founder, country="MN")
    for language, name in (("kk", "Моңғолия"), ("ru", "Монголия"), ("en", "Mongolia")):
        form = founder.get(f"/{language}/manage/org-1/edit")
        chosen = page_of(form).xpath("//select[@name='country']/option[@selected]")
        assert [(each.get("value"), each.text) for each in chosen] == [("MN", name)]


def test_its_events_are_marked_in_lists_and_on_their_pages(database, client):
    with database.writing() as db:
        unknown = make_organization(db, "unknown", verified=False)
        event = make_event(db, unknown)
        marked, month = event.slug, wall_of(event.starts_at, ASTANA).strftime("%Y-%m")
    for page in (f"/en/events/{marked}", "/en/events", f"/en/calendar/{month}"):
        assert "Organiser not verified" in words(client.get(page)), page
    with database.writing() as db:
        known = make_organization(db, "known")
        plain = make_event(db, known).slug
    assert "Organiser not verified" not in words(client.get(f"/en/events/{plain}"))


def test_links_in_its_descriptions_are_words_until_it_is_verified(database, client):
    from portal.i18n.translated import Translated

    text = Translated.of("kk", kk="[Мұнда](https://example.org/x) **қара**")
    with database.writing() as db:
        slugs = [
            make_event(db, make_organization(db, verified=verified), description=text).slug
            for verified in (False, True)
        ]
    for slug, leads in zip(slugs, (False, True), strict=True):
        shown = client.get(f"/kk/events/{slug}")
        assert ("https://example.org/x" in addresses_of(shown)) is leads
        assert "Мұнда қара" in words(shown)


@pytest.mark.parametrize(
    "name",
    ["Altyn saqa", "ALTYN SAQA", "Аltyn sаqа", "Алтын сака", "Altyn-Saqa!"],
)
def test_a_name_that_looks_like_anothers_is_refused_in_any_language(founder, database, name):
    with database.writing() as db:
        make_organization(db, "first")
    answer = found(founder, name_kk=name)
    assert answer.status_code == 422
    assert "looks like it" in errors_of(answer)["name_kk"]
    assert value_of(answer, "name_kk") == name
    assert slugs(database) == ["first"]
    assert found(founder, name_kk=f"{name} Прага").status_code == 303


def test_a_name_is_free_again_when_it_is_changed(founder, database):
    found(founder, name_kk="Ақ жол")
    form = organization_fields(name_kk="Көк жол")
    assert founder.post("/en/manage/org-1/edit", data=form).status_code == 303
    assert found(founder, 2, name_kk="Көк жол").status_code == 422
    assert found(founder, 2, name_kk="Ақ жол").status_code == 303


def test_a_person_founds_three_before_one_is_verified(founder, database):
    for number in (1, 2, 3):
        assert found(founder, number).status_code == 303
    answer = found(founder, 4)
    assert answer.status_code == 422
    assert "You have founded 3 organisations" in words(answer)
    with database.writing() as db:
        first = organization_named(db, "org-1")
        first.verified_by, first.verified_at = "document", clock.now()
        first.verified_until = clock.now() + timedelta(days=1)
    assert found(founder, 4).status_code == 303
    assert slugs(database) == ["org-1", "org-2", "org-3", "org-4"]


def test_an_owner_says_anew_what_the_organisation_is(founder, client):
    found(founder)
    shown = founder.get("/en/manage/org-1/edit")
    assert value_of(shown, "name_kk") == "Ұйым 1"
    form = organization_fields(
        name_kk="Ұйым 1",
        name_en="Club 1",
        city="Praha",
        country="CZ",
        site="https://club.example.org",
    )
    answer = founder.post(
        "/en/manage/org-1/edit", data=form | {"slug": "other", "verified_by": "domain"}
    )
    assert answer.headers["location"] == "/en/organizations/org-1"
    shown = client.get("/en/organizations/org-1")
    assert "Club 1" in words(shown)
    assert "Praha, Czechia" in words(shown)
    assert "Not verified" in words(shown)
    # Its site is told, and nothing to click until it is verified.
    assert "https://club.example.org" in words(shown)
    assert "https://club.example.org" not in addresses_of(shown)


@pytest.mark.parametrize(
    "site",
    [
        *(
            "http://club.example.org",
            "javascript:alert(1)",
            "//club.example.org",
            "club.example.org",
        ),
        *(
            "https://user@club.example.org",
            "https://club",
            "https://club.example.org/\u200b",
            "https://",
        ),
    ],
)
def test_a_site_is_a_plain_https_address(founder, site):
    found(founder)
    form = organization_fields(name_kk="Ұйым 1", site=site)
    answer = founder.post("/en/manage/org-1/edit", data=form)
    assert answer.status_code == 422
    assert set(errors_of(answer)) == {"site"}
    form["site"] = "https://club.example.org/kk?x=1"
    assert founder.post("/en/manage/org-1/edit", data=form).status_code == 303


def test_short_names_of_our_own_pages_are_taken(founder, database):
    for slug in ("new", "events"):
        assert found(founder, slug=slug).status_code == 422
    assert slugs(database) == []


def test_a_verified_organisations_site_is_a_link(database, client, browser_of):
    with database.writing() as db:
        owner = make_person(db)
        make_organization(db, "ours", owner=owner)
    form = same_organization(site="https://club.example.org")
    assert browser_of(owner).post("/en/manage/ours/edit", data=form).status_code == 303
    (link,) = page_of(client.get("/en/organizations/ours")).xpath(
        "//a[@href='https://club.example.org']"
    )
    assert "noopener" in link.get("rel")


def same_organization(**changes):
    """The form of make_organization's first, as it was founded."""
    names = {"name_kk": "Алтын сақа", "name_ru": "Алтын сака", "name_en": "Altyn saqa"}
    return organization_fields(**(names | {"kind": "diaspora"} | changes))


def edit(database, browser_of, form, *, domain=None):
    """What became of the mark of a verified organisation, and where its owner was led."""
    with database.writing() as db:
        owner = make_person(db)
        ours = make_organization(db, "ours", owner=owner)
        ours.verified_domain = domain
        voucher = make_organization(db, "voucher")
        db.add(
            Endorsement(
                organization_id=ours.id,
                by_organization_id=voucher.id,
                person_id=owner.id,
                vouched_at=clock.now(),
            )
        )
    browser = browser_of(owner)
    assert "What ends the verification" in words(browser.get("/en/manage/ours/edit"))
    answer = browser.post("/en/manage/ours/edit", data=form)
    assert answer.status_code == 303
    with database.reading() as db:
        kept = organization_named(db, "ours").verified_until is not None
        # Whoever vouched did so for what it was.
        assert (db.scalar(select(Endorsement.person_id)) is not None) is kept
    return kept, answer.headers["location"]


KEPT = {
    "nothing": ({}, None),
    "another description": ({"description_kk": "Басқа."}, None),
    "another city": ({"city": "Köln"}, None),
    "a site, with a document": ({"site": "https://elsewhere.example"}, None),
    "a site of the proved domain": ({"site": "https://www.club.example.org"}, "club.example.org"),
    "no site": ({"site": ""}, "club.example.org"),
}
ENDED = {
    "another name": ({"name_kk": "Франция елшілігі"}, None),
    "another name in one language": ({"name_en": "Embassy of France"}, None),
    "a name less": ({"name_ru": None}, None),
    "another kind": ({"kind": "embassy"}, None),
    "a site elsewhere": ({"site": "https://elsewhere.example"}, "club.example.org"),
    "a site that only ends alike": ({"site": "https://badclub.example.org"}, "club.example.org"),
}


@pytest.mark.parametrize("reason", KEPT)
def test_an_organisation_that_stays_what_it_is_stays_verified(database, browser_of, client, reason):
    changes, domain = KEPT[reason]
    kept, led_to = edit(database, browser_of, same_organization(**changes), domain=domain)
    assert (kept, led_to) == (True, "/en/organizations/ours")
    assert "Nothing has had to be done yet." in words(client.get("/en/moderation-log"))


@pytest.mark.parametrize("reason", ENDED)
def test_an_organisation_that_becomes_another_is_not_verified_any_more(
    database, browser_of, client, reason
):
    changes, domain = ENDED[reason]
    kept, led_to = edit(database, browser_of, same_organization(**changes), domain=domain)
    assert (kept, led_to) == (False, "/en/manage/ours/verification")
    assert "Not verified" in words(client.get("/en/organizations/ours"))
    assert "The organisation has become another" in words(client.get("/en/moderation-log"))


def test_only_the_verified_are_warned_of_losing_it(database, browser_of):
    with database.writing() as db:
        owner = make_person(db)
        make_organization(db, "ours", owner=owner, verified=False)
    page = browser_of(owner).get("/en/manage/ours/edit")
    assert "What ends the verification" not in words(page)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Altyn saqa", "ALTYN  SAQA"),
        ("Altyn saqa", "Аltyn sаqa"),  # two Cyrillic letters
        ("Алтын сақа", "Алтын сака"),
        ("Kazakh House", "Kаzаkh Ноuѕе"),
        ("Kazakh House", "Ｋａｚａｋｈ Ｈｏｕｓｅ"),
        ("Kazakh House", "Kazakh-House!"),
        ("Ile", "lle"),
        ("Modern Centre", "Modem Centre"),
        ("Club 10", "Club lO"),
        ("Ғылым", "Fылым"),
        ("Café", "Cafe"),
    ],
)
def test_what_looks_the_same_is_the_same(one, other):
    assert skeleton(one) == skeleton(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Altyn saqa", "Altyn saqa 2"),
        ("Қазақ үйі Берлин", "Қазақ үйі Прага"),
        ("Ұлы көш", "Ұлы дала"),
        ("Kazakh House", "Kazakh Horse"),
    ],
)
def test_what_differs_stays_apart(one, other):
    assert skeleton(one) != skeleton(other)


def test_a_name_without_letters_has_no_skeleton():
    assert skeleton(" –!") == ""
    assert digests_of(Translated.of("kk", kk="…")) == set()


def test_languages_that_look_alike_count_once():
    assert len(digests_of(Translated.of("kk", kk="Алтын сақа", ru="Алтын сака"))) == 1
