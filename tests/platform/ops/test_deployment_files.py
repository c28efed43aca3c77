"""What lies in deploy/ fits the portal: every metric that is watched there is told."""

import json
import re

import yaml

from portal import HOME
from portal.app import declared_links
from portal.core import clock
from portal.domain.privacy.retention import record_run
from portal.domain.privacy.retention_rules import MaintenanceJob
from portal.worker.loop import Worker
from tests.conftest import ADDRESS
from tests.platform.ops.test_monitoring import KIND, REPORT, near

DEPLOY = HOME / "deploy"
# Prometheus makes it itself.
ITS_OWN = {"up"}
WORDS = re.compile(r"\b(?:portal|process|up)(?:_[a-z_]+)?\b(?!=)")


def watched():
    """Every expression, by what names it."""
    board = json.loads((DEPLOY / "grafana.json").read_text(encoding="utf-8"))
    for panel in board["panels"]:
        for target in panel["targets"]:
            yield panel["title"], target["expr"]
    rules = yaml.safe_load((DEPLOY / "alerts.yml").read_text(encoding="utf-8"))
    for group in rules["groups"]:
        for rule in group["rules"]:
            assert rule["annotations"]["summary"], rule["alert"]
            yield rule["alert"], rule["expr"]


def names_in(expression):
    without_labels = re.sub(r"{[^}]*}|\b(?:by|without)\s*\([^)]*\)|\[[^]]*\]", "", expression)
    return set(WORDS.findall(without_labels))


def test_every_metric_that_is_watched_is_told(app, client, database, settings):
    client.get("/en")
    client.post("/csp-reports", json=REPORT, headers=KIND)
    Worker(database, declared_links(settings), settings).round(clock.now())
    backed_up = clock.now()
    with database.writing() as db:
        record_run(db, MaintenanceJob.BACKUP, 1, backed_up)
    text = near(app).get("/metrics").text
    told = {re.match(r"\w+", line)[0] for line in text.splitlines() if not line.startswith("#")}
    expressions = list(watched())
    assert len(expressions) > 20
    for title, expression in expressions:
        names = names_in(expression)
        assert names, title
        assert names <= told | ITS_OWN, title
    values = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    # To the second, not to the hour.
    moment = float(values["portal_backup_last_timestamp_seconds"])
    assert abs(moment - backed_up.timestamp()) < 1
    assert ADDRESS not in text


def test_labels_that_are_watched_are_those_of_the_metrics():
    for title, expression in watched():
        for labels in re.findall(r"by \(([^)]*)\)", expression):
            assert set(labels.split(", ")) <= {"le", "route", "status", "directive"}, title
        for label in re.findall(r"{(\w+)=", expression):
            assert label in {"status", "job"}, title


def test_image_and_unit_file_have_glibc_return_free_memory():
    for name in ("Dockerfile", "deploy/shanyraq.service"):
        text = (HOME / name).read_text(encoding="utf-8")
        assert re.search(r"^[^#]*\bMALLOC_ARENA_MAX=1\b", text, re.MULTILINE), name
        assert re.search(r"^[^#]*\bMALLOC_TRIM_THRESHOLD_=65536\b", text, re.MULTILINE), name
