"""The manifests of Kubernetes fit each other, the station, and the settings that exist."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from okng.config import StationSettings, all_settings
from okng.config.station import ServerSection
from okng.modelfile import new_keys
from okng.records.proof import station_keys
from okng.serve.security.hosts import served_hosts

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "deploy" / "kubernetes"
STATION_DOCKERFILE = (ROOT / "deploy" / "station" / "Dockerfile").read_text("utf-8")
PAGE = (ROOT / "docs" / "how-to" / "kubernetes.md").read_text("utf-8")
FILES = sorted(FOLDER.rglob("*.yaml"))
ALL: list[dict[str, Any]] = [
    each for file in FILES for each in yaml.safe_load_all(file.read_text("utf-8"))
]
STATION = "station/deployment"
KSERVE = "kserve/inference-service"


def _kind(kind: str) -> dict[str, Any]:
    (only,) = [each for each in ALL if each["kind"] == kind]
    return only


def _pods() -> Iterator[tuple[str, dict[str, Any]]]:
    yield STATION, _kind("Deployment")["spec"]["template"]["spec"]
    yield KSERVE, _kind("InferenceService")["spec"]["predictor"]


PODS = dict(_pods())


def _container(name: str) -> dict[str, Any]:
    (only,) = PODS[name]["containers"]
    return dict(only)


def _env(name: str) -> dict[str, dict[str, Any]]:
    return {each["name"]: each for each in _container(name)["env"]}


def test_all_kinds_are_there() -> None:
    """One namespace, so that none lands in another by chance."""
    kinds = {each["kind"] for each in ALL}

    assert kinds == {
        "Namespace", "Deployment", "Service", "HorizontalPodAutoscaler", "PodDisruptionBudget",
        "NetworkPolicy", "PersistentVolumeClaim", "InferenceService",
    }  # fmt: skip
    assert {each["metadata"].get("namespace", "okng") for each in ALL} == {"okng"}


@pytest.mark.parametrize("name", PODS)
def test_pods_have_no_rights(name: str) -> None:
    """As the namespace demands it: the level «restricted», and a read-only root beyond it."""
    pod, container = PODS[name], _container(name)["securityContext"]

    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert f"--uid {pod['securityContext']['runAsUser']} " in STATION_DOCKERFILE
    assert pod["automountServiceAccountToken"] is False
    assert container["allowPrivilegeEscalation"] is False
    assert container["readOnlyRootFilesystem"] is True
    assert container["capabilities"] == {"drop": ["ALL"]}
    assert _kind("Namespace")["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == (
        "restricted"
    )


@pytest.mark.parametrize("name", PODS)
def test_what_the_station_writes_to_is_mounted(name: str) -> None:
    """Its folder and /tmp; the root is read-only."""
    mounts = {each["mountPath"]: each["name"] for each in _container(name)["volumeMounts"]}
    volumes = {each["name"] for each in PODS[name]["volumes"]}

    assert {"/var/lib/okng", "/tmp"} <= mounts.keys()  # noqa: S108
    assert set(mounts.values()) == volumes


@pytest.mark.parametrize("name", PODS)
def test_variables_are_settings(name: str) -> None:
    """A variable that names no setting would be ignored."""
    known = {setting.variable for setting in all_settings(StationSettings)} | {"STORAGE_URI"}

    assert _env(name).keys() <= known


@pytest.mark.parametrize("name", PODS)
def test_links_of_services_are_off(name: str) -> None:
    """They would be variables such as OKNG_PORT, which the station takes for a wrong setting."""
    assert PODS[name]["enableServiceLinks"] is False


@pytest.mark.parametrize("name", PODS)
def test_passwords_come_from_a_secret(name: str) -> None:
    """The page says how it is made; no file has a password."""
    reference = _env(name)["OKNG_RECORDS__DATABASE"]["valueFrom"]["secretKeyRef"]

    assert f"create secret generic {reference['name']} " in PAGE
    assert f"--from-file={reference['key']}=" in PAGE
    assert not [
        file for file in FILES if re.search(r"postgresql://|kind: Secret", file.read_text())
    ]


@pytest.mark.parametrize("name", PODS)
def test_records_end_with_no_pod(name: str) -> None:
    """No spool and no photos in a folder that goes with the pod; each has its own chain."""
    env = _env(name)

    assert env["OKNG_RECORDS__ON_FAILURE"]["value"] == "refuse"
    assert env["OKNG_RECORDS__PHOTOS"]["value"] == "none"
    assert env["OKNG_STATION__NAME"]["valueFrom"]["fieldRef"]["fieldPath"] == "metadata.name"


@pytest.mark.parametrize("name", PODS)
def test_a_station_uses_the_cores_of_its_limit(name: str) -> None:
    """It would count those of the node."""
    container, env = _container(name), _env(name)
    limit = {"resourceFieldRef": {"resource": "limits.cpu", "divisor": "1"}}

    assert env["OKNG_MODELS__SESSIONS"]["valueFrom"] == limit
    assert env["OKNG_MODELS__THREADS"]["valueFrom"] == limit
    assert container["resources"]["limits"]["cpu"] == container["resources"]["requests"]["cpu"]


@pytest.mark.parametrize("name", PODS)
def test_a_pod_ends_later_than_its_station(name: str) -> None:
    """SIGKILL comes after what was accepted is answered."""
    wait = _container(name).get("lifecycle", {"preStop": {"sleep": {"seconds": 0}}})
    before = wait["preStop"]["sleep"]["seconds"]

    assert PODS[name]["terminationGracePeriodSeconds"] > (
        before + StationSettings().server.stop_timeout
    )


@pytest.mark.parametrize("probe", ["startupProbe", "readinessProbe", "livenessProbe"])
def test_the_station_answers_the_host_of_its_probes(probe: str) -> None:
    """A probe asks by the address of the pod, which trusted hosts leave out."""
    http = _container(STATION)[probe]["httpGet"]
    hosts = served_hosts(
        ServerSection(trusted_hosts=_env(STATION)["OKNG_SERVER__TRUSTED_HOSTS"]["value"])
    )
    given = {each["name"]: each["value"] for each in http["httpHeaders"]}

    assert http["path"] == ("/healthz" if probe == "livenessProbe" else "/readyz")
    assert hosts.serves(given["Host"])
    assert not hosts.serves("10.0.0.7")


def test_the_station_answers_the_names_of_its_service() -> None:
    """From the same namespace and from others."""
    service = _kind("Service")["metadata"]
    hosts = served_hosts(
        ServerSection(trusted_hosts=_env(STATION)["OKNG_SERVER__TRUSTED_HOSTS"]["value"])
    )
    short = f"{service['name']}.{service['namespace']}"

    for name in (service["name"], short, f"{short}.svc", f"{short}.svc.cluster.local"):
        assert hosts.serves(name)


def test_everything_names_the_same_pods() -> None:
    """Service, budget, policy and autoscaler find the pods of the Deployment."""
    deployment = _kind("Deployment")
    labels = deployment["spec"]["template"]["metadata"]["labels"]

    assert deployment["spec"]["selector"]["matchLabels"] == labels
    assert _kind("Service")["spec"]["selector"] == labels
    assert _kind("PodDisruptionBudget")["spec"]["selector"]["matchLabels"] == labels
    assert _kind("NetworkPolicy")["spec"]["podSelector"]["matchLabels"] == labels
    target = _kind("HorizontalPodAutoscaler")["spec"]["scaleTargetRef"]
    assert (target["kind"], target["name"]) == ("Deployment", deployment["metadata"]["name"])
    assert "replicas" not in deployment["spec"]


def test_ports_meet() -> None:
    """The port of the image is that of container, service and policy."""
    (port,) = _container(STATION)["ports"]
    (served,) = _kind("Service")["spec"]["ports"]
    (rule,) = _kind("NetworkPolicy")["spec"]["ingress"]

    assert f"EXPOSE {port['containerPort']}" in STATION_DOCKERFILE
    assert served["targetPort"] == port["name"] == rule["ports"][0]["port"]


def test_a_drained_node_leaves_a_pod() -> None:
    """Two at least, of which one may be missing."""
    assert _kind("HorizontalPodAutoscaler")["spec"]["minReplicas"] >= 2
    assert _kind("PodDisruptionBudget")["spec"]["maxUnavailable"] == 1


def test_claims_and_secrets_of_the_deployment_are_there() -> None:
    """Claims in the folder; secrets by a command of the page."""
    claims = {each["metadata"]["name"] for each in ALL if each["kind"] == "PersistentVolumeClaim"}
    used = [each for each in PODS[STATION]["volumes"] if "persistentVolumeClaim" in each]
    secrets = [
        each["secret"]["secretName"] for each in PODS[STATION]["volumes"] if "secret" in each
    ]

    assert {each["persistentVolumeClaim"]["claimName"] for each in used} == claims
    assert all(f"create secret generic {name} " in PAGE for name in secrets)


def test_kserve_asks_by_the_open_inference_protocol() -> None:
    """Its probes are routes of the protocol, and the model is where KServe puts it."""
    container = _container(KSERVE)

    assert container["name"] == "kserve-container"
    assert container["args"][0].startswith("/mnt/models/")
    assert container["readinessProbe"]["httpGet"]["path"] == "/v2/health/ready"
    assert container["livenessProbe"]["httpGet"]["path"] == "/v2/health/live"


def test_a_mounted_key_is_used_and_nothing_is_written_beside_it(tmp_path: Path) -> None:
    """All pods sign with the key of the secret, whose volume is read-only."""
    public = new_keys(tmp_path / "records.key")
    mounts = {each["mountPath"]: each for each in _container(STATION)["volumeMounts"]}

    used = station_keys(tmp_path).sign(b"")

    assert mounts["/var/lib/okng/keys"]["readOnly"] is True
    assert {path.name for path in tmp_path.iterdir()} == {"records.key", public.name}
    assert all(f"--from-file={path.name}=" in PAGE for path in tmp_path.iterdir())
    assert len(bytes.fromhex(used.key)) == 32
