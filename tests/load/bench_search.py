"""`make bench-search`: how well judged queries are answered, and how fast 50,000 texts searched.

On both databases: the judged queries of tests/search over the demo's programme, then stories made
of its words (127 each, as often as words of a language occur) are added in quarters, whose time
and size say whether the index grows evenly, and search pages are measured as ratios to a bare
"hello" in the same run. Needs `wrk`. `--texts N` for another number, `--rounds N` for fewer.
"""

import argparse
import itertools
import json
import random
import re
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import insert, text

from portal.config.settings import Settings
from portal.core import clock
from portal.core.item_kinds import ItemKind
from portal.demo.programme import FOLDER
from portal.demo.run import _prepared
from portal.domain.publishing.search_index import actions as search_index
from portal.domain.publishing.search_index.rules import Texts
from portal.domain.publishing.search_index.words import settle
from portal.domain.stories.models import Story
from portal.i18n.translated import Translated
from tests.load.measuring import cost, row_of, share
from tests.load.servers import hello_server, portal_server
from tests.postgres.server import start_postgres
from tests.search.judged import measured, queries

TEXTS, WORDS_EACH, QUERIES = 50_000, 127, 400
ROUNDS = 3
LEAST_RATIO, LEAST_RANK = 0.008, 0.85
BATCH = 500
# The last quarter may take that many times as long as the first, and be as many times as large;
# were the index searched through for every text, it would be seven.
MAX_GROWTH = 2
SCRIPT = """
local paths = { PATHS }
local n = 0
request = function()
  n = n + 1
  return wrk.format("GET", paths[n % #paths + 1])
end
"""
LANGUAGE = re.compile(r"^\s*(kk|ru|en) = ", re.MULTILINE)


def vocabulary():
    """Words of the demo's texts by language, the most frequent first, with how often they occur."""
    counts = {"kk": {}, "ru": {}, "en": {}}
    for path in sorted(FOLDER.glob("*.toml")):
        pieces = LANGUAGE.split(path.read_text("utf-8"))
        for language, piece in zip(pieces[1::2], pieces[2::2], strict=True):
            for word in re.findall(r"[^\W\d_]+", piece.partition("\n[")[0]):
                counts[language][word] = counts[language].get(word, 0) + 1
    return {
        language: (list(known), list(itertools.accumulate(known.values())))
        for language, known in counts.items()
    }


def grow(database, number, known, chance):
    """Adds that many stories with their index; seconds taken."""
    begun, now = time.perf_counter(), clock.now()
    for start in range(0, number, BATCH):
        with database.writing() as db:
            first = (db.scalar(text("SELECT max(id) FROM stories")) or 0) + 1
            rows, made = [], []
            for number_ in range(first, first + min(BATCH, number - start)):
                language = chance.choice(["kk", "ru", "en"])
                words, often = known[language]
                said = chance.choices(words, cum_weights=often, k=WORDS_EACH)
                title = Translated.of(language, **{language: " ".join(said[:6])})
                body = Translated.of(language, **{language: " ".join(said[6:])})
                published = now - timedelta(minutes=chance.randrange(2_000_000))
                rows.append(story(number_, title, body, published))
                made.append((number_, published.date(), title, body))
            db.execute(insert(Story), rows)
            for number_, day, title, body in made:
                search_index.index(db, ItemKind.STORY, number_, day, Texts(title, [body]))
    return time.perf_counter() - begun


def story(number, title, body, published):
    return {
        "id": number,
        "slug": f"measured-{number}",
        "is_by_author": True,
        "state": "published",
        "time_zone": "Asia/Almaty",
        "title": title,
        "summary": Translated.of(title.original),
        "funding_note": Translated.of(title.original),
        "body": body,
        "body_html": {},
        "published_at": published,
        "changed_at": published,
        "visibility": "public",
        "comments": "off",
        "revision": 1,
        "editions": 1,
    }


def size(database):
    """Bytes that the database takes."""
    with database.reading() as db:
        if database.is_sqlite:
            pages, each = (
                db.scalar(text(f"PRAGMA {name}")) for name in ("page_count", "page_size")
            )
            return pages * each
        return db.scalar(text("SELECT pg_database_size(current_database())"))


def pages(folder, known, chance):
    """A script for wrk: searches for one to three words of four letters or more, as they occur."""
    asked = []
    for number in range(QUERIES):
        words, often = known[("kk", "ru", "en")[number % 3]]
        said = []
        while len(said) < number % 7 % 3 + 1:
            (word,) = chance.choices(words, cum_weights=often)
            said += [word] if len(word) > 3 else []
        asked.append(f"/{('kk', 'ru', 'en')[number % 3]}/search?q={quote(' '.join(said))}")
    script = folder / "search.lua"
    script.write_text(SCRIPT.replace("PATHS", ", ".join(f'"{path}"' for path in asked)))
    return script


def rows(name, folder, asked, database_url=""):
    """Everything measured on one database."""
    more = {"database_url": database_url} if database_url else {}
    settings = Settings(
        data_dir=folder, secret_keys="of-the-measurement-" + "x" * 32, worker=False, **more
    )
    database = _prepared(settings, "https://id.example.org", fresh=False)
    with database.reading() as db:
        judged = measured(db, queries(), clock.now())
    rank = judged.mean_reciprocal_rank()
    kinds = dict.fromkeys(query.typed_as for query in judged.ranks)
    yield {
        "what": f"{name}: mean reciprocal rank of {len(judged.ranks)} queries",
        "measured": round(rank, 3),
        "of": {kind: round(judged.mean_reciprocal_rank(kind), 3) for kind in kinds},
        "promised": LEAST_RANK,
        "holds": rank >= LEAST_RANK,
    }
    yield {
        "what": f"{name}: needs that find other items in another script",
        "measured": judged.differing_needs(),
        "holds": not judged.differing_needs(),
    }
    chance, known = random.Random(1), vocabulary()
    seconds, sizes = [], [size(database)]
    for _quarter in range(4):
        seconds.append(grow(database, asked.texts // 4, known, chance))
        sizes.append(size(database))
    grown = [(after - before) / 2**20 for before, after in itertools.pairwise(sizes)]
    yield {
        "what": f"{name}: {asked.texts} texts indexed in quarters, seconds and MiB",
        "seconds": [round(each, 1) for each in seconds],
        "MiB": [round(each) for each in grown],
        "holds": seconds[-1] < MAX_GROWTH * seconds[0] and grown[-1] < MAX_GROWTH * grown[0],
    }
    with database.writing() as db:
        settle(db)  # as `portal reindex` does after many changes
    if not database.is_sqlite:
        with database.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT")
            connection.execute(text("ANALYZE"))
    database.close()
    script = pages(folder, known, chance)
    # Searched anew every time: what is kept would be as fast as any other page.
    told = {"PORTAL_SECRET_KEYS": settings.secret_keys, "PORTAL_PAGE_CACHE": "0"}
    told |= {"PORTAL_DATABASE_URL": database_url} if database_url else {}
    with hello_server() as hello, portal_server(folder, **told) as portal:
        cost(*portal, script)
        shares = [share(hello, portal, script) for _round in range(asked.rounds)]
    yield row_of(f"{name}: search pages over {asked.texts} texts", shares, LEAST_RATIO)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=TEXTS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    asked = parser.parse_args()
    holds = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with start_postgres(folder) as address:
            for row in itertools.chain(
                rows("SQLite", folder / "sqlite", asked),
                rows("PostgreSQL", folder / "postgresql", asked, f"{address}/postgres"),
            ):
                print(json.dumps(row, ensure_ascii=False), flush=True)
                holds.append(row["holds"])
    sys.exit(not all(holds))


if __name__ == "__main__":
    main()
