"""Marian, driven through the command line inside the `pymarian` wheel, and through its translator.

Training runs in a process of its own, whose log says labels per second every few updates. The translator
knows no least length: the weight of </s> in the readout is set so low that it is never chosen, and the
most it may write is a multiple of the source, whose length is fixed here.
"""

import json
import re
import resource
import subprocess
import sys
from pathlib import Path

import numpy as np
import yaml
from protocol import Sentence, Task, measure_decoding, report, task

_UPDATES = 10  # between two lines of the log
_LINE = re.compile(r"Up\. (\d+) .*Time ([\d.]+)s : ([\d.]+) words/s")


def command(given: Task, **limits: object) -> list[str]:
    folder = Path(given.model)
    folder.mkdir(parents=True, exist_ok=True)
    for side in ("src", "tgt"):
        lines = (Path(given.data) / f"vocab.{side}").read_text("utf-8").splitlines()
        tokens = ["</s>", "<unk>", *(line.split("\t")[0] for line in lines)]
        numbered = (f"{json.dumps(token)}: {number}\n" for number, token in enumerate(tokens))
        (folder / f"vocab.{side}.yml").write_text("".join(numbered), "utf-8")
    options = yaml.safe_load(given.filled()) | {"cpu-threads": given.threads} | limits
    words = [sys.executable, "-m", "pymarian"]
    for name, value in options.items():
        values = value if isinstance(value, list) else [value]
        words += [f"--{name}", *(str(one).lower() if one is True else str(one) for one in values)]
    return words


def make(given: Task) -> None:
    model = Path(given.model) / "model.npz"
    subprocess.run(command(given, after=f"{given.updates}u"), check=True)
    weights = dict(np.load(model))
    weights["decoder_ff_logit_l2_b"][0, 0] = -1e9  # </s> is the first
    np.savez(model, **weights)


def train(given: Task) -> None:
    """Labels and seconds of each line of the log, the warm-up left out."""
    tokens = seconds = 0.0
    updates = 0
    started = command(given, after="1000000u", **{"disp-freq": f"{_UPDATES}u"})
    with subprocess.Popen(started, stderr=subprocess.PIPE, text=True) as running:
        assert running.stderr is not None
        for line in running.stderr:
            print(line, end="", flush=True)
            found = _LINE.search(line)
            if found is None or int(found[1]) <= max(given.warm, _UPDATES):
                continue
            updates += _UPDATES
            seconds += float(found[2])
            tokens += float(found[2]) * float(found[3])
            if seconds >= given.seconds:
                break
        running.kill()
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    report(train=tokens / seconds, updates=updates, tokens=round(tokens), peak_mb=peak)


def decode(given: Task) -> None:
    from pymarian import Translator

    translators = {}
    factor = given.steps / (len(given.sources()[0]) + 1)  # </s> counted

    def answer(batch: list[Sentence], beam: int) -> int:
        if beam not in translators:
            translators[beam] = Translator(
                models=f"{given.model}/model.npz",
                vocabs=[f"{given.model}/vocab.{side}.yml" for side in ("src", "tgt")],
                beam_size=beam,
                mini_batch=64,
                maxi_batch=1,
                max_length_factor=factor,
                cpu_threads=given.threads,
                workspace=256,
                quiet="",
            )
        written = translators[beam].translate("\n".join(map(" ".join, batch)))
        return len(written.split("\n")[0].split())

    measure_decoding(given, answer)


def main() -> None:
    given = task()
    {"make": make, "train": train, "decode": decode}[given.action](given)


if __name__ == "__main__":
    main()
