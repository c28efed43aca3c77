"""Real proxies before replicas: nginx as it is shipped, and Squid."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from portal import HOME
from tests.certificates import make_certificate
from tests.processes import PATIENCE, free_port
from tests.replicas.stage import NAME, browser, wait_until


def program(name: str) -> str:
    """Where a program of the machine is; the test is skipped where it is not, but never in CI."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    if found is None and not os.environ.get("CI"):
        pytest.skip(f"{name} is not installed on this machine")
    assert found, f"{name} is missing"
    return found


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


def configured(
    folder: Path, upstream: Sequence[int], port: int, cache: str = ""
) -> tuple[Path, Path]:
    """The shipped configuration at this machine's ports; `cache` is what to keep beside files."""
    conf = folder / "conf"
    shutil.copytree(HOME / "deploy" / "nginx", conf)
    (folder / "run").mkdir()
    certificate, key = make_certificate(folder, NAME)
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
    with _cache(folder, port, [program("squid"), "-N", "-f", conf]):
        yield port


# nginx obeys `stale-while-revalidate`, but knows no CDN-Cache-Control: a hop of its own hands that
# on to it as Cache-Control, and browsers are told what was told to them.
CDN = """
daemon off;
pid {folder}/cdn.pid;
error_log stderr crit;
{user}
events {{}}
http {{
    access_log off;
    proxy_temp_path {folder}/cdn-temporary;
    client_body_temp_path {folder}/cdn-bodies;
    client_max_body_size 16m;
    proxy_cache_path {folder}/cdn-pages keys_zone=pages:4m;
    proxy_http_version 1.1;
    proxy_set_header Host $http_host;
    proxy_set_header Connection close;
    upstream replicas {{ {replicas} }}
    map $upstream_http_cdn_cache_control $for_caches {{
        "" $upstream_http_cache_control;
        default $upstream_http_cdn_cache_control;
    }}
    server {{
        listen 127.0.0.1:{port};
        proxy_cache pages;
        proxy_cache_key $request_uri;
        proxy_cache_use_stale updating;
        proxy_cache_background_update on;
        proxy_cache_revalidate on;
        location / {{
            proxy_pass http://127.0.0.1:{hop};
            proxy_hide_header Cache-Control;
            proxy_hide_header For-Browsers;
            add_header Cache-Control $upstream_http_for_browsers always;
            add_header Cache-Status $upstream_cache_status always;
        }}
    }}
    server {{
        listen 127.0.0.1:{hop};
        location / {{
            proxy_pass http://replicas;
            proxy_hide_header Cache-Control;
            add_header Cache-Control $for_caches always;
            add_header For-Browsers $upstream_http_cache_control always;
        }}
    }}
}}
"""


@contextmanager
def cdn(folder: Path, upstream: Sequence[int]) -> Iterator[int]:
    """A cache that obeys what is said to CDNs alone (RFC 9213): its port."""
    port, hop = free_port(), free_port()
    replicas = " ".join(f"server 127.0.0.1:{each};" for each in upstream)
    user = "user root;" if os.geteuid() == 0 else ""
    conf = folder / "cdn.conf"
    conf.write_text(CDN.format(port=port, hop=hop, replicas=replicas, folder=folder, user=user))
    with _cache(folder, port, [program("nginx"), "-p", folder, "-c", conf]):
        yield port


@contextmanager
def _cache(folder: Path, port: int, command: Sequence[str | Path]) -> Iterator[None]:
    """A cache between replicas and nginx, as long as it is asked."""
    with (folder / "cache.err").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        asked = {"host": NAME}
        url = f"http://127.0.0.1:{port}/healthz"
        wait_until(
            lambda: httpx.get(url, headers=asked, trust_env=False).status_code == httpx.codes.OK,
            process,
        )
        yield
    finally:
        process.terminate()
        process.wait(PATIENCE)
