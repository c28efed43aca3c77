"""What runs by itself or by a command, when it last did, and what came of it."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from portal.db.columns import PRIVATE
from portal.db.engine import Base


class JobRun(Base):
    """One rule of retention, the worker, or a backup; nobody's data."""

    __tablename__ = "job_runs"
    __table_args__ = PRIVATE

    name: Mapped[str] = mapped_column(String(30), primary_key=True)
    ran_at: Mapped[datetime]
    # The last run that found anything, how much it found, and how much all have found.
    found_at: Mapped[datetime | None]
    found: Mapped[int]
    total: Mapped[int]
