"""Translations go out as PO files and come back, with the honesty of the page."""

import io

import pytest
from babel.messages.pofile import read_po
from lxml import etree
from sqlalchemy import select

from portal.domain.events.models import Event
from portal.i18n.paragraphs import MACHINE, fingerprint
from portal.i18n.translated import State, Translated
from tests.factories import make_event, make_organization, make_person
from tests.pages import page_of, value_of, words

STORY = Translated.of("kk", kk='Бірінші абзац.\n\n100 % екінші.\n\nҮшінші "абзац"\nекі жол.')
HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'


@pytest.fixture
def translator(database, browser_of):
    """A translator's browser, and the address of the page for Russian."""
    with database.writing() as db:
        person = make_person(db)
        organization = make_organization(db, "ours", translator=person)
        title = Translated.of("kk", kk="Домбыра кеші")
        event = make_event(db, organization, title=title, description=STORY)
        page = f"/en/manage/translations/event/{event.slug}/ru"
    return browser_of(person), page


def description(database):
    with database.reading() as db:
        return db.scalars(select(Event)).one().description


def change(database, text):
    with database.writing() as db:
        db.scalars(select(Event)).one().description = text


def exported(browser, page):
    answer = browser.get(f"{page}/file.po")
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith("attachment;")
    return answer.text


def filled(content, **translations):
    """What a translator's program does: sets the translation below its message."""
    for original, text in translations.items():
        content = content.replace(
            f'msgid "{original}"\nmsgstr ""', f'msgid "{original}"\nmsgstr "{text}"'
        )
    return content


def test_a_file_has_every_paragraph_once_with_its_place(translator):
    browser, page = translator
    catalog = read_po(io.StringIO(exported(browser, page)))
    found = {message.context: message.id for message in catalog if message.id}
    assert found["title:0"] == "Домбыра кеші"
    assert tuple(found[f"description:{place}"] for place in range(3)) == STORY.paragraphs()
    assert "python-format" not in exported(browser, page)
    assert "secret-room" not in exported(browser, page)


def test_what_comes_back_is_saved_where_it_belongs(translator, database):
    browser, page = translator
    content = filled(exported(browser, page), **{"100 % екінші.": "100 % второй."})
    assert browser.post(f"{page}/imports", data={"po": content}).status_code == 303
    assert list(description(database).states("ru")) == [
        State.MISSING,
        State.TRANSLATED,
        State.MISSING,
    ]
    assert description(database).translated_paragraphs("ru")[1].text == "100 % второй."
    # The same file once more changes nothing and is no conflict.
    assert browser.post(f"{page}/imports", data={"po": content}).status_code == 303


def test_fuzzy_passages_stay_drafts_until_somebody_takes_the_mark_off(translator, database):
    browser, page = translator
    seen = [fingerprint(each) for each in STORY.paragraphs()]
    change(database, STORY.put("ru", ["Первый.", "", ""], seen, by=MACHINE))
    content = exported(browser, page)
    assert content.count("#, fuzzy") == 1
    browser.post(f"{page}/imports", data={"po": content.replace("Первый.", "Иной.")})
    assert description(database).translated_paragraphs("ru")[0].text == "Первый."
    assert description(database).states("ru")[0] is State.MACHINE_DRAFT
    browser.post(f"{page}/imports", data={"po": content.replace("#, fuzzy\n", "")})
    assert description(database).states("ru")[0] is State.TRANSLATED


def test_a_file_made_before_the_original_changed_gives_back_what_has_no_place(translator, database):
    browser, page = translator
    content = filled(
        exported(browser, page), **{"Бірінші абзац.": "Первый.", "100 % екінші.": "Второй."}
    )
    change(database, Translated.of("kk", kk="Бірінші абзац.\n\nЖаңа."))
    answer = browser.post(f"{page}/imports", data={"po": content})
    assert answer.status_code == 200
    assert "Второй." in words(answer)
    assert [each.text for each in description(database).translated_paragraphs("ru")] == [
        "Первый.",
        "",
    ]


def test_a_file_does_not_overwrite_what_others_wrote_meanwhile(translator, database):
    browser, page = translator
    content = filled(exported(browser, page), **{"Бірінші абзац.": "Первый."})
    seen = [fingerprint(each) for each in STORY.paragraphs()]
    change(database, STORY.put("ru", ["Начало.", "", ""], seen))
    answer = browser.post(f"{page}/imports", data={"po": content})
    assert answer.status_code == 422
    assert value_of(answer, "paragraph.description.0") == "Первый."
    assert "Начало." in words(answer)
    assert description(database).translated_paragraphs("ru")[0].text == "Начало."


TITLE = 'msgctxt "title:0"\nmsgid "Домбыра кеші"\nmsgstr "Вечер"\n\n'


@pytest.mark.parametrize(
    "content",
    [
        "",
        "\x00\x01 no file at all",
        "msgid",
        'msgid "a"\nmsgstr "b',
        HEADER,
        HEADER + TITLE + TITLE,
        HEADER + 'msgid "a"\nmsgid_plural "b"\nmsgstr[0] "c"\nmsgstr[1] "d"\n',
        'msgid ""\nmsgstr ""\n"Plural-Forms: nplurals=x; plural=(\\n"\n\n' + TITLE,
        'msgid ""\nmsgstr ""\n"PO-Revision-Date: yesterday\\n"\n\n' + TITLE,
        'msgid ""\nmsgstr ""\n"Language: !!!\\n"\n\n' + TITLE,
        'msgid ""\nmsgstr ""\n"Language: de\\n"\n\n' + TITLE,
    ],
)
def test_whatever_is_no_such_file_changes_nothing_and_is_given_back(translator, database, content):
    browser, page = translator
    answer = browser.post(f"{page}/imports", data={"po": content})
    assert answer.status_code == 422
    assert page_of(answer).xpath("//*[@id='po-error']")
    assert "ru" not in description(database).versions


def test_ten_megabytes_are_refused_before_they_are_read(translator):
    browser, page = translator
    assert browser.post(f"{page}/imports", data={"po": "x" * 10_000_000}).status_code == 413


def test_a_text_that_may_not_stand_there_is_refused_beside_its_passage(translator, database):
    browser, page = translator
    content = HEADER + TITLE.replace("Вечер", "я" * 141)
    answer = browser.post(f"{page}/imports", data={"po": content})
    assert answer.status_code == 422
    assert page_of(answer).xpath("//*[@id='paragraph.title.0-error']")


def test_a_volunteer_takes_a_file_along_that_holds_no_secret(translator, database, client):
    browser, page = translator
    made = browser.post(f"{page}/links")
    (address,) = page_of(made).xpath("//code[@class='address']/text()")
    address = address.removeprefix("https://testserver")
    content = exported(client, address)
    assert address.rpartition("/")[2] not in content
    content = filled(content, **{"Бірінші абзац.": "Первый."})
    assert client.post(f"{address}/imports", data={"po": content}).status_code == 303
    assert description(database).translated_paragraphs("ru")[0].text == "Первый."


XLIFF = {"x": "urn:oasis:names:tc:xliff:document:2.0"}


def send(browser, page, content, name="file.po"):
    """The form with a file chosen and nothing pasted."""
    sent = {"file": (name, content, "application/octet-stream")}
    return browser.post(f"{page}/imports", data={"po": ""}, files=sent)


def xliff_of(browser, page):
    answer = browser.get(f"{page}/file.xlf")
    assert answer.headers["content-type"] == "application/xliff+xml; charset=utf-8"
    return etree.fromstring(answer.content)


def into(root, **targets):
    """What a translator's program does with an XLIFF file: targets in, states left as they are."""
    for segment in root.iterfind(".//x:segment", XLIFF):
        text = targets.get(segment.findtext("x:source", namespaces=XLIFF))
        if text is not None:
            for old in segment.findall("x:target", XLIFF):
                segment.remove(old)
            etree.SubElement(segment, f"{{{XLIFF['x']}}}target").text = text
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")


def test_files_come_back_as_files(translator, database):
    browser, page = translator
    form = page_of(browser.get(page)).xpath("//form[@enctype='multipart/form-data']")[0]
    assert form.get("action") == f"{page}/imports"
    assert form.xpath(".//input[@type='file']/@name") == ["file"]
    content = filled(exported(browser, page), **{"100 % екінші.": "100 % второй."})
    assert send(browser, page, content.encode()).status_code == 303
    assert description(database).translated_paragraphs("ru")[1].text == "100 % второй."
    root = xliff_of(browser, page)
    assert (root.get("srcLang"), root.get("trgLang")) == ("kk", "ru")
    assert root.xpath("//x:unit/@name", namespaces=XLIFF)[:2] == ["title:0", "summary:0"]
    sources = root.xpath("//x:unit[starts-with(@name, 'desc')]//x:source/text()", namespaces=XLIFF)
    assert tuple(sources) == STORY.paragraphs()
    changed = into(root, **{"Бірінші абзац.": "Первый & <b>", 'Үшінші "абзац"\nекі жол.': "Т\nр"})
    assert send(browser, page, b"\xef\xbb\xbf" + changed, "file.xlf").status_code == 303
    texts = [each.text for each in description(database).translated_paragraphs("ru")]
    assert texts == ["Первый & <b>", "100 % второй.", "Т\nр"]
    assert set(description(database).states("ru")) == {State.TRANSLATED}
    # Somebody else has written meanwhile: theirs stays, and both are shown.
    change(database, description(database).put("ru", ["Начало.", "", ""], ["", "", ""]))
    late = send(browser, page, into(root, **{"Бірінші абзац.": "Иначе."}), "file.xlf")
    assert late.status_code == 422
    assert "Начало." in words(late)


def test_what_a_person_must_read_is_taken_from_an_xliff_file_once_it_is_changed(
    translator, database
):
    browser, page = translator
    seen = [fingerprint(each) for each in STORY.paragraphs()]
    change(database, STORY.put("ru", ["Первый.", "Второй.", ""], seen, by=MACHINE))
    root = xliff_of(browser, page)
    states = root.xpath("//x:unit[starts-with(@name, 'desc')]//@state", namespaces=XLIFF)
    assert states == ["initial", "initial", "initial"]
    assert send(browser, page, into(root, **{"Бірінші абзац.": "Начало."})).status_code == 303
    assert list(description(database).states("ru")) == [
        State.TRANSLATED,
        State.MACHINE_DRAFT,
        State.MISSING,
    ]
    (second,) = root.xpath("//x:unit[@name='description:1']/x:segment", namespaces=XLIFF)
    second.set("state", "reviewed")
    assert send(browser, page, etree.tostring(root, encoding="utf-8")).status_code == 303
    assert description(database).states("ru")[1] is State.TRANSLATED


HEAD = '<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" version="2.0" srcLang="kk"'
BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "Choose a file"),
        (b"\x89PNG\r\n\xff", "holds no text in UTF-8"),
        (b"x" * 1_048_577, "larger than 1 MB"),
        (b"<xliff", "not an XLIFF 2 file"),
        (b"<html><body>hello</body></html>", "not an XLIFF 2 file"),
        (BOMB.encode(), "not an XLIFF 2 file"),
        (f"{HEAD}>{'<g>' * 100_000}".encode(), "not an XLIFF 2 file"),
        (f'{HEAD} trgLang="de"/>'.encode(), "another language"),
        (f'{HEAD} trgLang="ru"/>'.encode(), "not an XLIFF 2 file"),
    ],
)
def test_files_that_are_none_are_refused_with_the_reason(translator, database, content, reason):
    browser, page = translator
    answer = send(browser, page, content)
    assert answer.status_code == 422
    field = "file" if content else "po"
    (error,) = page_of(answer).xpath(f"//*[@id='{field}-error']")
    assert reason in error.text_content()
    assert "ru" not in description(database).versions
