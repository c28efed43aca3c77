"""A page that is looked at and who sees it, and the long words that many pages hold."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from portal.core import clock
from portal.domain.events.models import Event
from portal.domain.organizations.models import Organization
from portal.i18n.translated import Translated
from tests import factories as make

# Allowed, and as wide as it gets: nothing to break at.
LONG_WORD = "Қарқаралықалыштегібекжанұлынурсұлтанбек"
LONG_NAME = "Жұлдызайқаракөзнәзікгүлбаршынбегімай"
LONG_TITLE = Translated.of(
    "kk",
    kk="Қанағаттандырылмағандықтарыңыздан: күй кеші",
    ru="Высококвалифицированные-достопримечательности диаспоры: вечер домбры и вопросов",
)
# As long as a title may be, in one word.
UNBROKEN = Translated.of("kk", kk="Қарқаралы" * 15 + "қайда")


@dataclass(frozen=True)
class Picture:
    """A page, and who sees it.

    `sends` is how the address of the form ends that is sent as it stands to get there; `status` is
    the answer to that form if it is sent without a value.
    """

    name: str
    path: str
    visitor: str | None = None
    sends: str | None = None
    status: int = 200


def with_errors(name: str, path: str, visitor: str | None, sends: str) -> list[Picture]:
    """A page as it comes, and once its form was sent without a value."""
    return [
        Picture(name, path, visitor),
        Picture(f"{name}, with errors", path, visitor, sends, 422),
    ]


def in_days(days: int, organization: Organization, db: Session, **changes: object) -> Event:
    return make.make_event(
        db, organization, starts_at=clock.now() + timedelta(days=days), **changes
    )


def partner_from(db: Session, slug: str, city: str) -> Organization:
    """Another organisation, at home elsewhere."""
    organization = make.make_organization(db, slug)
    organization.city = city
    return organization
