"""`python -m tests.load.bench_kazakh`: how fast and how well Kazakh is converted and stemmed.

Speed is printed, in characters a second and as a ratio to `str.translate` of the same text in the
same run; what has to be reached stands in tests/platform, without times.
"""

import json
import platform
import time

from portal.i18n.kazakh import scripts
from portal.i18n.kazakh.letters import LATIN
from portal.i18n.kazakh.pages import convert_html
from portal.i18n.kazakh.stemmer import key, stem
from portal.search.queries import terms_of
from tests.kazakh.measured import cldr_share, rows, script_misses, stemming

ROUNDS = 7
LETTERS = {ord(letter): latin for letter, latin in LATIN.items()}
PAGE_BYTES = 60_000


def best(run):
    """The shortest of several rounds, in seconds."""
    times = []
    for _round in range(ROUNDS):
        begun = time.perf_counter()
        run()
        times.append(time.perf_counter() - begun)
    return min(times)


def page(words):
    """A page of the portal's size: a list of cards with links, times and an English line each."""
    card = (
        '<li class="card"><h2><a href="/kk/events/kesh-{n}">{words}</a></h2><p title="{words}">'
        '{words}, <time datetime="2026-03-22T18:00+05:00">18:00</time></p>'
        '<p lang="en" dir="ltr">An evening, number {n}</p></li>\n'
    )
    cards, n = [], 0
    while sum(len(each.encode()) for each in cards) < PAGE_BYTES:
        said = " ".join(words[n * 5 % len(words) :][:5])
        cards.append(card.format(n=n, words=said))
        n += 1
    return f'<html lang="kk" dir="ltr"><body><ul>{"".join(cards)}</ul></body></html>'


def main():
    words = [row["form"] for row in rows("stems.tsv")]
    running = " ".join(row["cyrl"] + "." for row in rows("scripts.tsv")) * 20
    distinct = ". ".join(words)
    baseline = best(lambda: running.translate(LETTERS))
    html = page(words)
    found = {"machine": f"{platform.machine()}, Python {platform.python_version()}"}
    for tag, script in scripts.SCRIPTS.items():

        def forgetful(script=script):
            for kept in scripts._SHARED[script.tag]:
                kept.clear()
            scripts.convert(distinct, script)

        usual = best(lambda script=script: scripts.convert(running, script))
        found[tag] = {
            "million characters a second": round(len(running) / usual / 1e6, 2),
            "the same, every word new": round(len(distinct) / best(forgetful) / 1e6, 2),
            "times str.translate": round(usual / baseline, 1),
            "ms a page of 60 KB": round(
                best(lambda script=script: convert_html(html, script)) * 1_000, 1
            ),
        }
    for tag, (scored, missed) in script_misses().items():
        found[tag]["rows"], found[tag]["as attested"] = scored, round(1 - len(missed) / scored, 3)
    names, share = cldr_share()
    found["CLDR"] = {"words": names, "as CLDR": round(share, 3)}
    for name, stemmer in (("stem", stem), ("key", key)):
        figures = stemming(stemmer)
        spent = best(lambda stemmer=stemmer: [stemmer(word) for word in words])
        found[name] = {
            "recall": round(figures.recall, 3),
            "precision": round(figures.precision, 3),
            "F1": round(figures.f1, 3),
            "strict precision": round(figures.strict, 3),
            "µs a word": round(spent / len(words) * 1e6, 1),
        }
    hostile = ("қазақ " * 2_000, "\ud800" * 10_000, "\u202eа" * 5_000, "ﷺ" * 10_000)
    found["ms for 10,000 hostile characters"] = round(
        max(best(lambda text=text: terms_of(text)) for text in hostile) * 1_000, 1
    )
    print(json.dumps(found, ensure_ascii=False, indent=2))


if __name__ == "__main__":
    main()
