"""Which pages there are, and what they may hold. Pure decisions: no database, no clock."""

from enum import StrEnum
from typing import Final, NamedTuple

from portal.core.refusals import Refusal, Refusals
from portal.core.text_rules import check_texts
from portal.i18n.locale import gettext_lazy as _
from portal.i18n.translated import Translated

LONGEST_TITLE: Final = 140
LONGEST_BODY: Final = 20_000


class PageName(StrEnum):
    """A page that can be written; stored."""

    ABOUT = "about"
    RULES = "rules"
    PRIVACY = "privacy"
    CONTACT = "contact"


class PageTitleNeededError(Refusal):
    message = _("Give the page a title in its original language.")


class PageTextNeededError(Refusal):
    message = _("Write the page in its original language.")


class PageChangedMeanwhileError(Refusal):
    message = _(
        "Somebody else has saved this page since you opened it. Your texts are below; "
        "compare them with the page and save again."
    )


class Words(NamedTuple):
    """What a page is to say; a small fix leaves its translations right, which the history tells."""

    title: Translated
    body: Translated
    is_small_fix: bool = False


def check(name: PageName, title: Translated, body: Translated) -> None:
    """Raise all refusals there are; the page about privacy may say no more than its facts."""
    refusals = Refusals()
    with refusals:
        if not title.source:
            raise PageTitleNeededError(f"title_{title.original}")
    with refusals:
        if not body.source and name is not PageName.PRIVACY:
            raise PageTextNeededError(f"body_{body.original}")
    with refusals:
        check_texts(title, LONGEST_TITLE, "title")
    with refusals:
        check_texts(body, LONGEST_BODY, "body", one_line=False)
    refusals.settle()
