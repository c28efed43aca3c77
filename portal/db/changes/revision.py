"""The content's revision: one number that every change of what everybody may see raises.

`portal.db.changes.writes` raises it and tells what changed,
`portal.db.changes.revision_reader` reads both.
"""

from sqlalchemy import CheckConstraint, Text, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.db.engine import Base, Database


class ContentRevision(Base):
    """The one row, raised in the transaction of the change (portal.db.engine.Database.writing).

    A row, not a sequence: a sequence moves before its transaction is committed, and a page drawn
    from the old content would be kept under the new number.
    """

    __tablename__ = "content_revision"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]


class ContentChange(Base):
    """The scopes (portal.db.changes.tables) of one change, by its number.

    A change without a row is of everything.

    Each is followed by what pages show of it now, if they show little: `places:7=few people`.
    """

    __tablename__ = "content_changes"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    scopes: Mapped[str] = mapped_column(Text)


_NUMBER = select(ContentRevision.number).where(ContentRevision.id == 1)


def revision_now(db: Session) -> int:
    """The revision of the content that this transaction sees, or an older one."""
    number: int = db.execute(_NUMBER).scalar_one()
    return number


def raise_revision(database: Database) -> None:
    """For what was written past it: everything has changed."""
    with database.writing(counts=False) as db:
        db.execute(update(ContentRevision).values(number=ContentRevision.number + 1))
