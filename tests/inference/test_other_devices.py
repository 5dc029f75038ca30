"""onnxruntime on another device: offered where it is there, refused with the way out elsewhere.

No machine of the tests has such a device. Azure's provider is in every build and takes no node, so
it stands in for one: the CPU computes all, as it does whatever a device cannot.
"""

from pathlib import Path

import numpy as np
import pytest

from okng import modelfile, onnx_runtime
from okng.certification.setups import setups_at_hand
from okng.config import Runtime
from okng.error_codes import Code
from okng.errors import ConfigError, ModelFileError
from okng.inference import InspectionEngine
from okng.inference.engine.loaded import check_runtime
from okng.inference.sessions import open_session, runtimes_at_hand
from okng.onnx_runtime import PROVIDERS, Provider

PHOTOS = np.random.default_rng(0).integers(0, 255, (2, 40, 60, 3), np.uint8)


@pytest.fixture
def device(monkeypatch: pytest.MonkeyPatch) -> Runtime:
    """A runtime whose provider is there."""
    stand_in = Provider("AzureExecutionProvider", {}, "onnxruntime")
    monkeypatch.setitem(onnx_runtime.PROVIDERS, Runtime.CUDA, stand_in)
    return Runtime.CUDA


@pytest.mark.parametrize("runtime", PROVIDERS)
def test_a_device_that_is_not_there_is_refused(exported: Path, runtime: Runtime) -> None:
    """With the package that has its provider."""
    with pytest.raises(ConfigError) as caught:
        open_session(modelfile.read(exported).data, runtime, 1)

    assert caught.value.code is Code.LIBRARY_MISSING
    assert PROVIDERS[runtime].package in str(caught.value.hint)


def test_a_device_computes_as_the_cpu(exported: Path, device: Runtime) -> None:
    """Every output of photos of any size, also of several threads at once."""
    data = modelfile.read(exported).data
    cpu, other = open_session(data, Runtime.ONNXRUNTIME, 1), open_session(data, device, 1)
    expected, given = (each.run(PHOTOS, cpu.outputs) for each in (cpu, other))

    assert other.outputs == cpu.outputs
    for name in cpu.outputs:
        assert given[name] == pytest.approx(expected[name], abs=1e-6)


def test_an_engine_inspects_on_a_device(exported: Path, device: Runtime) -> None:
    """As on the CPU, with its threads."""
    photos = [np.full((50, 50, 3), level, np.uint8) for level in range(0, 250, 25)]
    scores = []
    for runtime in (Runtime.ONNXRUNTIME, device):
        with InspectionEngine(exported, runtime=runtime) as engine:
            found = [engine.submit(photo) for photo in photos]
            scores.append([future.result().verdict.defect_score for future in found])

    assert scores[1] == pytest.approx(scores[0], abs=1e-6)


@pytest.mark.filterwarnings("ignore:Specified provider")
def test_a_device_that_falls_back_to_the_cpu_is_refused(
    exported: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Onnxruntime does that with a warning, as where a driver is missing: all would be slow."""
    monkeypatch.setattr(onnx_runtime, "is_there", lambda _: True)
    with pytest.raises(ModelFileError, match="CUDA"):
        open_session(modelfile.read(exported).data, Runtime.CUDA, 1)


@pytest.mark.parametrize("runtime", [each for each in Runtime if each is not Runtime.ONNXRUNTIME])
def test_int8_is_for_the_cpu_alone(exported: Path, runtime: Runtime) -> None:
    """Whatever rounds sums in another way changes verdicts."""
    metadata = modelfile.read(exported).metadata.model_copy(update={"precision": "int8"})
    with pytest.raises(ConfigError, match="INT8") as caught:
        check_runtime(metadata, runtime)

    assert caught.value.code is Code.MODEL_OTHER_RUNTIME


def test_certificates_try_the_devices_that_are_there(device: Runtime) -> None:
    """Those that are not there are not listed; OpenVINO always is."""
    tried = {setup.runtime for setup in setups_at_hand()}

    assert tried == set(runtimes_at_hand()) == {Runtime.ONNXRUNTIME, Runtime.OPENVINO, device}
