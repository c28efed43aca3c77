"""Requests as somebody hostile would send them: any route, as anybody, with any part gone wrong."""

import importlib
import pkgutil
import re
from dataclasses import dataclass, field
from urllib.parse import quote

from hypothesis import reject
from hypothesis import strategies as st

from portal import HOME, web
from portal.app import declarations
from portal.core.refusals import Refusal
from portal.i18n.locale import LANGUAGE_TAGS
from portal.web.http.forms import Fields
from tests.architecture.route_cases import TRIES
from tests.architecture.test_routes import RIGHTS
from tests.architecture.world import VISITORS

ROUTES = {route.name: route for route in declarations()}
# Asked of the code, so that a new field or query is tried without anybody thinking of it.
MODULES = [
    importlib.import_module(module.name)
    for module in pkgutil.walk_packages(web.__path__, f"{web.__name__}.")
]
FIELDS = sorted({name for form in Fields.__subclasses__() for name in form.model_fields})
QUERIES = sorted(
    {
        name
        for path in (HOME / "portal" / "web").rglob("*.py")
        for name in re.findall(r'query_params(?:\.get|\.getlist)?[\[(]"(\w+)"', path.read_text())
    }
    | {"q", "page", "tag", "organization", "from", "to", "code", "state", "iss", "error", "item"}
)
# The client takes no longer ones, and servers none of that length.
LONGEST_ADDRESS = 60_000
METHODS = ["HEAD", "PUT", "OPTIONS", "GET", "POST", "BREW"]
LONG = "я" * 5_000
# Not letters at all to some, numbers to others, orders to a third.
HOSTILE = (
    *("", " ", "\0", "a\0b", "\r\nSet-Cookie: a=b", "\ufffe", "\u202e\u2066", "\u200b", "🫥" * 40),
    *("0", "-1", "1" * 40, "9" * 400, "1e400", "NaN", "-0", "٣", "²", "½", "0x1f", "1_000", "+1"),
    *(
        "null",
        "[]",
        "{}",
        "[" * 3_000,
        '{"a":' * 900,
        "true",
        "undefined",
        "%",
        "%00",
        "%s%n",
        "{0}",
    ),
    *("{{7*7}}", "${7*7}", "<script>alert(1)</script>", "javascript:alert(1)", "//evil.example"),
    *(
        "' OR 1=1--",
        '"',
        "\\",
        "*",
        "?",
        "NEAR(",
        "a AND",
        "-x",
        "c++",
        "title:a",
        "^",
        "a" * 70_000,
    ),
    *("../../etc/passwd", "..\\..\\x", "/etc/passwd", "file:///x", ".", "..", "a/b", "kk-Arab"),
    *("0000-00-00", "9999-12-31", "9999-12-31T23:59", "0001-01-01T00:00", "2027-02-30", "24:60"),
    *(
        "2027-W01",
        "-99999-01",
        "Europe/Nowhere",
        "../UTC",
        "Etc/GMT-14",
        "en",
        "xx",
        "ß",
        "İ",
        LONG,
    ),
    *("event:ours", "event:", ":", "story:a:b", "organization:" + "a" * 300, "person:1"),
    *("a@b", "a@example.org\nBcc: b@example.org", "@", '"a b"@example.org', "é@ex ample.org"),
    *(
        "BEGIN:VCALENDAR",
        'msgid ""\nmsgstr "',
        "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]>",
    ),
)
# Bytes that are no text in a form or an address.
RAW = ("%ff%fe", "%ED%A0%80", "%F4%90%80%80", "%", "%zz", "%C0%AF", "%00")
HEADERS = {
    "accept-language": ("", "*", ",;q=", "kk;q=x", "a" * 9_000, "\xff", "ru;q=1e400"),
    "accept-encoding": ("", "gzip;q=\xb2", "gzip;q=0", "*;q=", ", ," * 50),
    "if-none-match": ("", "*", "W/", '"', "\xff" * 90, "," * 900),
    "if-modified-since": ("", "yesterday", "Thu, 99 Xxx 9999 99:99:99 GMT"),
    "range": ("bytes=-", "bytes=0-" + ",0-" * 500, "bytes=9-1", "x"),
    "host": ("", "testserver:", "testserver:\xb2", "[::1", "evil.example", "testserver:99999999"),
    "origin": ("", "null", "https://testserver:x", "\xff"),
    "sec-fetch-site": ("", "same-origin", "cross-site", "\xb2"),
    "content-type": (
        *("", "multipart/form-data", "multipart/form-data; boundary=", "text/plain", "\xff"),
        *("application/x-www-form-urlencoded; charset=utf-7", "application/json", ";"),
    ),
    "content-length": ("", "-1", "\xb2", "1e3", "9" * 30, "0"),
    "x-forwarded-for": ("", "1.2.3", "::1%eth0", "a" * 3_000),
    "forwarded": ("for=", 'for="[::"'),
    "authorization": ("", "Bearer", "Bearer \xff", "Basic !!"),
    "x-requested-with": ("", "fetch"),
}
COOKIES = (
    *("time_zone", "__Host-session", "__Host-sign_in", "__Host-known_browser"),
    *("__Host-sign_in_link", "__Host-admin_access", "x"),
)
COOKIE_VALUES = (
    *(
        "",
        "=",
        "AAAA",
        "Europe/Berlin",
        "../UTC",
        '"',
        "a" * 4_000,
        "\xff\xfe",
        "e30=",
        "%00",
        ";",
        "\t",
    ),
)


@dataclass(frozen=True)
class Attempt:
    """One request, but for what belongs to a world: who somebody is, and what rows are called."""

    visitor: str
    name: str
    method: str
    tag: str
    path: dict[str, str] = field(default_factory=dict)
    query: list[tuple[str, str]] = field(default_factory=list)
    form: list[tuple[str, str]] = field(default_factory=list)
    body: bytes | None = None
    headers: dict[str, bytes] = field(default_factory=dict)
    is_multipart: bool = False


def fields_of(name):
    """The fields a route's form may have: those of its module and of its known good form."""
    module = next((m for m in MODULES if m.__name__.endswith("." + name.partition(".")[0])), None)
    forms = [each for each in vars(module).values() if _is_form(each)] if module else []
    own = {field for form in forms for field in form.model_fields}
    return sorted(own | set(TRIES[name].form)) or FIELDS


def _is_form(thing):
    return isinstance(thing, type) and issubclass(thing, Fields) and thing is not Fields


texts = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=30))


def _may(name):
    """Whoever gets further than to a refusal."""
    return [visitor for visitor in VISITORS if RIGHTS[name][visitor] == "ok"]


def _seldom(strategy, empty):
    return st.integers(0, 4).flatmap(lambda n: strategy if n == 4 else st.just(empty))


def _pairs(names):
    return st.lists(st.tuples(st.sampled_from(names), texts), max_size=4)


def _headers():
    named = st.sampled_from(sorted(HEADERS)).flatmap(
        lambda name: st.tuples(st.just(name), st.sampled_from(HEADERS[name]))
    )
    cookie = st.tuples(st.sampled_from(COOKIES), st.sampled_from(COOKIE_VALUES)).map(
        lambda pair: ("cookie", "=".join(pair))
    )
    return st.lists(st.one_of(named, cookie), max_size=3).map(
        lambda pairs: {name: value.encode("latin-1") for name, value in pairs}
    )


def _bodies(names):
    raw = st.tuples(st.sampled_from(names), st.sampled_from(RAW)).map("=".join)
    sent = st.lists(raw, max_size=4).map(lambda parts: "&".join(parts).encode())
    return _seldom(st.one_of(sent, st.binary(max_size=200)), None)


@st.composite
def attempts(draw):
    """Any of them; what is left as it should be leads further in."""
    name = draw(st.sampled_from(sorted(ROUTES)))
    route = ROUTES[name]
    placed = [each for each in re.findall(r"{(\w+)(?::\w+)?}", route.path) if each != "language"]
    names = fields_of(name)
    return Attempt(
        visitor=draw(st.sampled_from(_may(name) * 3 + list(VISITORS))),
        name=name,
        method=draw(st.sampled_from([route.method] * 40 + METHODS)),
        tag=draw(st.sampled_from(LANGUAGE_TAGS)),
        path=draw(_seldom(st.dictionaries(st.sampled_from(placed), texts, max_size=2), {}))
        if placed
        else {},
        query=draw(_seldom(_pairs(QUERIES), [])),
        form=draw(_pairs(names)),
        body=draw(_bodies(names)),
        headers=draw(_seldom(_headers(), {})),
        is_multipart=draw(st.booleans()) and route.limits.body_seconds > 30,
    )


def send(attempt, browser, world):
    """The answer to it in a world."""
    known = TRIES[attempt.name]
    path = ROUTES[attempt.name].path.replace("{language:language}", attempt.tag)
    try:
        values = known.values(world)
    except Refusal:  # what was tried before stands in its way
        reject()
    for key, value in (values | attempt.path).items():
        path = path.replace(f"{{{key}}}", quote(value.encode("utf-8", "replace"), safe=""))
    form = dict(known.form) | dict(attempt.form)
    query = "&".join(
        f"{key}={quote(value.encode('utf-8', 'replace'))}"
        for key, value in [*known.query.items(), *attempt.query]
    )
    sent = {"headers": attempt.headers}
    if attempt.is_multipart:
        sent |= {"data": form, "files": known.files or {"file": ("x.po", b"\xff\0msgid")}}
    elif attempt.method in {"GET", "HEAD"}:
        pass
    elif attempt.body is not None:
        kind = {"content-type": b"application/x-www-form-urlencoded"}
        sent = {"content": attempt.body, "headers": kind | attempt.headers}
    else:
        sent["data"] = {key: _encodable(value) for key, value in form.items()}
    address = f"{path or '/'}?{query}"[:LONGEST_ADDRESS]
    return browser.request(attempt.method, address, **sent)


def _encodable(value):
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value
