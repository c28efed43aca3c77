"""A page of one's own as an author: for those who choose to have one, under a name they type."""

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from portal.core.refusals import NotFoundError
from portal.core.text_rules import check_text
from portal.domain.accounts.people.models import Person
from portal.domain.accounts.people.rules import tidy_name
from portal.domain.events.slugs import free_slug
from portal.domain.stories import rules
from portal.domain.stories.models import Author, Story


def author_named(db: Session, slug: str) -> Author:
    """Return a person's page as an author; those who have none are not found."""
    author = db.scalars(select(Author).where(Author.slug == slug)).one_or_none()
    if author is None:
        raise NotFoundError
    return author


def author_of(db: Session, person: Person) -> Author | None:
    """Return the page somebody has chosen to have."""
    return db.get(Author, person.id)


def introduce(db: Session, person: Person, byline: str, now: datetime) -> Author:
    """Open or rename an author's page; what was signed with its old name is renamed too."""
    check_text(byline, rules.LONGEST_BYLINE, "byline")
    name = tidy_name(byline)
    if not any(letter.isalnum() for letter in name):
        raise rules.BylineNeededError
    author = author_of(db, person)
    if author is None:
        author = Author(
            person_id=person.id,
            slug=free_slug(db, Author.slug, name, "author"),
            byline=name,
            since=now,
        )
        db.add(author)
        db.flush()
        return author
    mine = Story.author_id == person.id, Story.byline == author.byline
    db.execute(update(Story).where(*mine).values(byline=name))
    author.byline = name
    return author


def unpublish(db: Session, person: Person) -> None:
    """Close the page; names below stories stay as they were typed."""
    db.execute(delete(Author).where(Author.person_id == person.id))
