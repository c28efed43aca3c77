"""What strangers write makes no links, headers or recipients; every letter has one reader."""

from lxml import html
from sqlalchemy import select

from portal.domain.organizations.models import Organization
from portal.domain.people.rules import LONGEST_NAME
from portal.mailer.inert import WORD_JOINER
from tests.conftest import ADDRESS
from tests.functional.letters.programme import EMAIL, NOW, english, key_in

HOSTILE = "www.evil.example http://evil.example me@evil.example <b>x</b> {{ 7 * 7 }} %(pass_url)s"


def test_hostile_words_make_no_link_and_no_markup(world):
    world.sign_up(name=HOSTILE[:LONGEST_NAME])
    world.change(title=english(HOSTILE), venue=english(HOSTILE))
    world.round()

    letter = world.last()
    assert letter.links
    assert all(link.startswith(f"{ADDRESS}/en") for link in letter.links)
    page = html.fromstring(letter.html)
    assert all(link.startswith(f"{ADDRESS}/en") for link in page.xpath("//@href | //@src"))
    assert not page.xpath("//b")
    for shown in (letter.text, letter.html, letter.subject):
        assert "evil.example" not in shown
        assert "me@" not in shown
        assert "{{ 7 * 7 }}" in shown
    assert "%(pass_url)s" in letter.text.replace(WORD_JOINER, "")


def test_no_name_or_title_can_write_headers_or_other_recipients(world):
    with world.database.writing() as db:
        organization = db.scalars(select(Organization)).one()
        organization.name = english('"A", <x@evil.example>\r\nBcc: y@evil.example, ә ' * 3)
        title = "=?utf-8?q?=0D=0ABcc:_z=40evil.example?= ә\r\nBcc: q@evil.example"
        world.event(db).title = english(title)
    world.sign_up()
    world.round()

    letter = world.last()
    assert letter.recipients == (EMAIL,)
    assert letter.message["Bcc"] is None
    assert [a.addr_spec for a in letter.message["To"].addresses] == [EMAIL]
    assert [a.addr_spec for a in letter.message["From"].addresses] == ["portal@testserver"]


def test_every_letter_goes_to_one_person_and_says_what_it_is(world):
    world.sign_up()
    world.sign_up(email="second@example.org")
    world.round()

    assert len(world.mailbox.letters()) == 2
    for letter in world.mailbox.letters():
        message = letter.message
        assert letter.recipients == (message["To"],)
        assert message["From"] == "Altyn saqa · Shanyraq <portal@testserver>"
        assert message["Auto-Submitted"] == "auto-generated"
        assert message["List-Unsubscribe"] == f"<{ADDRESS}/en/passes/{key_in(letter)}>"
        assert message["Message-ID"].endswith("@testserver>")
        assert message["Date"].datetime.replace(microsecond=0) == NOW
        assert [part.get_content_type() for part in message.walk()] == [
            "multipart/mixed",
            "multipart/alternative",
            "text/plain",
            "text/html",
            "text/calendar",
        ]
        assert not message.defects
    first, second = world.mailbox.letters()
    assert first.message["Message-ID"] != second.message["Message-ID"]
