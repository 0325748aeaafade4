#!/usr/bin/env python3
"""Dashboard and alert rules name metrics of docs/metrics.md only, and Prometheus can read the rules.

Exits with 77 (skipped) where the reader of YAML is missing. What the programs really answer is compared with the same
page by e2e_tests (MetricsNames).
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


known = documented()
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
