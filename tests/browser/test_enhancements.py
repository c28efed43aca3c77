"""What scripts make easier: the offer of the reader's zone, drafts that survive, second clicks."""

from datetime import datetime, timedelta
from typing import NamedTuple

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select

from portal.core import clock
from portal.core.time_zones import wall_of
from portal.domain.emails.models import Email
from portal.domain.events.models import Event
from portal.domain.registrations.models import Registration
from tests import factories as make
from tests.browser.browser_app import MEMBER, ORGANISER
from tests.browser.steps import button_to, continue_as, press, sign_in

pytestmark = pytest.mark.browser

AWAY = '<!doctype html><link rel="icon" href="data:,"><p>Try again later.</p>'


class Made(NamedTuple):
    """What a test needs to know of its event."""

    id: int
    slug: str
    starts_at: datetime


@pytest.fixture
def event(stage):
    """An evening in Almaty, three days from now."""
    with stage.database.writing() as db:
        owner = stage.known(db, ORGANISER)
        organization = make.make_organization(db, "altyn-saqa", owner=owner)
        made = make.make_event(db, organization, starts_at=clock.now() + timedelta(days=3))
        return Made(made.id, made.slug, made.starts_at)


def _first_hour(page):
    return page.locator(".times time").first


def _hour_in(zone, event):
    return wall_of(event.starts_at, zone).isoformat(timespec="minutes")


def test_a_zone_is_offered_and_taken(stage, open_browser, event):
    page = open_browser(stage.address)
    page.goto(f"/en/events/{event.slug}")
    offer = page.locator("[data-time-zone-offer]")
    expect(offer).to_be_visible()
    expect(offer.locator("[data-city]")).to_have_text("Berlin")
    expect(_first_hour(page)).to_have_attribute("datetime", _hour_in("Asia/Almaty", event))

    offer.locator("button[type=submit]").click()
    expect(_first_hour(page)).to_have_attribute("datetime", _hour_in("Europe/Berlin", event))
    expect(page).to_have_url(f"{stage.address}/en/events/{event.slug}")
    expect(offer).to_have_count(0)
    page.goto("/kk")
    expect(_first_hour(page)).to_have_attribute("datetime", _hour_in("Europe/Berlin", event))


def test_a_declined_zone_is_not_offered_again(stage, open_browser, event):
    page = open_browser(stage.address)
    page.goto(f"/en/events/{event.slug}")
    offer = page.locator("[data-time-zone-offer]")
    offer.locator("[data-decline]").click()
    expect(offer).to_be_hidden()
    for path in (f"/en/events/{event.slug}", "/kk", "/ru/calendar"):
        page.goto(path, wait_until="networkidle")
        expect(offer).to_be_hidden()
    page.goto(f"/en/events/{event.slug}")
    expect(_first_hour(page)).to_have_attribute("datetime", _hour_in("Asia/Almaty", event))


@pytest.mark.parametrize("zone", ["Asia/Almaty", "UTC", "Etc/GMT-5"])
def test_nothing_is_offered_where_nothing_would_change(stage, open_browser, event, zone):
    page = open_browser(stage.address, timezone_id=zone)
    page.goto(f"/en/events/{event.slug}", wait_until="networkidle")
    expect(page.locator("[data-time-zone-offer]")).to_be_hidden()


def _begin_event(page):
    page.goto("/ru/manage/altyn-saqa/events/new")
    continue_as(page, ORGANISER)
    page.locator("[name=title_ru]").fill("Вечер")
    page.locator("[name=description_ru]").fill("Первая строка\n\nВторая")
    page.locator("[name=tags]").nth(1).check()
    page.locator("[name=visibility][value=private]").check()
    page.locator("[name=funding]").first.check()
    page.locator("[name=starts]").fill("2031-03-21T19:00")
    page.locator("[name=ends]").fill("2031-03-21T21:00")


def _expect_draft(page):
    expect(page.locator("[name=title_ru]")).to_have_value("Вечер")
    expect(page.locator("[name=description_ru]")).to_have_value("Первая строка\n\nВторая")
    expect(page.locator("[name=tags]").nth(0)).not_to_be_checked()
    expect(page.locator("[name=tags]").nth(1)).to_be_checked()
    expect(page.locator("[name=visibility][value=private]")).to_be_checked()
    expect(page.locator("[name=starts]")).to_have_value("2031-03-21T19:00")


def test_a_draft_survives_a_server_that_is_away(stage, open_browser, watch, event):
    page = open_browser(stage.address)
    _begin_event(page)
    form = page.url
    target = f"{stage.address}/ru/manage/altyn-saqa/events"
    page.route(target, lambda route: route.fulfill(status=503, body=AWAY, content_type="text/html"))
    button_to(page, "/altyn-saqa/events").click()
    expect(page.get_by_text("Try again later.")).to_be_visible()
    watch.expect_fault(target)
    page.unroute(target)

    page.go_back()
    expect(page).to_have_url(form)
    _expect_draft(page)
    press(page, "/altyn-saqa/events", then="/preview")
    expect(page.locator("h1")).to_have_text("Вечер")
    # What has been saved is no draft any more.
    page.goto(form)
    expect(page.locator("[name=title_ru]")).to_have_value("")


def test_a_draft_survives_a_reload_after_a_warning(stage, open_browser, event):
    page = open_browser(stage.address)
    _begin_event(page)
    warnings = []
    page.on("dialog", lambda dialog: (warnings.append(dialog.type), dialog.accept()))
    page.reload()
    _expect_draft(page)
    assert warnings == ["beforeunload"]


def _count(stage, column, **values):
    with stage.database.reading() as db:
        return db.scalar(select(func.count(column)).filter_by(**values))


def test_a_guests_second_click_is_one_sign_up_and_one_letter(stage, open_browser, event):
    page = open_browser(stage.address)
    page.goto(f"/kk/events/{event.slug}")
    page.locator("[name=name]").fill("Алия")
    page.locator("[name=email]").fill("aliya@example.org")
    button_to(page, "/registration").dblclick()
    expect(page).to_have_url(f"{stage.address}/kk/events/{event.slug}/registration")
    page.go_back()
    page.locator("[name=email]").fill("Aliya@Example.org")
    press(page, "/registration", then="/registration")
    expect(page.locator("main form")).to_have_count(0)
    assert _count(stage, Registration.id) == 1
    stage.work()
    assert len(stage.mailbox.emails_to("aliya@example.org")) == 1


def test_a_members_second_click_is_one_sign_up(stage, open_browser, event):
    page = open_browser(stage.address)
    page.goto(f"/kk/events/{event.slug}")
    sign_in(page, MEMBER)
    other = page.context.new_page()
    other.goto(page.url)
    button_to(page, "/registration").dblclick()
    expect(button_to(page, "/cancellation")).to_be_visible()
    press(other, "/registration", then="/passes/[A-Za-z0-9_-]{22}")
    expect(other).to_have_url(page.url)
    assert _count(stage, Registration.id) == 1
    assert _count(stage, Email.id) == 1
    assert _taken(stage, event) == 1


def _taken(stage, event):
    with stage.database.reading() as db:
        return db.get_one(Event, event.id).taken


def test_a_pass_shows_the_way_in_by_itself_when_the_room_opens(
    stage, open_browser, time_machine, event
):
    with stage.database.writing() as db:
        found = db.get_one(Event, event.id)
        key = make.pass_key(db, make.sign_up_guest(db, found), found)
    opens_at = event.starts_at - timedelta(minutes=15)
    page = open_browser(stage.address)
    time_machine.move_to(opens_at - timedelta(minutes=1))
    page.clock.install(time=opens_at - timedelta(minutes=1))
    page.goto(f"/en/passes/{key}", wait_until="networkidle")
    expect(button_to(page, "/attendance")).to_have_count(0)
    time_machine.move_to(opens_at)
    page.clock.fast_forward(70_000)
    expect(button_to(page, "/attendance")).to_be_visible()
