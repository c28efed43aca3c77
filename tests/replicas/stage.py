"""Replicas of the portal behind a real proxy, each a process of its own on this machine."""

from __future__ import annotations

import os
import shutil
import ssl
import subprocess
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from portal import HOME
from tests.functional.processes import COMMAND, PATIENCE, environment, free_port

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

NAME = "localhost"


def program(name: str) -> str:
    """Where a program of the machine is; the test is skipped where it is not, but never in CI."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    if found is None and not os.environ.get("CI"):
        pytest.skip(f"{name} is not installed on this machine")
    assert found, f"{name} is missing"
    return found


@dataclass
class Replica:
    """One `portal serve`, which is stopped and started at its port, by this or another release."""

    folder: Path
    settings: dict[str, Any]
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Where it is reached past the proxy."""
        return f"http://127.0.0.1:{self.port}"

    def start(self, home: Path = HOME) -> None:
        """Begins to serve; returns when it is ready."""
        given = environment(self.folder, port=self.port, **self.settings)
        given["PYTHONPATH"] = str(home)
        with (self.folder / f"log-{self.port}").open("ab") as log:
            self.process = subprocess.Popen(
                [*COMMAND, "serve"], cwd=home, env=given, stdout=log, stderr=log
            )
        wait_until(lambda: self.ready() == httpx.codes.OK, self.process)

    def ready(self) -> int:
        """What /readyz answers."""
        asked = f"{self.address}/readyz"
        return httpx.get(asked, headers={"host": NAME}, trust_env=False).status_code

    def stop(self) -> None:
        """As its operator would end it."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(PATIENCE)

    def kill(self) -> None:
        """As a power cut would end it."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(PATIENCE)


def wait_until(is_so: Any, process: subprocess.Popen[bytes]) -> None:
    """Returns when something is so; fails where the process has ended, or after a minute."""
    until = time.monotonic() + PATIENCE
    while True:
        with suppress(httpx.TransportError):
            if is_so():
                return
        assert process.poll() is None, f"{process.args} ended"
        assert time.monotonic() < until, f"{process.args} is not ready"
        time.sleep(0.05)


@dataclass
class Proxy:
    """A running proxy: where it is, and the certificate to believe."""

    port: int
    certificate: Path
    process: subprocess.Popen[bytes]

    @property
    def address(self) -> str:
        """The portal's public address."""
        return f"https://{NAME}:{self.port}"

    def browser(self, session: str | None = None, **more: str) -> httpx.Client:
        """A browser that keeps no cookies but those it is given, and follows nothing."""
        return browser(self.address, self.address, session, certificate=self.certificate, **more)


def browser(
    address: str,
    public: str,
    session: str | None = None,
    *,
    certificate: Path | None = None,
    **headers: str,
) -> httpx.Client:
    """A browser on the proxy, or past it on a replica, that comes from our own pages."""
    given = {
        "origin": public,
        "sec-fetch-site": "same-origin",
        "host": public.rsplit("/", maxsplit=1)[-1],
    }
    given |= headers
    if session:
        given["cookie"] = f"__Host-session={session}"
    verify = ssl.create_default_context(cafile=certificate) if certificate else True
    client = httpx.Client(
        base_url=address, headers=given, verify=verify, timeout=60, trust_env=False
    )
    client.cookies.jar.set_policy(_NoCookies())
    return client


class _NoCookies:
    """What a portal sets is not sent along, so that each request says all that it says."""

    rfc2965 = netscape = hide_cookie2 = False
    set_ok = return_ok = domain_return_ok = path_return_ok = lambda *_: False


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for this machine alone, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    kept, secret = folder / "certificate.pem", folder / "key.pem"
    kept.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return kept, secret


def configured(
    folder: Path, upstream: Sequence[int], port: int, cache: str = ""
) -> tuple[Path, Path]:
    """The shipped configuration at this machine's ports; `cache` is what to keep beside files."""
    conf = folder / "conf"
    shutil.copytree(HOME / "deploy" / "nginx", conf)
    (folder / "run").mkdir()
    certificate, key = make_certificate(folder)
    lines = (conf / "replicas.conf").read_text(encoding="utf-8")
    for address, port_of_one in zip(
        ("172.30.7.11:8000", "172.30.7.12:8000"), upstream, strict=False
    ):
        lines = lines.replace(address, f"127.0.0.1:{port_of_one}")
    kept = [line for line in lines.splitlines() if "172.30." not in line]
    (conf / "replicas.conf").write_text("\n".join(kept))
    (conf / "listen.conf").write_text(
        f"listen 127.0.0.1:{port} ssl; ssl_certificate {certificate}; ssl_certificate_key {key};"
    )
    written = (conf / "nginx.conf").read_text(encoding="utf-8")
    changed = written.replace("listen 8080 ", f"listen 127.0.0.1:{free_port()} ")
    if cache:
        changed = changed.replace(
            "location / {\n            proxy_pass", f"location / {{ {cache} proxy_pass"
        )
        changed = changed.replace(
            "upstream portal {", "proxy_cache_path all keys_zone=all:4m;\n upstream portal {"
        )
        assert cache in changed
    (conf / "nginx.conf").write_text(changed, encoding="utf-8")
    return conf / "nginx.conf", certificate


@contextmanager
def nginx(folder: Path, upstream: Sequence[int], port: int, cache: str = "") -> Iterator[Proxy]:
    """The shipped nginx before servers at these ports."""
    conf, certificate = configured(folder, upstream, port, cache)
    # pytest's folders are closed to the user that nginx would become.
    user = " user root;" if os.geteuid() == 0 else ""
    command = [program("nginx"), "-p", folder / "run", "-c", conf, "-g", f"daemon off;{user}"]
    with (folder / "nginx.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    proxy = Proxy(port, certificate, process)
    try:
        with proxy.browser() as asking:
            wait_until(lambda: asking.get("/healthz").status_code == httpx.codes.NOT_FOUND, process)
        yield proxy
    finally:
        process.terminate()
        process.wait(PATIENCE)


SQUID = """
http_port 127.0.0.1:{port} accel defaultsite=localhost no-vhost
{peers}
cache_mem 64 MB
cache deny !all
cache_log {folder}/squid-cache.log
cache_access_log none
pid_filename {folder}/squid.pid
coredump_dir {folder}
http_access allow all
visible_hostname localhost
icp_port 0
shutdown_lifetime 1 second
forwarded_for transparent
via on
{user}
"""


@contextmanager
def squid(folder: Path, upstream: Sequence[int]) -> Iterator[int]:
    """A cache that keeps what may be kept, and asks again whatever is `no-cache`: its port."""
    port = free_port()
    peers = "\n".join(
        f"cache_peer 127.0.0.1 parent {each} 0 no-query originserver round-robin name=p{each}"
        for each in upstream
    )
    conf = folder / "squid.conf"
    user = "cache_effective_user proxy" if os.geteuid() == 0 else ""
    conf.write_text(SQUID.format(port=port, peers=peers, folder=folder, user=user))
    folder.chmod(0o777)
    with (folder / "squid.err").open("wb") as log:
        process = subprocess.Popen([program("squid"), "-N", "-f", conf], stdout=log, stderr=log)
    try:
        asked = {"host": NAME}
        url = f"http://127.0.0.1:{port}/healthz"
        wait_until(
            lambda: httpx.get(url, headers=asked, trust_env=False).status_code == httpx.codes.OK,
            process,
        )
        yield port
    finally:
        process.terminate()
        process.wait(PATIENCE)
