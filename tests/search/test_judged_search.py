"""Judged queries over some of the demo's events: `make bench-search` asks all of everything."""

import tomllib

import pytest

from portal.core import clock
from portal.demo.programme import FOLDER
from portal.i18n.translated import Translated
from tests.factories import make_event, make_organization
from tests.search.judged import measured, queries

pytestmark = pytest.mark.both_engines


def test_judged_queries_find_what_fits_first_and_the_same_in_three_scripts(database):
    with database.writing() as db:
        home = make_organization(db)
        slugs = set()
        for path in sorted(FOLDER.glob("events-*.toml")):
            for row in tomllib.loads(path.read_text("utf-8"))["event"][::2]:
                told = {
                    name: Translated.of(row["original"], **row[name])
                    for name in ("title", "summary", "description")
                }
                slugs.add(make_event(db, home, **told).slug)
        asked = [query for query in queries() if query.relevant & slugs]
        result = measured(db, asked, clock.now())
    assert len({query.need for query in asked}) > 40
    assert len(queries()) >= 120
    assert result.mean_reciprocal_rank() >= 0.85
    assert result.differing_needs() == []
