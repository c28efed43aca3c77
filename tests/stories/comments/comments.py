"""What is said below a story, and where it is read."""

import re

from sqlalchemy import select

from portal.domain.stories.models import Comment
from tests.pages import page_of, words


def say(browser, slug, text="Рақмет!", **fields):
    return browser.post(f"/en/stories/{slug}/comments", data={"text": text} | fields)


def assert_leads_to(browser, answer, text):
    """The answer leads to a comment on the page it stands on."""
    address, anchor = answer.headers["location"].split("#")
    found = page_of(browser.get(address)).xpath(f"//*[@id='{anchor}']")
    assert len(found) == 1
    assert text in found[0].text_content()


def key_of(database, text):
    with database.reading() as db:
        return db.scalars(select(Comment.public_id).where(Comment.text == text)).one()


def spoken(page):
    return re.findall(r"(?:Пікір|Жауап) \d", words(page, "//section[@id='comments']"))
