"""Where the arithmetic runs."""

import pytest
import torch

from seqloom.errors import UserError
from seqloom.training.device import choose_device


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with nothing but its CPU."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.mps, "is_available", lambda: False)


@pytest.mark.usefixtures("bare")
def test_without_a_gpu_the_choice_is_the_cpu():
    assert choose_device("auto") == choose_device("cpu") == torch.device("cpu")


@pytest.mark.parametrize("name", ["cuda", "mps"])
@pytest.mark.usefixtures("bare")
def test_a_device_that_is_not_there_is_named_with_those_that_are(name):
    with pytest.raises(UserError) as caught:
        choose_device(name)
    assert str(caught.value) == (
        f"device '{name}' is not there: this machine has cpu. Choose one of these "
        "(training.device to train, --device to predict)."
    )


def test_a_gpu_that_is_there_is_taken(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert choose_device("auto") == torch.device("cuda")
    assert choose_device("cpu") == torch.device("cpu")
