"""The weights of all graphs, and of the kernel, in one file."""

import shutil

import numpy as np
import onnx
import pytest
from safetensors.numpy import load_file
from tests.export.runs import PAIRS, saved

import seqloom
from seqloom.errors import UserError
from seqloom.kernel import KernelStepper, library
from seqloom.runtime import GRAPHS, OnnxStepper, load_export

built = pytest.mark.skipif(library.library() is None, reason="the kernel was not built")


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """A run, and the exports of it in 32 bits and in 8."""
    folder = tmp_path_factory.mktemp("shared")
    saved(folder / "run", hidden=24)
    run = seqloom.load(folder / "run")
    run.export(folder / "exact")
    run.export(folder / "rounded", int8=True)
    return folder


@pytest.mark.parametrize("kind", ["exact", "rounded"])
def test_graphs_with_their_weights_elsewhere_are_valid_onnx(folders, kind):
    for name in GRAPHS:
        onnx.checker.check_model(folders / kind / name, full_check=True)


def test_the_models_own_weights_stand_in_the_file_by_their_names(folders):
    own = load_file(folders / "run" / "weights.safetensors")
    found = load_file(folders / "exact" / "weights.safetensors")
    assert {name for name in found if not name.startswith("graph.")} == set(own)
    for name, weight in own.items():
        np.testing.assert_array_equal(found[name], weight)


@pytest.mark.parametrize("kind", ["exact", "rounded"])
def test_nothing_stands_in_the_file_twice(folders, kind):
    found = load_file(folders / kind / "weights.safetensors")
    large = [(w.dtype, w.shape, w.tobytes()) for w in found.values() if w.nbytes >= 1024]
    assert len(set(large)) == len(large)


def test_8_bits_keep_no_matrix_in_32(folders):
    found = load_file(folders / "rounded" / "weights.safetensors")
    # More than the biases of both directions side by side, and than factors.
    assert {str(w.dtype) for w in found.values() if w.ndim > 1 and min(w.shape) > 2} == {"int8"}


def test_in_8_bits_the_graphs_and_the_kernel_have_the_same_numbers(folders):
    own = load_file(folders / "run" / "weights.safetensors")
    found = load_file(folders / "rounded" / "weights.safetensors")
    for name, weight in own.items():
        kept = found[name] * found[name + ".factors"] if weight.ndim > 1 else found[name]
        np.testing.assert_allclose(kept, weight, atol=np.abs(weight).max() / 254 + 1e-7)
    others = [name for name, w in found.items() if name.startswith("graph.") and w.ndim > 1]
    assert all(found[name].dtype == np.float32 for name in others), "biases alone"


@built
@pytest.mark.parametrize("kind", ["exact", "rounded"])
def test_the_kernel_answers_for_an_export_as_the_graphs_do(folders, monkeypatch, kind):
    graphs = seqloom.load(folders / kind)
    expected = graphs.predict([source for source, _ in PAIRS]), graphs.score(PAIRS)
    monkeypatch.delenv("SEQLOOM_KERNEL")
    assert isinstance(load_export(folders / kind).stepper(), KernelStepper)
    kernel = seqloom.load(folders / kind)
    found = kernel.predict([source for source, _ in PAIRS]), kernel.score(PAIRS)
    for ours, theirs in zip(found[0], expected[0], strict=True):
        assert [o.tokens for o in ours.outputs] == [o.tokens for o in theirs.outputs]
        assert [o.score for o in ours.outputs] == pytest.approx([o.score for o in theirs.outputs])
    assert [s.log_prob for s in found[1]] == pytest.approx([s.log_prob for s in expected[1]])


def test_the_graphs_answer_where_the_kernel_is_left_aside(folders):
    assert isinstance(load_export(folders / "exact").stepper(), OnnxStepper)
    assert isinstance(load_export(folders / "rounded").stepper(), OnnxStepper)


@built
def test_weights_that_are_something_else_are_named(folders, tmp_path, monkeypatch):
    monkeypatch.delenv("SEQLOOM_KERNEL")
    folder = shutil.copytree(folders / "exact", tmp_path / "out")
    path = folder / "weights.safetensors"
    path.write_bytes(b"\xff" * path.stat().st_size)
    with pytest.raises(UserError, match="not a whole safetensors file"):
        seqloom.load(folder)
    path.unlink()
    with pytest.raises(UserError, match=r"weights\.safetensors: missing"):
        seqloom.load(folder)
