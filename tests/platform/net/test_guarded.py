"""The client that asks strangers' servers, against real servers: what it fetches and what never."""

import asyncio
import gzip

import pytest

from portal.net import domain_proof, safe_http
from portal.net.safe_http import MAX_BYTES, OutOfReachError, is_public
from tests.outside import PUBLIC, internet

HOST = "club.example.org"
PAGE = f"https://{HOST}/page"


@pytest.fixture
def outside(tmp_path):
    with internet(tmp_path, HOST) as made:
        made.names[HOST, "A"] = [PUBLIC]
        made.says("/page", b"hello")
        yield made


def fetched(outside, url=PAGE):
    return asyncio.run(outside.client().get(url))


def refused(outside, url=PAGE):
    with pytest.raises(OutOfReachError):
        fetched(outside, url)
    return True


def test_a_public_page_is_fetched_from_the_address_that_was_checked(outside):
    assert fetched(outside) == b"hello"
    assert outside.dialled == [(PUBLIC, 443)]
    assert "GET /page identity" in outside.asked


INSIDE = [
    *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1"),
    *("0.0.0.0", "224.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "240.0.0.1"),
    *("168.63.129.16", "100.100.100.200"),
]
INSIDE_6 = [
    *("::1", "::", "fe80::1", "fd00:ec2::254", "fc00::1", "ff02::1", "2001:db8::1", "fec0::1"),
    *("::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "2002:7f00:1::"),
    *("64:ff9b:1::1", "2001:0:1::1", "::127.0.0.1"),
]


@pytest.mark.parametrize(
    ("kind", "address"), [*(("A", a) for a in INSIDE), *(("AAAA", a) for a in INSIDE_6)]
)
def test_no_address_inside_is_ever_dialled(outside, kind, address):
    del outside.names[HOST, "A"]
    outside.names[HOST, kind] = [address]
    assert refused(outside)
    assert outside.dialled == []


def test_public_addresses_of_both_kinds_are_known_as_such():
    assert all(is_public(each) for each in ("8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"))
    assert not is_public("club.example.org")
    assert not is_public("fe80::1%eth0")


def test_one_address_inside_among_public_ones_is_enough_to_refuse(outside):
    outside.names[HOST, "A"] = [PUBLIC, "127.0.0.1"]
    assert refused(outside)
    assert outside.dialled == []


def test_a_name_that_changes_its_address_after_the_check_leads_nowhere_else(outside):
    """Rebinding: what was checked is what is dialled, and the name is not asked a second time."""
    fetched(outside)
    outside.names[HOST, "A"] = ["127.0.0.1"]
    assert outside.dialled == [(PUBLIC, 443)]
    assert refused(outside)
    assert outside.dialled == [(PUBLIC, 443)]


@pytest.mark.parametrize(
    "url",
    [
        *("https://127.0.0.1/page", "https://[::1]/page", "https://2130706433/page"),
        *(
            f"https://{HOST}:8443/page",
            f"http://{HOST}:22/",
            f"ftp://{HOST}/",
            "file:///etc/passwd",
        ),
        *("https://unknown.example.org/page", "https:///page", "nonsense"),
    ],
)
def test_other_ports_schemes_and_bare_addresses_are_not_dialled(outside, url):
    assert refused(outside, url)
    assert outside.dialled == []


def test_a_certificate_for_another_name_is_refused(outside):
    outside.names["other.example.org", "A"] = [PUBLIC]
    assert refused(outside, "https://other.example.org/page")
    assert "GET /page identity" not in outside.asked


def test_redirects_are_not_followed(outside):
    outside.says("/moved", b"", 302, location=PAGE)
    assert refused(outside, f"https://{HOST}/moved")
    assert "GET /page identity" not in outside.asked


def test_a_packed_body_is_refused_before_anything_is_unpacked(outside):
    outside.says("/packed", gzip.compress(b"x" * 1_000_000), content_encoding="gzip")
    assert refused(outside, f"https://{HOST}/packed")


def test_a_long_body_is_refused_and_one_at_the_limit_is_not(outside):
    outside.says("/long", b"x" * (MAX_BYTES + 1))
    outside.says("/limit", b"x" * MAX_BYTES)
    assert refused(outside, f"https://{HOST}/long")
    assert len(fetched(outside, f"https://{HOST}/limit")) == MAX_BYTES


def test_a_server_that_keeps_silent_is_given_up(outside, monkeypatch):
    """A promise of time, tested with a shorter one; the server waits until the client has gone."""
    monkeypatch.setattr(safe_http, "SECONDS", 0.3)
    outside.pages["/silent"] = lambda request: request.rfile.read(1)
    assert refused(outside, f"https://{HOST}/silent")
    assert fetched(outside) == b"hello"


def test_the_environments_proxy_is_not_heeded(outside, monkeypatch):
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert fetched(outside) == b"hello"


def proved(outside, token="t" * 43):
    return asyncio.run(domain_proof.look_for(outside.client(), HOST, token)) == "found"


def test_a_domain_is_proved_by_a_record_or_by_a_file(outside):
    statement = domain_proof.statement("t" * 43)
    assert not proved(outside)
    outside.names[f"_shanyraq.{HOST}", "TXT"] = ['"something else"', f'"{statement}"']
    assert proved(outside)
    assert not proved(outside, "u" * 43)
    del outside.names[f"_shanyraq.{HOST}", "TXT"]
    outside.says("/.well-known/shanyraq.txt", f"hello\r\n{statement}\r\n".encode())
    assert proved(outside)
    assert not proved(outside, "u" * 43)


def test_a_record_elsewhere_proves_nothing(outside):
    outside.names[HOST, "TXT"] = [f'"{domain_proof.statement("t" * 43)}"']
    assert not proved(outside)
