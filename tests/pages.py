"""What a reader finds on a page: its words, its fields, and what it says is wrong."""

import json

from httpx import Response
from lxml import html


def page_of(answer: Response) -> html.HtmlElement:
    """The page as a tree."""
    return html.document_fromstring(answer.content, parser=html.HTMLParser(encoding="utf-8"))


def words(answer: Response, path: str = "//main") -> str:
    """The text inside `path`, spaces and line ends evened out."""
    return " ".join(" ".join(part.text_content() for part in page_of(answer).xpath(path)).split())


def value_of(answer: Response, name: str) -> str | None:
    """What the control `name` shows: the text typed, or the choice made."""
    (control, *_others) = page_of(answer).xpath(f"//main//*[@name='{name}']")
    if control.tag == "textarea":
        return (control.text or "").removeprefix("\n")
    if control.tag == "select":
        return next(iter(control.xpath(".//option[@selected]/@value")), None)
    if control.get("type") in {"radio", "checkbox"}:
        return next(iter(page_of(answer).xpath(f"//*[@name='{name}'][@checked]/@value")), None)
    return control.get("value")


def errors_of(answer: Response) -> dict[str, str]:
    """Messages by the field they stand beside; those of the whole form under ""."""
    page = page_of(answer)
    beside = {
        mark.get("id").removesuffix("-error"): " ".join(mark.text_content().split())
        for mark in page.xpath("//span[@class='err']")
    }
    whole = page.xpath("//*[@aria-labelledby='error-summary']//li[not(a)]")
    return beside | ({"": " ".join(whole[0].text_content().split())} if whole else {})


def paragraphs_of(answer: Response, path: str) -> list[tuple[str, str | None]]:
    """Paragraphs in `path`, each with the language it says it is in, if it says one."""
    found = page_of(answer).xpath(f"{path}/p")
    return [(each.text_content(), each.get("lang")) for each in found]


def tags_of(answer: Response) -> list[str]:
    """The tags of the page, in order."""
    return [tag.text_content() for tag in page_of(answer).find_class("tag")]


def addresses_of(answer: Response) -> set[str]:
    """Everything the page points at."""
    return {str(found) for found in page_of(answer).xpath("//@href | //@src | //@action")}


def figures_of(answer: Response) -> dict[str, str]:
    """Numbers of the page by what they count."""
    figures = page_of(answer).xpath("//main//dl[@class='figs']/div")
    return {
        " ".join(each.xpath("string(dt)").split()): each.xpath("string(dd)").strip()
        for each in figures
    }


def linked_data_of(answer):
    """What machines read on a page (JSON-LD)."""
    (told,) = page_of(answer).xpath("//script[@type='application/ld+json']/text()")
    return json.loads(told)
