"""The arithmetic behind the bar, and what is shown where there is no terminal."""

from io import StringIO

import pytest
from rich.console import Console

from seqloom.console.progress import Lines, Meter, Silence, clock, display
from seqloom.training.loop import Step
from seqloom.training.progress import Progress


class Time:
    """A clock that is set by hand."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    time = Time()
    monkeypatch.setattr("time.monotonic", time)
    return time


def update(meter: Meter, loss: float = 1.0, tokens: int = 100) -> None:
    meter.counters.update += 1
    meter.counters.batch += 1
    meter.add(Step(meter.counters.update, loss, tokens, 0.1, 1.0, None))


def test_time_left_is_that_of_the_updates_to_come(time: Time) -> None:
    meter = Meter(Progress(update=10), total=40, max_minutes=None)
    for _ in range(10):
        time.now += 2.0
        update(meter)
    assert meter.seconds_left == pytest.approx(2.0 * 20)
    assert meter.done == pytest.approx(20 / 40)


def test_the_limit_that_is_met_first_counts(time: Time) -> None:
    meter = Meter(Progress(seconds=90.0), total=1000, max_minutes=2.0)
    time.now += 1.0
    update(meter)
    assert meter.seconds_left == pytest.approx(30.0)
    assert meter.done == pytest.approx(0.75)


def test_speed_and_loss_are_those_of_equal_updates(time: Time) -> None:
    meter = Meter(Progress(), total=None, max_minutes=None)
    for _ in range(50):
        time.now += 0.5
        update(meter, loss=3.0, tokens=200)
    assert meter.speed == pytest.approx(400.0)
    assert meter.loss == pytest.approx(3.0)


def test_the_end_of_an_epoch_changes_neither_loss_nor_speed(time: Time) -> None:
    meter = Meter(Progress(), total=None, max_minutes=None)
    time.now += 0.5
    update(meter, loss=3.0, tokens=200)
    time.now += 60.0
    meter.add(Step(1, float("nan"), 0, 0.1, 0.0, None))
    time.now += 0.5
    update(meter, loss=3.0, tokens=200)
    assert meter.speed == pytest.approx(400.0)
    assert meter.loss == pytest.approx(3.0)


def test_an_epoch_lasts_until_its_validation() -> None:
    def epoch(epoch: int, batch: int) -> int:
        return Meter(Progress(epoch=epoch, batch=batch), None, None).epoch

    assert (epoch(0, 1), epoch(0, 7), epoch(1, 0), epoch(1, 1)) == (1, 1, 1, 2)


def test_lines_come_ten_seconds_apart(time: Time) -> None:
    paper = StringIO()
    lines = display(Console(file=paper), quiet=False)
    meter = Meter(Progress(), total=100, max_minutes=None)
    for _ in range(25):
        time.now += 1.0
        update(meter)
        lines.show(meter)
    assert isinstance(lines, Lines)
    assert paper.getvalue().splitlines() == [
        "update 10/100, epoch 1, loss 1.000, 100 tokens/s, 1:30 left",
        "update 20/100, epoch 1, loss 1.000, 100 tokens/s, 1:20 left",
    ]


def test_quiet_shows_nothing() -> None:
    assert isinstance(display(Console(file=StringIO()), quiet=True), Silence)


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0:00"), (59.6, "1:00"), (272, "4:32"), (3872, "1:04:32")]
)
def test_time_is_written_as_a_clock_shows_it(seconds: float, text: str) -> None:
    assert clock(seconds) == text
