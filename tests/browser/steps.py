"""What people do on the portal's pages, in whatever language these are."""

import re

import pyotp
from playwright.sync_api import Locator, Page, expect

from portal.core import clock
from portal.demo.services.identity_provider import DemoPerson


def button_to(page: Page, target: str) -> Locator:
    """The button that sends a form to an address that ends like this."""
    form = f'main form[method=post][action$="{target}"]'
    return page.locator(f'{form} button:not([formaction]), main button[formaction$="{target}"]')


def follow(page: Page, link: Locator) -> None:
    """Clicks a link or a button and waits for the page behind it.

    Waiting for what stands on that page would do too, but Playwright looks ever more seldom.
    """
    with page.expect_event("load"):
        link.click()


def press(page: Page, target: str, then: str) -> None:
    """Sends a form; `then` is how the address of the page ends that answers."""
    follow(page, button_to(page, target))
    expect(page).to_have_url(re.compile(f"{then}$"))


def sign_in(page: Page, someone: DemoPerson) -> None:
    """From any page, by its own link, to the provider and back."""
    came_from = page.url
    follow(page, page.locator(".account a"))
    continue_as(page, someone)
    expect(page).to_have_url(came_from)


def continue_as(page: Page, someone: DemoPerson) -> None:
    """From the sign-in page to the provider and back to where one wanted to go."""
    button_to(page, "/sign-in").click()
    page.wait_for_url("**/authorize?**")
    follow(page, page.locator(f'button[name=subject][value="{someone.subject}"]'))
    expect(page.locator(".account bdi")).to_have_text(someone.name)


def set_up_app(page: Page) -> None:
    """From the page that asks for a second factor to where one wanted to go, by an app."""
    press(page, "/second-factor/app", then=r"/second-factor/app(\?.*)?")
    secret = "".join(page.locator("main code").inner_text().split())
    page.locator("[name=code]").fill(pyotp.TOTP(secret).at(clock.now()))
    follow(page, button_to(page, "/second-factor/app/confirmation"))
    expect(page.locator(".codes li")).to_have_count(10)
    follow(page, page.locator("main a.btn"))


def wait_until(page: Page, condition: str, seconds: float = 10) -> None:
    """Ask for a condition again and again; `wait_for_function` evaluates in the page, which the
    portal's Content-Security-Policy forbids."""
    for _ in range(int(seconds * 20)):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    raise AssertionError(condition)


def speak(page: Page, language: str) -> None:
    """The same page in another language."""
    follow(page, page.locator(f'.langs a[hreflang="{language}"]'))
    expect(page.locator("html")).to_have_attribute("lang", language)


def answer(page: Page, *, rating: int, recommend: int, good: str) -> None:
    """The five questions, and off."""
    page.locator(f'[name=rating][value="{rating}"]').check()
    page.locator(f'[name=recommend][value="{recommend}"]').check()
    page.locator("[name=good]").fill(good)
    page.locator("[name=improve]").fill("")
    page.locator("[name=quote][value=yes]").check()
    press(page, "/feedback", then="/feedback/thanks")
