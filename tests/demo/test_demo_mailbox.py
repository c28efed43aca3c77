"""The demonstration's mailbox: emails over SMTP, read over HTTP."""

import smtplib
from collections.abc import Iterator
from email.message import EmailMessage

import httpx
import pytest
from aiosmtpd.smtp import Envelope

from portal.demo.services.mailbox import MAX_EMAILS, Mailbox, create_mailbox_pages
from portal.demo.services.received_emails import is_safe
from portal.demo.services.serving import running

TEXT = """\
Сәлем! Орныңызды растаңыз: https://portal.example/kk/passes/a_b-c?x=1&y=2.
Local (http://127.0.0.1:8000/en/x) but not http://evil.example/ nor javascript:alert(1).
<script>alert(1)</script>
"""
CALENDAR = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"


@pytest.fixture(scope="module")
def running_mailbox() -> Iterator[tuple[Mailbox, int]]:
    mailbox = Mailbox()
    port = mailbox.start()
    yield mailbox, port
    mailbox.stop()


@pytest.fixture
def mailbox(running_mailbox: tuple[Mailbox, int]) -> Mailbox:
    running_mailbox[0].clear()
    return running_mailbox[0]


@pytest.fixture
def smtp(mailbox: Mailbox, running_mailbox: tuple[Mailbox, int]) -> Iterator[smtplib.SMTP]:
    assert not mailbox.emails()
    with smtplib.SMTP("127.0.0.1", running_mailbox[1], timeout=30) as client:
        yield client


@pytest.fixture(scope="module")
def pages(running_mailbox: tuple[Mailbox, int]) -> Iterator[httpx.Client]:
    mailbox, _ = running_mailbox
    with (
        running(create_mailbox_pages(mailbox)) as address,
        httpx.Client(base_url=address, trust_env=False) as client,
    ):
        yield client


def email(to: str = "aigul@example.org", subject: str = "Сәлем", text: str = TEXT) -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Шаңырақ <portal@example.org>"
    message["To"] = to
    message["Subject"] = subject
    message.set_content(text)
    return message


def rich_email() -> EmailMessage:
    message = email()
    message.add_alternative("<p style='color:red'>Сәлем</p><script>alert(1)</script>", "html")
    message.add_alternative(CALENDAR, "calendar", params={"method": "REQUEST"})
    message.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename='бейне "1".png')
    return message


def test_emails_are_found_by_envelope_and_not_by_what_their_header_says(
    mailbox: Mailbox, smtp: smtplib.SMTP
) -> None:
    smtp.send_message(email(to="shown@example.org"), to_addrs=["a@example.org", "b@example.org"])

    assert not mailbox.emails_to("shown@example.org")
    assert mailbox.emails_to("a@example.org") == mailbox.emails_to("b@example.org")


def test_only_the_last_thousand_are_kept() -> None:
    mailbox = Mailbox()
    for number in range(MAX_EMAILS + 1):
        envelope = Envelope()
        envelope.content = f"Subject: {number}\r\n\r\n".encode()
        mailbox.take(envelope)

    emails = mailbox.emails()
    assert len(emails) == MAX_EMAILS
    assert (emails[0].subject, emails[-1].subject) == ("1", str(MAX_EMAILS))


def test_the_list_shows_the_newest_first_and_can_be_narrowed(
    smtp: smtplib.SMTP, pages: httpx.Client
) -> None:
    assert "No email has come yet" in pages.get("/").text
    smtp.send_message(email(subject="Older"), to_addrs=["a@example.org"])
    smtp.send_message(email(subject="<b>Newer"), to_addrs=["b@example.org"])

    everyone = pages.get("/").text
    assert 0 < everyone.index("&lt;b&gt;Newer") < everyone.index("Older")
    assert "Demonstration only" in everyone
    narrowed = pages.get("/", params={"to": "A@example.org"}).text
    assert "Older" in narrowed
    assert "Newer" not in narrowed


def test_a_page_offers_safe_links_alone(smtp: smtplib.SMTP, pages: httpx.Client) -> None:
    smtp.send_message(email())
    (found,) = pages.get("/emails.json").json()

    answer = pages.get(f"/emails/{found['id']}")

    assert 'href="https://portal.example/kk/passes/a_b-c?x=1&amp;y=2"' in answer.text
    assert 'href="http://127.0.0.1:8000/en/x"' in answer.text
    assert 'href="http://evil' not in answer.text
    assert "<script>" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1@evil.example/", "http://127.0.0.1.evil.example/", "http://[::1", "ftp://x"],
)
def test_a_link_that_only_looks_local_is_not_offered(address: str) -> None:
    assert not is_safe(address)


def test_html_is_shown_in_a_sandbox(smtp: smtplib.SMTP, pages: httpx.Client) -> None:
    smtp.send_message(rich_email())
    (found,) = pages.get("/emails.json").json()

    assert 'sandbox=""' in pages.get(f"/emails/{found['id']}").text
    html = pages.get(f"/emails/{found['id']}/html")
    assert "style='color:red'" in html.text
    policy = html.headers["content-security-policy"]
    assert policy.startswith("sandbox; default-src 'none'; style-src 'unsafe-inline'")


def test_everything_else_in_an_email_can_be_saved(
    mailbox: Mailbox, smtp: smtplib.SMTP, pages: httpx.Client
) -> None:
    smtp.send_message(rich_email())
    (found,) = mailbox.emails()

    assert found.kind == "invitation"
    assert [(part.name, part.media_type) for part in found.attachments] == [
        ("part-0.ics", "text/calendar"),
        ('бейне "1".png', "image/png"),
    ]
    saved = pages.get(f"/emails/{found.id}/attachments/1")
    assert saved.content == b"\x89PNG"
    assert saved.headers["content-type"] == "application/octet-stream"
    assert saved.headers["content-disposition"].startswith("attachment; filename*=utf-8''%D0%B1")
    calendar = pages.get(f"/emails/{found.id}/attachments/0")
    assert "METHOD:REQUEST" in calendar.text


def test_a_check_from_outside_reads_json(smtp: smtplib.SMTP, pages: httpx.Client) -> None:
    smtp.send_message(rich_email())
    smtp.send_message(email(), to_addrs=["someone.else@example.org"])

    (found,) = pages.get("/emails.json", params={"to": "aigul@example.org"}).json()

    assert found.keys() == {
        *("id", "to", "from", "subject", "date", "kind", "text", "links", "attachments")
    }
    assert found["to"] == ["aigul@example.org"]
    assert found["from"] == "Шаңырақ <portal@example.org>"
    assert found["links"] == [
        "https://portal.example/kk/passes/a_b-c?x=1&y=2",
        "http://127.0.0.1:8000/en/x",
        "http://evil.example/",
    ]
    assert found["attachments"][1]["size"] == len(b"\x89PNG")


@pytest.mark.parametrize("path", ["/emails/999999", "/emails/999999/html", "/emails/x"])
def test_an_email_that_is_not_there_is_not_found(pages: httpx.Client, path: str) -> None:
    assert pages.get(path).status_code == httpx.codes.NOT_FOUND


def test_a_foreign_host_name_is_refused(pages: httpx.Client) -> None:
    answer = pages.get("/emails.json", headers={"Host": "evil.example"})

    assert answer.status_code == httpx.codes.BAD_REQUEST


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"Subject: \xff\xfe\r\nContent-Type: text/plain; charset=nowhere\r\n\r\n\xff",
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\nno parts",
        b"Content-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\n%%%",
        b"From: \r\nTo: <<<>\r\nDate: never\r\nSubject: =?utf-8?B?/w==?=\r\n\r\n",
    ],
)
def test_a_malformed_letter_can_still_be_read(
    smtp: smtplib.SMTP, pages: httpx.Client, raw: bytes
) -> None:
    smtp.sendmail("a@example.org", ["b@example.org"], raw)

    (found,) = pages.get("/emails.json").json()
    assert pages.get("/").status_code == httpx.codes.OK
    assert pages.get(f"/emails/{found['id']}").status_code == httpx.codes.OK


def test_the_mailbox_stops_while_somebody_is_still_connected() -> None:
    mailbox = Mailbox()
    client = smtplib.SMTP("127.0.0.1", mailbox.start(), timeout=30)
    client.noop()

    mailbox.stop()
    mailbox.stop()

    client.close()


def test_the_mailbox_listens_on_this_machine_alone() -> None:
    with pytest.raises(ValueError, match="this machine alone"):
        Mailbox().start("0.0.0.0")
