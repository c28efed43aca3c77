"""An organisation earns trust, works with another one, and moderators keep the peace."""

import re
from dataclasses import replace

import pytest
from playwright.sync_api import expect

from portal.domain.moderation import audit_log
from portal.domain.organizations.queries import organization_named
from tests import factories as make
from tests.browser.steps import button_to, follow, press
from tests.outside import PUBLIC, internet
from tests.processes import run

pytestmark = pytest.mark.browser

HOST, LANGUAGE = "altyn-saqa.example", "kk"
PROFILE = {
    "name_kk": "«Алтын сақа» этномәдени бірлестігі",
    "name_ru": "Этнокультурное объединение «Алтын сака»",
    "slug": "altyn-saqa",
    "city": "Берлин",
}


@pytest.fixture
def visitors(stage, open_browser):
    """Browsers of people who have signed in and passed a second factor where they need one."""
    with stage.database.writing() as db:
        cast = {
            "founder": make.make_person(db, "Марат"),
            "editor": make.make_person(db, "Айгерім", email="editor@example.org"),
            "partner": make.make_person(db, "Aisha"),
            "moderator": make.make_person(db, "Ерлан", is_moderator=True),
            "administrator": make.make_person(db, "Серік", is_administrator=True),
        }
        make.make_organization(db, "partner", owner=cast["partner"])
    pages = {"stranger": open_browser(stage.address, LANGUAGE)}
    for name, person in cast.items():
        page = pages[name] = open_browser(stage.address, LANGUAGE)
        cookie = {"name": "session", "value": make.session_cookie(stage.database, person)}
        page.context.add_cookies([cookie | {"url": stage.address}])
    return pages


def letter_to(stage, address):
    """The newest letter to an address, after a round of the worker."""
    stage.work()
    return stage.mailbox.emails_to(address)[-1]


def found_and_verify(visitors, outside):
    """The founder's pages, a proof in the founder's own domain, the administrator's click."""
    page, administrator = visitors["founder"], visitors["administrator"]
    page.goto(f"/{LANGUAGE}/organizations/new")
    for name, value in PROFILE.items():
        page.locator(f"[name={name}]").fill(value)
    page.locator("[name=kind]").select_option("ethnocultural")
    page.locator("[name=country]").select_option("DE")
    follow(page, button_to(page, "/organizations"))
    page.goto(f"/{LANGUAGE}/organizations/altyn-saqa")
    expect(page.locator(".meta .tag")).to_be_visible()  # not verified

    page.goto(f"/{LANGUAGE}/manage/altyn-saqa/verification")
    page.locator("[name=method][value=domain]").check()
    page.locator("[name=domain]").fill(HOST)
    press(page, "/verification", then="/verification")
    statement = re.search(r"shanyraq-verification=[\w-]+", page.locator("main").inner_text())[0]
    outside.says("/.well-known/shanyraq.txt", statement.encode())
    press(page, "/verification/proof", then="/verification")

    administrator.goto(f"/{LANGUAGE}/administration/organizations")
    press(administrator, "/altyn-saqa/verification", then="/administration/organizations")
    page.goto(f"/{LANGUAGE}/organizations/altyn-saqa")
    expect(page.locator("main")).to_contain_text(HOST)
    expect(page.locator(".meta .tag")).to_have_count(0)


def invite_editor(stage, visitors):
    """By a letter to one address, which the editor has proved."""
    page, editor = visitors["founder"], visitors["editor"]
    page.goto(f"/{LANGUAGE}/manage/altyn-saqa/people")
    page.locator("form.form [name=role][value=editor]").check()
    page.locator("[name=email]").fill("editor@example.org")
    press(page, "/altyn-saqa/invitations", then="/people")
    link = next(a for a in letter_to(stage, "editor@example.org").links if "/invitations/" in a)
    editor.goto(link)
    follow(editor, button_to(editor, link.rpartition("/")[2]))
    expect(editor.locator("main")).to_contain_text(PROFILE["name_kk"])


def hold_together(stage, visitors):
    """The editor asks the partner, the partner accepts; the address of their event."""
    editor, partner, stranger = visitors["editor"], visitors["partner"], visitors["stranger"]
    with stage.database.writing() as db:
        slug = make.make_event(db, organization_named(db, "altyn-saqa")).slug
    editor.goto(f"/{LANGUAGE}/manage/events/{slug}/hosts")
    editor.locator("[name=organization]").select_option("partner")
    press(editor, f"/{slug}/hosts", then="/hosts")
    partner.goto(f"/{LANGUAGE}/manage/events/{slug}/hosts/partner")
    follow(partner, button_to(partner, "/hosts/partner/acceptance"))
    stranger.goto(f"/{LANGUAGE}/events/{slug}")
    for name in ("altyn-saqa", "partner"):
        expect(stranger.locator(f'.facts a[href$="/organizations/{name}"]')).to_be_visible()
    return slug


def report(visitors, slug):
    """By somebody without an account, from the event's page."""
    page = visitors["stranger"]
    page.goto(f"/{LANGUAGE}/events/{slug}")
    follow(page, page.locator('a[href*="/reports/new"]'))
    page.locator("[name=reason][value=fraud]").check()
    page.locator("[name=text]").fill("Олар ақша сұрайды.")
    press(page, "/reports", then="/reports/sent")


def hide(visitors, slug):
    """A moderator takes the report on and hides the event."""
    page = visitors["moderator"]
    page.goto(f"/{LANGUAGE}/moderation")
    follow(page, page.locator('main a[href*="/moderation/reports/"]'))
    expect(page.locator("main")).to_contain_text("Олар ақша сұрайды.")
    follow(page, button_to(page, "/claim"))
    page.locator("[name=measure][value=hide]").check()
    page.locator("[name=decided_reason]").select_option("fraud")
    follow(page, button_to(page, "/decision"))
    answer = visitors["stranger"].goto(f"/{LANGUAGE}/events/{slug}")
    assert answer.status == 404


def appeal(stage, visitors):
    """The editor reads the letter and appeals; another than the first decides about it."""
    editor, administrator = visitors["editor"], visitors["administrator"]
    link = next(a for a in letter_to(stage, "editor@example.org").links if "/decisions/" in a)
    editor.goto(link)
    editor.locator("[name=text]").fill("Қатысу тегін, ақша сұраған емеспіз.")
    follow(editor, button_to(editor, "/appeal"))
    administrator.goto(f"/{LANGUAGE}/moderation")
    follow(administrator, administrator.locator('main a[href*="/moderation/decisions/"]').first)
    expect(administrator.locator("main")).to_contain_text("Қатысу тегін")
    grant = administrator.locator("form:has([name=answer][value=grant]) button[type=submit]")
    follow(administrator, grant)


def test_trust_is_earned_lost_and_given_back(stage, open_browser, visitors, tmp_path):
    with internet(tmp_path, HOST) as outside:
        outside.names[HOST, "A"] = [PUBLIC]
        stage.app.state.site = replace(stage.app.state.site, outside=outside.client())
        found_and_verify(visitors, outside)
    invite_editor(stage, visitors)
    slug = hold_together(stage, visitors)
    report(visitors, slug)
    hide(visitors, slug)
    appeal(stage, visitors)
    stranger = visitors["stranger"]
    assert stranger.goto(f"/{LANGUAGE}/events/{slug}").status == 200
    stranger.goto(f"/{LANGUAGE}/moderation-log")
    expect(stranger.locator("main")).not_to_contain_text("Алтын сақа")
    with stage.database.reading() as db:
        acts = [line.act for line in audit_log.latest(db, None, 10)]
    assert acts == ["restore", "appeal-granted", "hide", "verify"]
    verified = run(tmp_path, "verify-log", database_url=str(stage.database.url))
    assert (verified.returncode, verified.stdout[:26]) == (0, "the log is whole: 4 lines,")
