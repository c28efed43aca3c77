"""Links by e-mail that sign their reader in."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from portal.db.columns import PRIVATE, references
from portal.db.engine import Base


class SignInLink(Base):
    """An email's link and code, good once and in the browser that asked for it alone.

    The link's token, the browser's and the code are kept as digests; the address is sealed for
    "sign_in_link.email" and forgotten when the link is used. `person_id` is whoever adds the
    address to the ways into their account, None where somebody signs in.
    """

    __tablename__ = "sign_in_links"
    __table_args__ = PRIVATE

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    browser: Mapped[str] = mapped_column(String(64), index=True)
    code: Mapped[str] = mapped_column(String(64))
    tries: Mapped[int] = mapped_column(default=0)
    email_index: Mapped[str] = mapped_column(String(64), index=True)
    email_sealed: Mapped[bytes | None]
    person_id: Mapped[int | None] = references("people.id", index=True)
    created_at: Mapped[datetime] = mapped_column(index=True)
    # The reader has the email, and decides now whether to begin a new account.
    proved_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
