"""Joey NMT, driven through its own training loop and its search.

Two things stand in its way here: torch's scheduler no longer takes `verbose`, and its prediction does
not hand `min_output_length` on to its search, which is therefore called directly.
"""

import logging
import shutil
from pathlib import Path

from protocol import Enough, Laps, Sentence, Task, measure_decoding, task


def mend() -> None:
    import joeynmt.builders

    scheduler = joeynmt.builders.ReduceLROnPlateau

    def quiet(*, verbose, **settings):
        return scheduler(**settings)

    joeynmt.builders.ReduceLROnPlateau = quiet


def settings(given: Task) -> Path:
    Path(given.model).parent.mkdir(parents=True, exist_ok=True)
    path = Path(given.model).with_suffix(f".{given.action}.yaml")
    limit = given.updates if given.action == "make" else 10**9
    path.write_text(given.filled(limit=limit), "utf-8")
    return path


def train(given: Task) -> None:
    from joeynmt.config import load_config
    from joeynmt.helpers import make_model_dir
    from joeynmt.training import TrainManager
    from joeynmt.training import train as run

    laps = Laps(given)
    step, before = TrainManager._train_step, []

    def counted(self, batch):
        # The update of the weights comes after this: a lap is from one beginning to the next.
        if before:
            laps.update(before.pop())
        before.append(batch.ntokens)
        return step(self, batch)

    if given.action == "train":
        TrainManager._train_step = counted
    path = settings(given)
    configuration = load_config(path)
    make_model_dir(Path(given.model), overwrite=True)
    shutil.copy2(path, Path(given.model) / "config.yaml")
    try:
        run(rank=0, world_size=None, cfg=configuration, skip_test=True)
    except Enough:
        laps.report()


def decode(given: Task) -> None:
    import torch
    from joeynmt.batch import Batch
    from joeynmt.config import load_config, parse_global_args
    from joeynmt.prediction import prepare
    from joeynmt.search import search

    logging.disable(logging.INFO)
    configuration = load_config(settings(given))
    arguments = parse_global_args(configuration, rank=0, mode="translate")
    model = prepare(arguments, rank=0, mode="translate")[0].eval()

    def answer(batch: list[Sentence], beam: int) -> int:
        ids, lengths, *_ = model.src_vocab.sentences_to_ids(batch, bos=False, eos=True)
        read = Batch(
            src=torch.tensor(ids),
            src_length=torch.tensor(lengths),
            src_prompt_mask=None,
            trg=None,
            trg_prompt_mask=None,
            indices=torch.arange(len(batch)),
            device=torch.device("cpu"),
            pad_index=model.pad_index,
            eos_index=model.eos_index,
            is_train=False,
        )
        output, _, _ = search(
            model,
            read,
            max_output_length=given.steps,
            beam_size=beam,
            beam_alpha=1.0,
            min_output_length=given.steps,
        )
        return output.shape[1]

    measure_decoding(given, answer)


def main() -> None:
    given = task()
    import torch

    torch.set_num_threads(given.threads)
    mend()
    {"make": train, "train": train, "decode": decode}[given.action](given)


if __name__ == "__main__":
    main()
