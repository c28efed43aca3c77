"""What compose.yaml, the Dockerfile and nginx promise an operator, as far as files can say it."""

import fnmatch
import http.server
import os
import re
import shutil
import subprocess
import sys
import threading

import pytest
import yaml

from portal import HOME
from portal.cli.main import parser
from portal.config.settings import Settings
from tests.processes import environment

COMPOSE = (HOME / "compose.yaml").read_text(encoding="utf-8")
SERVICES = yaml.safe_load(COMPOSE)["services"]
SECRETS = yaml.safe_load(COMPOSE)["secrets"]
OURS = {name: each for name, each in SERVICES.items() if "build" in each}
REPLICAS = {name: each for name, each in OURS.items() if name.startswith("portal-")}
DOCKERFILE = (HOME / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
FINAL = DOCKERFILE[DOCKERFILE.rindex("\nFROM ") + 1 :]
NGINX = HOME / "deploy" / "nginx"
KNOWN = {f"PORTAL_{name.upper()}" for name in Settings.model_fields}


def test_every_setting_that_is_named_is_one():
    given = (HOME / "deploy" / "portal.env.example").read_text(encoding="utf-8")
    written = f"{COMPOSE}\n{DOCKERFILE}\n{given}"
    assert set(re.findall(r"\bPORTAL_[A-Z_]+\b", written)) <= KNOWN
    files = {name for each in OURS.values() for name in each["secrets"]}
    assert {name.upper() for name in files if name.startswith("portal_")} <= KNOWN


def test_nothing_starts_with_a_secret_by_default():
    # `:?` refuses, `:-` and `-` would make one up.
    assert not re.findall(r"\$\{\w+:?[-+]", COMPOSE)
    assert "PORTAL_BASE_URL:?" in COMPOSE
    named = {name for each in SERVICES.values() for name in each.get("secrets", ())}
    assert named == SECRETS.keys()
    assert all(each == {"file": f"deploy/secrets/{name}"} for name, each in SECRETS.items())
    for name, service in SERVICES.items():
        for variable, value in service.get("environment", {}).items():
            is_secret = re.search(r"PASSWORD|SECRET|KEY|TOKEN|DATABASE_URL|SMTP", variable)
            assert not is_secret or value.startswith("/run/secrets"), (name, variable)
    kept = subprocess.run(
        ["git", "ls-files", "deploy/secrets", "deploy/acme", "deploy/portal.env"],
        cwd=HOME,
        capture_output=True,
        text=True,
        check=True,
    )
    assert [line for line in kept.stdout.split() if not line.endswith(".gitignore")] == []


def test_services_are_shut_in():
    for name, service in SERVICES.items():
        assert service["read_only"], name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert "healthcheck" in service or name in REPLICAS, name
        assert ("ports" in service) is (name == "proxy"), name
        image = service["image"]
        assert re.search(r":\d+\.\d+(\.\d+)?(-|$)|:\$\{SHANYRAQ_VERSION:\?", image), image
    for store in ("postgres", "valkey"):
        assert SERVICES[store]["networks"] == ["back"]
    assert yaml.safe_load(COMPOSE)["networks"]["back"]["internal"]


def test_replicas_differ_by_their_address_alone_and_the_proxy_knows_each():
    lines = (NGINX / "replicas.conf").read_text()
    told, again = (
        re.findall(rf"^server ([\d.]+):8000 max_fails={end};$", lines, re.MULTILINE)
        for end in ("1 fail_timeout=2s", "0 backup")
    )
    assert len(REPLICAS) >= 2
    addresses = [each["networks"]["front"]["ipv4_address"] for each in REPLICAS.values()]
    assert told == again == addresses
    others = [{**each, "networks": None} for each in REPLICAS.values()]
    assert all(each == others[0] for each in others)
    settings = OURS["portal-1"]["environment"]
    assert settings["PORTAL_WORKER"] == "off"
    proxy = SERVICES["proxy"]["networks"]["front"]["ipv4_address"]
    assert settings["PORTAL_TRUSTED_PROXIES"] == proxy
    (action,) = [each for each in parser()._actions if each.choices]
    assert all(each["command"][1] in action.choices for each in OURS.values())


@pytest.mark.skipif(shutil.which("docker-compose") is None, reason="docker-compose is not here")
def test_compose_itself_can_read_it(tmp_path):
    shutil.copy(HOME / "compose.yaml", tmp_path)
    (tmp_path / "deploy").mkdir()
    shutil.copy(HOME / "deploy" / "portal.env.example", tmp_path / "deploy" / "portal.env")

    def read(**given):
        return subprocess.run(
            ["docker-compose", "config", "--quiet"],
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), **given},
            capture_output=True,
            text=True,
            check=False,
        )

    whole = {"SHANYRAQ_VERSION": "1", "PORTAL_BASE_URL": "https://portal.example.org"}
    assert (read(**whole).returncode, read(**whole).stderr) == (0, "")
    for missing in whole:
        refused = read(**{name: value for name, value in whole.items() if name != missing})
        assert refused.returncode
        assert missing in refused.stderr


def test_the_image_runs_as_nobody_in_particular_and_can_build_nothing():
    assert re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE) == ["python:3.13-slim-trixie"] * 2
    assert all(
        "--require-hashes" in line or "--no-deps" in line
        for line in DOCKERFILE.splitlines()
        if "pip install" in line
    )
    assert "--only-binary :all:" in DOCKERFILE
    assert "pip uninstall --yes flit-core pip" in DOCKERFILE
    assert "python -m pip uninstall --yes pip" in FINAL
    assert not re.search(r"\b(apt-get|pip install|gcc|COPY \.)", FINAL)
    assert "--chown" not in FINAL  # what it runs it cannot write
    assert re.search(r"^USER \d{4,}$", FINAL, re.MULTILINE)
    assert FINAL.index("\nUSER ") < FINAL.index("\nCMD ")
    for line in ("HEALTHCHECK ", "LABEL ", "VOLUME ", "EXPOSE 8000"):
        assert f"\n{line}" in FINAL
    assert not re.search(r"(?i)password|secret|token", DOCKERFILE)


def test_the_image_is_built_from_what_it_needs_alone():
    rules = [
        line
        for line in (HOME / ".dockerignore").read_text().splitlines()
        if line and not line.startswith("#")
    ]
    assert rules[0] == "*"
    allowed = {rule.removeprefix("!") for rule in rules if rule.startswith("!")}
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)
    assert {name for line in copied for name in line.split()} == allowed
    for name in ("data", ".git", "deploy", "tests", ".env", "seal.key"):
        assert not any(fnmatch.fnmatch(name, each) for each in allowed)


def test_nginx_has_the_limits_that_uvicorn_has_not():
    written = (NGINX / "nginx.conf").read_text(encoding="utf-8")
    for limit in (
        *("client_header_timeout", "client_body_timeout", "send_timeout", "keepalive_timeout"),
        *("client_max_body_size", "large_client_header_buffers", "proxy_read_timeout"),
        *("limit_conn clients", "limit_conn everybody", "worker_connections"),
    ):
        assert re.search(rf"^\s*{limit} ", written, re.MULTILINE), limit
    assert "access_log off" in written
    # Whoever is believed about addresses must not pass on what a client says of itself.
    assert "$proxy_add_x_forwarded_for" not in written
    # The portal's own words for what is too large come first.
    from portal.media.images import MAX_BYTES

    most = int(re.search(r"client_max_body_size (\d+)m;", written)[1]) * 1024 * 1024
    assert most > MAX_BYTES * 1.1


@pytest.mark.processes
def test_a_health_check_says_whether_the_portal_is_ready(tmp_path):
    seen = []

    class Answers(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            seen.append((self.path, self.headers["host"]))
            self.send_response(503 if len(seen) > 1 else 200)
            self.end_headers()

        def log_message(self, *_more):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        given = {"port": server.server_port, "base_url": "https://portal.example.org"}

        def check():
            command = [sys.executable, "-m", "portal.cli.ready"]
            told = environment(tmp_path, **given)
            return subprocess.run(command, cwd=HOME, env=told, check=False).returncode

        assert (check(), check()) == (0, 1)
        server.shutdown()
    assert seen == [("/readyz", "portal.example.org")] * 2
    assert check() == 1
