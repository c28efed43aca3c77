"""Points of an answer by the scoring chart of Mozilla's HTTP Observatory, version 2.

Read in November 2026 in the grader of github.com/mdn/mdn-http-observatory. Of its tests one is
left out: whether plain http leads to https, which is the proxy's to do. Preloaded HSTS is the
operator's to ask for and is not counted either.
"""

from http.cookies import SimpleCookie

from lxml import html

# Bonus points count only from here.
ENOUGH_FOR_BONUS = 90
HALF_A_YEAR = 15_768_000
BROAD = {"ftp:", "http:", "https:", "*", "http://*", "http://*.*", "https://*", "https://*.*"}
INLINE = {"'unsafe-inline'", "data:"}
PRIVATE = {"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"}
TELLING = {"origin", "origin-when-cross-origin", "unsafe-url", "no-referrer-when-downgrade"}


def points(answer):
    """The sum over all tests."""
    given = modifiers(answer).values()
    before = 100 + sum(each for each in given if each < 0)
    bonus = sum(each for each in given if each > 0)
    return max(0, before + (bonus if before >= ENOUGH_FOR_BONUS else 0))


def modifiers(answer):
    """What each test adds or takes."""
    policy = policy_of(answer)
    return {
        "content-security-policy": _of_policy(policy),
        "cookies": _of_cookies(answer),
        "cross-origin-resource-policy": _of_resource_policy(answer),
        "cross-origin-resource-sharing": _of_sharing(answer),
        "referrer-policy": _of_referrer(answer),
        "strict-transport-security": _of_transport(answer),
        "subresource-integrity": _of_scripts(answer),
        "x-content-type-options": _of_sniffing(answer),
        "x-frame-options": _of_frames(answer, policy),
    }


def policy_of(answer):
    """The Content-Security-Policy by directive."""
    parts = answer.headers.get("content-security-policy", "").split(";")
    named = [part.split() for part in parts if part.strip()]
    return {name.lower(): set(sources) for name, *sources in named}


def _of_policy(policy):
    if not policy:
        return -25
    default = policy.get("default-src", {"*"})
    script, style, objects = (
        policy.get(name, default) for name in ("script-src", "style-src", "object-src")
    )
    passive = policy.get("img-src", default) | policy.get("media-src", default)
    active = script.union(
        *(sources for name, sources in policy.items() if name not in {"img-src", "media-src"})
    )
    if script & (BROAD | INLINE) or objects & BROAD or _has_plain(active):
        return -20
    if "'unsafe-eval'" in script | style or _has_plain(passive):
        return -10
    if style & (BROAD | INLINE):
        return 0
    is_closed = default == {"'none'"} and policy.get("form-action", {"*"}) <= {"'self'", "'none'"}
    return 10 if is_closed else 5


def _has_plain(sources):
    return any(source.startswith(("http:", "ftp:")) for source in sources)


def _of_cookies(answer):
    has_hsts = _of_transport(answer) == 0
    worst, has_same_site, seen = 0, True, False
    for header in answer.headers.get_list("set-cookie"):
        for name, cookie in SimpleCookie(header).items():
            seen = True
            is_session = any(part in name.lower() for part in ("login", "sess"))
            same_site = cookie["samesite"].lower()
            has_same_site = has_same_site and bool(same_site)
            if same_site not in {"", "lax", "strict", "none"} or (
                same_site == "none" and not cookie["secure"]
            ):
                worst = min(worst, -20)
            if not cookie["secure"]:
                worst = min(worst, -5 if has_hsts else -20)
                if is_session:
                    worst = min(worst, -10 if has_hsts else -40)
            if is_session and not cookie["httponly"]:
                worst = min(worst, -30)
            if "csrf" in name.lower() and not same_site:
                worst = min(worst, -20)
    if worst:
        return worst
    return 5 if seen and has_same_site else 0


def _of_resource_policy(answer):
    said = answer.headers.get("cross-origin-resource-policy")
    return {None: 0, "cross-origin": 0, "same-site": 10, "same-origin": 10}.get(said, -5)


def _of_sharing(answer):
    with_cookies = answer.headers.get("access-control-allow-credentials") == "true"
    return -50 if with_cookies and "access-control-allow-origin" in answer.headers else 0


def _of_referrer(answer):
    said = answer.headers.get("referrer-policy")
    if said is None:
        return 0
    known = [part.strip() for part in said.lower().split(",") if part.strip() in PRIVATE | TELLING]
    return 5 if known and known[-1] in PRIVATE else -5


def _of_transport(answer):
    said = answer.headers.get("strict-transport-security", "")
    ages = [part.partition("=")[2] for part in said.split(";") if "max-age" in part]
    if answer.url.scheme != "https" or not ages or not ages[0].isdigit():
        return -20
    return 0 if int(ages[0]) >= HALF_A_YEAR else -10


def _of_scripts(answer):
    if not answer.headers.get("content-type", "").startswith("text/html"):
        return 0
    is_kept = False
    worst = 0
    for script in html.fromstring(answer.text).iter("script"):
        source, integrity = script.get("src"), script.get("integrity")
        if source is None:
            continue
        if source.startswith(("//", "http://")):
            worst = min(worst, -20 if integrity else -50)
        elif source.startswith("https://") and not source.startswith(str(answer.url.join("/"))):
            worst = min(worst, 0 if integrity else -5)
        elif integrity:
            is_kept = True
    return worst or (5 if is_kept else 0)


def _of_sniffing(answer):
    return 0 if answer.headers.get("x-content-type-options") == "nosniff" else -5


def _of_frames(answer, policy):
    if policy.get("frame-ancestors", {"*"}).isdisjoint(BROAD):
        return 5
    said = answer.headers.get("x-frame-options", "").upper()
    return 0 if said in {"DENY", "SAMEORIGIN"} else -20
