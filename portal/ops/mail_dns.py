"""What the name system says of the domain that emails come from: SPF, DKIM, DMARC."""

from collections.abc import Callable, Iterator
from typing import Final

import dns.exception
import dns.resolver

from portal.ops.findings import Finding, unseen, unwise, wrong

Texts = Callable[[str], list[str]]


SECONDS: Final = 5.0


def texts_of(name: str) -> list[str]:
    """Ask the machine's own name servers, for five seconds at most."""
    try:
        answer = dns.resolver.resolve(name, "TXT", lifetime=SECONDS, raise_on_no_answer=False)
    except dns.resolver.NXDOMAIN:
        return []
    found = answer.rrset or ()
    return [b"".join(record.strings).decode(errors="replace") for record in found]


def findings(sender: str, selector: str | None, texts: Texts = texts_of) -> Iterator[Finding]:
    """Yield what is wrong with the DNS records of a sender's domain."""
    domain = sender.rpartition("@")[2]
    if "." not in domain:
        yield wrong(f"letters come from {sender}: set PORTAL_MAIL_FROM to an address of a domain")
        return
    try:
        yield from _spf(domain, texts)
        yield from _dmarc(domain, texts)
        if selector is None:
            yield unseen("DKIM: name your mail server's selector by --dkim-selector")
        else:
            yield from _dkim(f"{selector}._domainkey.{domain}", texts)
    except dns.exception.DNSException as failure:
        yield unseen(f"the name servers do not answer about {domain}: {type(failure).__name__}")


def _spf(domain: str, texts: Texts) -> Iterator[Finding]:
    found = [text for text in texts(domain) if text.lower().split(" ")[0] == "v=spf1"]
    if not found:
        yield wrong(f"{domain} has no SPF record, so letters look forged: publish one")
    elif len(found) > 1:
        yield wrong(f"{domain} has {len(found)} SPF records, so none counts: keep one")
    elif found[0].lower().split()[-1] in {"+all", "all"}:
        yield wrong(f"the SPF record of {domain} lets everybody send in its name: end it with -all")


def _dmarc(domain: str, texts: Texts) -> Iterator[Finding]:
    labels = domain.split(".")
    # The domain itself, then those above it that can have an owner.
    for start in range(max(len(labels) - 1, 1)):
        name = ".".join(labels[start:])
        found = [text for text in texts(f"_dmarc.{name}") if text.startswith("v=DMARC1")]
        if len(found) > 1:
            yield wrong(f"_dmarc.{name} has {len(found)} DMARC records, so none counts: keep one")
        if found:
            tags = dict(part.strip().partition("=")[::2] for part in found[0].split(";"))
            if tags.get("p", "none").strip().lower() == "none":
                yield unwise(f"the DMARC record of {name} asks nobody to refuse forged letters")
            return
    yield wrong(f"{domain} has no DMARC record: large mail providers may refuse its letters")


def _dkim(name: str, texts: Texts) -> Iterator[Finding]:
    found = [text for text in texts(name) if "p=" in text]
    if not found:
        yield wrong(f"there is no DKIM key at {name}")
    elif any(part.strip() == "p=" for part in found[0].split(";")):
        yield wrong(f"the DKIM key at {name} was withdrawn")
