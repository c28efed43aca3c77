"""An event whose pages are kept."""

import pytest

from portal.i18n.translated import Translated
from tests.factories import make_event, make_organization

TITLE = "Наурыз Қала"


@pytest.fixture
def slug(database):
    with database.writing() as db:
        title = Translated.of("kk", kk=TITLE)
        return make_event(db, make_organization(db, "ours"), title=title, capacity=4).slug
