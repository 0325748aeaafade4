#!/usr/bin/env python3
"""Dashboard and alert rules name metrics of docs/metrics.md only, and Prometheus can read the rules.

observability_test.py [GATEWAY WORKER]: files with what the programs have answered at /metrics. Then each name, kind and
label in them must be on the page, and each that the page has from the start on must be in them: so do e2e_tests
(MetricsNames) and the trial of the packages. Exits with 77 (skipped) where the reader of YAML is missing.
"""
import json
import pathlib
import re
import shutil
import subprocess
import sys

try:
    import yaml
except ImportError:
    print("skipped: python3-yaml is not installed")
    sys.exit(77)

root = pathlib.Path(__file__).resolve().parents[2]
folder = root / "deploy" / "observability"
problems = []


def documented():
    page = (root / "docs" / "metrics.md").read_text()
    rows = re.findall(r"^\| `(earshot_\w+)` \| (gauge|counter|histogram) \|([^|]*)\|", page, re.M)
    return {name: (kind, set(re.findall(r"`(\w+)`", labels))) for name, kind, labels in rows}


def names_in(expression):
    return set(re.findall(r"\bearshot_\w+", expression))


def check(where, expression, known):
    for name in names_in(expression):
        plain = re.sub(r"_(bucket|sum|count)$", "", name)
        kind, labels = known.get(name) or known.get(plain) or (None, set())
        if kind is None or (name not in known and kind != "histogram"):
            problems.append(f"{where}: {name} is not in docs/metrics.md")
            continue
        for selector in re.findall(re.escape(name) + r"\{([^}]*)\}", expression):
            for label in re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", selector):
                if label not in labels | {"job", "instance", "le"}:
                    problems.append(f"{where}: {name} has no label {label}")


def rows_of(section):
    """name: (kind, labels, since) of one of the page's two tables."""
    page = (root / "docs" / "metrics.md").read_text()
    text = re.search(rf"^## {section}$(.*?)^## ", page, re.M | re.S)[1]
    rows = re.findall(r"^\| `(earshot_\w+)` \| (\w+) \|([^|]*)\|[^|]*\| ([^|]*?) \|", text, re.M)
    return {name: (kind, set(re.findall(r"`(\w+)`", labels)), since) for name, kind, labels, since in rows}


def compare(section, text):
    """What a program has answered, against its table."""
    rows = rows_of(section)
    kinds = dict(re.findall(r"^# TYPE (\w+) (\w+)$", text, re.M))
    for name, kind in kinds.items():
        if name not in rows:
            problems.append(f"{section}: {name} is not in docs/metrics.md")
        elif rows[name][0] != kind:
            problems.append(f"{section}: {name} is a {kind}, docs/metrics.md has a {rows[name][0]}")
    for name, (_, _, since) in rows.items():
        if since == "start" and name not in kinds:
            problems.append(f"{section}: {name} is in docs/metrics.md only")
    for name, labels in re.findall(r"^(earshot_\w+)\{([^}]*)\}", text, re.M):
        plain = name if name in rows else re.sub(r"_(bucket|sum|count)$", "", name)
        extra = set(re.findall(r"(\w+)=\"", labels)) - {"le"} - rows.get(plain, ("", set(), ""))[1]
        if extra:
            problems.append(f"{section}: {name} has labels that docs/metrics.md does not name: {sorted(extra)}")
    print(f"{section}: {len(kinds)} names")


known = documented()
for section, file in zip(("Gateway", "Worker"), sys.argv[1:]):
    compare(section, pathlib.Path(file).read_text())
if len(known) < 20:
    problems.append(f"docs/metrics.md: only {len(known)} names found")

rules = yaml.safe_load((folder / "earshot-alerts.yaml").read_text())
alerts = [rule for group in rules["groups"] for rule in group["rules"]]
if not alerts:
    problems.append("no alert rules")
for rule in alerts:
    check(f"alert {rule['alert']}", rule["expr"], known)
    if rule["labels"].get("severity") not in ("critical", "warning") or "summary" not in rule["annotations"]:
        problems.append(f"alert {rule['alert']}: severity or summary is missing")

dashboard = json.loads((folder / "grafana-earshot.json").read_text())
expressions = [(panel["title"], target["expr"]) for panel in dashboard["panels"] for target in panel.get("targets", [])]
if len(expressions) < 15:
    problems.append("the dashboard is nearly empty")
for title, expression in expressions:
    check(f"panel '{title}'", expression, known)
identities = [panel["id"] for panel in dashboard["panels"]]
if len(set(identities)) != len(identities):
    problems.append("two panels have one id")
yaml.safe_load((folder / "prometheus.yaml").read_text())

if shutil.which("promtool"):
    told = subprocess.run(["promtool", "check", "config", "prometheus.yaml"], cwd=folder, capture_output=True, text=True)
    if told.returncode != 0:
        problems.append("promtool: " + told.stdout + told.stderr)
else:
    print("promtool is not installed: the expressions themselves were not parsed")

for problem in problems:
    print("FAILED:", problem)
print(f"{len(alerts)} alerts, {len(expressions)} expressions, {len(known)} documented names")
sys.exit(1 if problems else 0)
