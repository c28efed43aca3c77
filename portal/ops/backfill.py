"""What words from before a version lack: the portal's own code counts and indexes them."""

from sqlalchemy import select

from portal.db.engine import Database
from portal.domain.publishing.translation_progress.models import TranslationProgress
from portal.domain.search.reindexing import index_missing
from portal.domain.translation.actions import recount


def catch_up(database: Database) -> None:
    """Count translations and index items that a migration left without; repeatable."""
    with database.writing() as db:
        if db.scalar(select(TranslationProgress.item_id).limit(1)) is None:
            recount(db)
    index_missing(database)
