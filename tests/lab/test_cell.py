"""A cell that is stopped and gone on with tells what all of its processes cost."""

import pytest
from tests.lab.toy import written

from seqloom.console.session import Stopped
from seqloom.lab import cell, memory
from seqloom.lab.experiment import cells, read_experiment


@pytest.fixture
def one(tmp_path, monkeypatch):
    """The experiment of one cell, and the cell."""
    monkeypatch.setenv("TOY", str(tmp_path))
    experiment = read_experiment(written(tmp_path))
    return experiment, next(cells(experiment, tmp_path / "out"))


@pytest.fixture
def held(monkeypatch):
    """Says how much this process has held."""
    return lambda peak: monkeypatch.setattr(memory, "peak_bytes", lambda: peak)


def test_the_largest_peak_is_kept(tmp_path, held):
    folder = tmp_path / "cell"
    for peak, kept in ((300, 300), (200, 300), (700, 700), (1, 700)):
        held(peak)
        assert memory.kept_peak(folder) == kept


def test_a_peak_is_in_bytes():
    block = b"x" * 50_000_000
    assert len(block) < memory.peak_bytes() < 1_000_000 * len(block)


def test_what_training_held_counts_where_another_process_answers_the_test_set(
    one, held, monkeypatch
):
    experiment, toy = one
    held(9_000_000_000)
    with monkeypatch.context() as while_stopped:
        # Stopped behind the last update, before the test set is asked.
        train = cell._trained

        def trained_then_stopped(*given):
            train(*given)
            raise Stopped("stopped", 143, True)

        while_stopped.setattr(cell, "_trained", trained_then_stopped)
        with pytest.raises(Stopped):
            cell.run_cell(experiment, toy)
    held(1_000_000)
    assert cell.run_cell(experiment, toy)["peak_megabytes"] == 9000
