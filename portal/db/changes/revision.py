"""The content's revision: one number that every change of public content raises."""

from sqlalchemy import CheckConstraint, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.db.engine import Base, Database


class ContentRevision(Base):
    """The one row, raised in the transaction of the change (portal.db.engine.Database.writing)."""

    # A sequence moves before the commit: a page of old content would be cached as new.

    __tablename__ = "content_revision"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]


_NUMBER = select(ContentRevision.number).where(ContentRevision.id == 1)


def revision_now(db: Session) -> int:
    """Return the revision that this transaction sees, or an older one."""
    number: int = db.execute(_NUMBER).scalar_one()
    return number


def raise_revision(database: Database) -> None:
    """Raise the revision for what was written without it."""
    with database.writing(counts=False) as db:
        db.execute(update(ContentRevision).values(number=ContentRevision.number + 1))
