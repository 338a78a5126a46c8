"""OpenNMT-py, driven through its own training loop and its translator."""

import contextlib
import logging
from pathlib import Path

from protocol import Curve, Enough, Laps, Sentence, Task, measure_decoding, task


def settings(given: Task) -> str:
    Path(given.model).mkdir(parents=True, exist_ok=True)
    path = Path(given.model) / f"{given.action}.yaml"
    path.write_text(given.filled(steps=given.updates if given.action == "make" else 10**9), "utf-8")
    return str(path)


def train(given: Task) -> None:
    from onmt.bin.train import _get_parser
    from onmt.bin.train import train as run
    from onmt.trainer import Trainer

    laps = Laps(given)
    update = Trainer._gradient_accumulation

    def counted(self, batches, *others):
        update(self, batches, *others)
        pad = self.train_loss.padding_idx
        laps.update(sum(int(batch["tgt"][:, 1:, 0].ne(pad).sum()) for batch in batches))

    if given.action == "train":
        Trainer._gradient_accumulation = counted
    options, _ = _get_parser().parse_known_args(["-config", settings(given)])
    try:
        run(options)
    except Enough:
        laps.report()


def learn(given: Task) -> None:
    """Its own training; after as many pairs as an epoch has, what it saves is decoded."""
    from onmt.bin.train import _get_parser
    from onmt.bin.train import train as run
    from onmt.trainer import Trainer

    curve, seen = Curve(given), [0]
    pairs = len((Path(given.data) / "train.src").read_text("utf-8").splitlines())
    update = Trainer._gradient_accumulation

    def counted(self, batches, *others):
        update(self, batches, *others)
        before = seen[0] // pairs
        seen[0] += sum(len(batch["srclen"]) for batch in batches)
        if seen[0] // pairs > before:
            self.model_saver.save(seen[0] // pairs)
            curve.epoch(lambda sources: _decoded(given, seen[0] // pairs, sources))

    Trainer._gradient_accumulation = counted
    options, _ = _get_parser().parse_known_args(["-config", settings(given)])
    with contextlib.suppress(Enough):
        run(options)


def _decoded(given: Task, epoch: int, sources: list[Sentence]) -> list[Sentence]:
    translator = opened(f"{given.model}/model_step_{epoch}.pt", 0, given.steps)
    translator.beam_size, translator.sample_from_topk = 1, 1
    read = translator.vocabs["src"], translator.vocabs["tgt"]
    outputs: dict[int, Sentence] = {}
    # One length at a time, so that nothing is padded.
    for length in {len(source) for source in sources}:
        places = [i for i, source in enumerate(sources) if len(source) == length]
        found = translate(translator, [sources[i] for i in places], read[0])
        for place, best in zip(places, found, strict=True):
            words = [read[1].lookup_index(int(one)) for one in best[0]]
            outputs[place] = [word for word in words if word != "</s>"]
    return [outputs[i] for i in range(len(sources))]


def opened(model: str, shortest: int, longest: int):
    """Its translator of a saved model."""
    from onmt.bin.translate import _get_parser
    from onmt.inference_engine import InferenceEnginePY
    from onmt.utils.parse import ArgumentParser

    limits = ["-min_length", str(shortest), "-max_length", str(longest), "-max_length_ratio", "0"]
    options = _get_parser().parse_args(["-model", model, "-src", "unused", *limits])
    ArgumentParser.validate_translate_opts(options)
    ArgumentParser._get_all_transform_translate(options)
    ArgumentParser._validate_transforms_opts(options)
    ArgumentParser.validate_translate_opts_dynamic(options)
    return InferenceEnginePY(options).translator


def translate(translator, batch: list[Sentence], vocabulary):
    """The predictions for sources of one length."""
    import torch

    ids = torch.tensor([[vocabulary[token] for token in source] for source in batch])
    lengths = torch.full((len(batch),), ids.shape[1])
    with torch.inference_mode():
        source = {"src": ids.unsqueeze(2), "srclen": lengths}
        return translator.translate_batch(source, attn_debug=False)["predictions"]


def decode(given: Task) -> None:
    translator = opened(f"{given.model}/model_step_{given.updates}.pt", given.steps, given.steps)
    logging.disable(logging.INFO)

    def answer(batch: list[Sentence], beam: int) -> int:
        # With one candidate to sample from, its greedy search; with none, its beam search.
        translator.beam_size, translator.sample_from_topk = beam, int(beam == 1)
        return len(translate(translator, batch, translator.vocabs["src"])[0][0])

    measure_decoding(given, answer)


def main() -> None:
    given = task()
    import torch

    torch.set_num_threads(given.threads)
    {"make": train, "train": train, "decode": decode, "learn": learn}[given.action](given)


if __name__ == "__main__":
    main()
