#!/usr/bin/env python3
"""The Dockerfile, the compose files and the Kubernetes manifests, read by what knows their formats.

EARSHOT_CHECKERS names a virtual environment with checkers.txt (deploy/test.sh makes it). What is missing there skips its
check and says so; 77 (skipped) when nothing could be checked. Rules of our own are checked in any case.

manifests_test.py [FOLDER]    the folder of the programs, which then read the settings that these files give them
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

try:
    import yaml
except ImportError:
    print("skipped: python3-yaml is not installed")
    sys.exit(77)

root = pathlib.Path(__file__).resolve().parents[2]
containers = root / "deploy" / "containers"
kubernetes = root / "deploy" / "kubernetes"
programs = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else None
checkers = pathlib.Path(os.environ.get("EARSHOT_CHECKERS", "/nowhere")) / "bin"
problems = []
skipped = []


def tool(name):
    path = checkers / name
    return str(path) if path.exists() else shutil.which(name)


def told(command, **options):
    ran = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    return ran.returncode, (ran.stdout + ran.stderr).strip()


def expect(what, condition):
    if not condition:
        problems.append(what)


def check_dockerfile():
    text = (containers / "Dockerfile").read_text()
    for stage in ("gateway", "worker", "tools"):
        body = re.search(rf"^FROM base AS {stage}$(.*?)(?=^FROM |\Z)", text, re.M | re.S)
        expect(f"Dockerfile: no stage {stage}", body)
        if not body:
            continue
        user = re.search(r"^USER (\d+):(\d+)$", body[1], re.M)
        expect(f"Dockerfile, {stage}: a numeric user that is not root", user and user[1] != "0")
        expect(f"Dockerfile, {stage}: a health check", stage == "tools" or "HEALTHCHECK" in body[1])
    linter = tool("hadolint")
    if not linter:
        return skipped.append("hadolint is not installed")
    code, output = told([linter, "--no-color", str(containers / "Dockerfile")])
    expect(f"hadolint:\n{output}", code == 0)


def check_compose():
    reader = tool("python") if (checkers / "python").exists() else sys.executable
    has_reader = told([reader, "-c", "import compose_spec"])[0] == 0
    if not has_reader:
        skipped.append("compose-spec is not installed")
    targets = set(re.findall(r"^FROM \S+ AS (\w+)$", (containers / "Dockerfile").read_text(), re.M))
    for file in sorted(containers.glob("compose*.yaml")):
        services = yaml.safe_load(file.read_text())["services"]
        for name, service in services.items():
            where = f"{file.name}, {name}"
            expect(f"{where}: no root file system that can be written", service.get("read_only") is True)
            expect(f"{where}: no capabilities", service.get("cap_drop") == ["ALL"])
            expect(f"{where}: no new privileges", "no-new-privileges:true" in service.get("security_opt", []))
            expect(f"{where}: a limit of memory", "mem_limit" in service)
            expect(f"{where}: a target of the Dockerfile", service["build"]["target"] in targets)
            expect(f"{where}: time to drain", service.get("stop_grace_period") == "30s")
        if has_reader:
            script = "import sys, compose_spec; compose_spec.PyCompose.from_yaml(open(sys.argv[1]).read())"
            code, output = told([reader, "-c", script, str(file)])
            expect(f"{file.name}: {output.splitlines()[-1] if output else ''}", code == 0)


def objects():
    """All of the base as kustomize makes it, or file by file where kubectl is missing."""
    if shutil.which("kubectl"):
        code, output = told(["kubectl", "kustomize", str(kubernetes / "overlays" / "example")])
        expect(f"kustomize: {output}", code == 0)
        return list(yaml.safe_load_all(output)) if code == 0 else []
    skipped.append("kubectl is not installed: the overlay was not put together")
    base = kubernetes / "base"
    files = yaml.safe_load((base / "kustomization.yaml").read_text())["resources"]
    return [one for file in files for one in yaml.safe_load_all((base / file).read_text())]


def check_kubernetes():
    made = objects()
    validate = tool("kubernetes-validate")
    if validate:
        code, output = told([validate, "--strict", "--no-warn", "-"], input=yaml.safe_dump_all(made))
        if "No such file" in output:  # it reads files alone
            path = pathlib.Path(os.environ.get("TMPDIR", "/tmp")) / f"earshot-manifests-{os.getpid()}.yaml"
            path.write_text(yaml.safe_dump_all(made))
            code, output = told([validate, "--strict", "--no-warn", str(path)])
            path.unlink()
        expect(f"kubernetes-validate:\n{output}", code == 0)
    else:
        skipped.append("kubernetes-validate is not installed")
    by_kind = {}
    for one in made:
        by_kind.setdefault(one["kind"], {})[one["metadata"]["name"]] = one
    for kind, name in (("StatefulSet", "gateway"), ("Deployment", "worker")):
        workload = by_kind[kind][name]["spec"]["template"]["spec"]
        expect(f"{name}: not root", workload["securityContext"]["runAsNonRoot"] is True)
        for container in workload["containers"]:
            for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
                expect(f"{name}: {probe}", probe in container)
            expect(f"{name}: limits", "memory" in container["resources"]["limits"])
            expect(f"{name}: no capabilities", container["securityContext"]["capabilities"] == {"drop": ["ALL"]})
        expect(f"{name}: a disruption budget", name in by_kind["PodDisruptionBudget"])
        expect(f"{name}: a network policy", name in by_kind["NetworkPolicy"])
    # Else the kubelet gives the group what the gateway keeps to itself, which it then refuses to read.
    policy = by_kind["StatefulSet"]["gateway"]["spec"]["template"]["spec"]["securityContext"].get("fsGroupChangePolicy")
    expect("gateway: its secrets keep their modes", policy == "OnRootMismatch")
    settings = yaml.safe_load((kubernetes / "base" / "config" / "worker.yaml").read_text())
    grace = by_kind["Deployment"]["worker"]["spec"]["template"]["spec"]["terminationGracePeriodSeconds"]
    expect("worker: its turns end before it is killed", settings["drain_ms"] / 1000 < grace)
    metric = by_kind["HorizontalPodAutoscaler"]["worker"]["spec"]["metrics"][0]["pods"]["metric"]["name"]
    expect(f"{metric} is in docs/metrics.md", f"`{metric}`" in (root / "docs" / "metrics.md").read_text())
    udp = [port for port in by_kind["Service"]["gateway-devices"]["spec"]["ports"] if port.get("protocol") == "UDP"]
    expect("gateway-devices: audio over UDP", len(udp) == 1)


def in_force(where, program, arguments, **options):
    """What the program would run with, as its --check-config says; nothing when it refuses."""
    code, output = told([str(programs / program), *arguments, "--check-config"], **options)
    expect(f"{where}: {program} takes its settings:\n{output}", code == 0)
    return yaml.safe_load(output) if code == 0 else {}


def joined_folder(work):
    """What a worker has after it has joined (or was given a certificate): certificate, key, authority, gateways."""
    pki, folder = work / "pki", work / "upstairs"
    for arguments in (["init", "--dir", str(pki), "--host", "gw.example"],
                      ["worker", "upstairs", "--dir", str(pki), "--out", str(folder)]):
        code, output = told([str(programs / "earshotctl"), "pki", *arguments])
        expect(f"earshotctl pki {arguments[0]}: {output}", code == 0)
    (folder / "gateways").write_text("tls:gw.example:9443\n")
    return folder


def check_remote_gateway(where, settings, pki):
    expect(f"{where}: workers of other machines come", settings.get("workers.remote_listen") == "tls:0.0.0.0:9443")
    expect(f"{where}: its certificate is read where it is mounted", settings.get("workers.pki_dir") == pki)


def check_remote_worker(where, arguments, pki, gateway, folder):
    """The folder stands for the one that is mounted."""
    here = [argument.replace(pki, str(folder)) for argument in arguments]
    expect(f"{where}: its certificate is read where it is mounted", here != arguments)
    settings = in_force(where, "earshot-worker", here)
    expect(f"{where}: it dials {gateway}", settings.get("gateways") == [gateway])


def check_kubernetes_settings(work, folder):
    base = kubernetes / "base"
    pods = {}
    for name in ("gateway", "worker"):
        pod = yaml.safe_load((base / f"{name}.yaml").read_text())["spec"]["template"]["spec"]["containers"][0]
        mounts = {mount["name"]: mount["mountPath"] for mount in pod["volumeMounts"]}
        pods[name] = (pod.get("args", []), mounts["pki"])
    arguments, pki = pods["gateway"]
    overlay = yaml.safe_load((kubernetes / "overlays" / "example" / "address.yaml").read_text())
    arguments = arguments + overlay["spec"]["template"]["spec"]["containers"][0]["args"]
    settings = in_force("kubernetes", "earshot-gateway",
                        ["--config", str(base / "config" / "gateway.yaml"), *arguments])
    check_remote_gateway("kubernetes", settings, pki)
    arguments, pki = pods["worker"]
    text = (base / "config" / "worker.yaml").read_text()
    expect("kubernetes: the worker's certificate is read where it is mounted", pki in text)
    copy = work / "worker.yaml"
    copy.write_text(text.replace(pki, str(folder)))
    settings = in_force("kubernetes", "earshot-worker", ["--config", str(copy), *arguments])
    expect("kubernetes: the worker dials its gateway", settings.get("gateways") == ["tls:gateway:9443"])


def check_compose_settings(folder):
    for file in sorted(containers.glob("compose*.yaml")):
        for name, service in yaml.safe_load(file.read_text())["services"].items():
            command = [re.sub(r"\$\{\w+:\?[^}]*\}", "192.0.2.10", word) for word in service.get("command", [])]
            command = ["--config", str(containers / f"{name}.yaml"), *command]
            where = f"{file.name}, {name}"
            pki = [volume["target"] for volume in service["volumes"] if isinstance(volume, dict)]
            if not pki:
                in_force(where, f"earshot-{name}", command)
            elif name == "gateway":
                check_remote_gateway(where, in_force(where, "earshot-gateway", command), pki[0])
            else:
                check_remote_worker(where, command, pki[0], "tls:192.0.2.10:9443", folder)


def check_joined_workers(folder):
    """A file that names no gateway of its own leaves a joined worker to those that it joined."""
    for file in ("packages/worker.yaml", "containers/worker.yaml", "config/worker.yaml"):
        settings = in_force(file, "earshot-worker", ["--config", str(root / "deploy" / file)],
                            env={**os.environ, "STATE_DIRECTORY": str(folder)})
        expect(f"{file}: a joined worker dials its gateway", settings.get("gateways") == ["tls:gw.example:9443"])


def check_settings():
    if not programs:
        return skipped.append("no folder of programs: the settings were not read by them")
    with tempfile.TemporaryDirectory() as name:
        work = pathlib.Path(name)
        folder = joined_folder(work)
        check_kubernetes_settings(work, folder)
        check_compose_settings(folder)
        check_joined_workers(folder)


check_dockerfile()
check_compose()
check_kubernetes()
check_settings()
for reason in skipped:
    print("skipped:", reason)
for problem in problems:
    print("FAILED:", problem)
sys.exit(1 if problems else 0)
