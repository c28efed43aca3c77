"""How well judged queries are answered: mean reciprocal rank, and scripts that differ."""

import csv
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

from portal.domain.search.results import MAX_LISTED, answer, hits
from portal.domain.search.rules import Filters

SCRIPTS = ("kk", "kk-Latn", "kk-Arab")


class Query(NamedTuple):
    """What somebody needs, the language and script or the slip it is typed in, and what fits."""

    need: str
    typed_as: str
    query: str
    relevant: frozenset[str]


class Measured(NamedTuple):
    """Ranks by query (None where nothing that fits is found), and what was found."""

    ranks: dict[Query, int | None]
    found: dict[Query, list[str]]

    def mean_reciprocal_rank(self, typed_as=None):
        ranks = [rank for query, rank in self.ranks.items() if typed_as in {None, query.typed_as}]
        return sum(1 / rank for rank in ranks if rank) / len(ranks)

    def differing_needs(self):
        """Needs whose query finds other items in one script than in another."""
        sets = defaultdict(set)
        for query, found in self.found.items():
            if query.typed_as in SCRIPTS:
                sets[query.need].add(frozenset(found))
        return sorted(need for need, each in sets.items() if len(each) > 1)


def queries():
    with (Path(__file__).parent / "judged.tsv").open(encoding="utf-8", newline="") as file:
        return [
            Query(row["need"], row["as"], row["query"], frozenset(row["relevant"].split()))
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        ]


def measured(db, asked, now):
    ranks, found = {}, {}
    for query in asked:
        language = query.typed_as if query.typed_as in {"ru", "en"} else "kk"
        answered = answer(db, query.query, Filters(), language, now)
        texts = answered.found.texts
        found[query] = [
            hit.slug
            for start in range(0, len(texts), MAX_LISTED)
            for hit in hits(db, texts[start : start + MAX_LISTED])
        ]
        ranks[query] = next(
            (rank for rank, slug in enumerate(found[query], 1) if slug in query.relevant), None
        )
    return Measured(ranks, found)
