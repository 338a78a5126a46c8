"""Yoyodyne, driven through its own command line classes."""

import contextlib
import logging
from pathlib import Path

from protocol import Curve, Enough, Laps, Sentence, Task, measure_decoding, task


def arguments(given: Task, **more: object) -> list[str]:
    """Its settings, filled in and written beside the model."""
    Path(given.model).mkdir(parents=True, exist_ok=True)
    path = Path(given.model) / f"{given.action}.yaml"
    path.write_text(given.filled(**more), "utf-8")
    return ["--config", str(path)]


def train(given: Task) -> None:
    from yoyodyne import models
    from yoyodyne.cli import main as cli

    laps = Laps(given)
    making = given.action == "make"

    def after(self, outputs, batch, batch_idx):  # a hook of Lightning, which names its arguments
        laps.update(int((~batch.target.mask).sum()))

    if not making:
        models.BaseModel.on_train_batch_end = after
    data = {"train": f"{given.data}/train.tsv", "val": f"{given.data}/dev.tsv"}
    updates = {"limit": given.updates if making else -1}
    try:
        cli.python_interface(["fit", *arguments(given, **data, **updates)])
    except Enough:
        laps.report()


def learn(given: Task) -> None:
    """Its own training; the dev set is decoded without the true targets, in batches of 64."""
    import torch
    from yoyodyne import data, models, special
    from yoyodyne.cli import main as cli

    curve = Curve(given)

    def decoded(model, mapper, batch: list[Sentence]) -> list[Sentence]:
        sources = data.PaddedTensor([mapper.encode_source(source) for source in batch])
        with torch.inference_mode():
            ids = model.greedy_decode_predict_test(*_context(model, data.Batch(sources)))
        rows = ids.argmax(dim=1).tolist()
        ends = [row.index(special.END_IDX) if special.END_IDX in row else len(row) for row in rows]
        return [
            [mapper.index.get_symbol(one) for one in row[:end]]
            for row, end in zip(rows, ends, strict=True)
        ]

    def after(self):  # a hook of Lightning, at the end of an epoch
        mapper = data.mappers.Mapper(self.trainer.datamodule.index)
        self.eval()
        curve.epoch(
            lambda sources: [
                output
                for i in range(0, len(sources), 64)
                for output in decoded(self, mapper, sources[i : i + 64])
            ]
        )
        self.train()

    models.BaseModel.on_train_epoch_end = after
    files = {"train": f"{given.data}/train.tsv", "val": f"{given.data}/dev.tsv"}
    with contextlib.suppress(Enough):
        cli.python_interface(["fit", *arguments(given, **files)])


def _context(model, batch):
    """What the decoder of a model without features attends to, as its forward pass has it."""
    encoded = model.source_encoder(batch.source, model.embeddings)
    if model.has_source_projection:
        encoded = model.source_projection(encoded)
    return model.decoder.get_context(batch.source.tensor, encoded), batch.source.mask


def decode(given: Task) -> None:
    import torch
    from lightning.pytorch import cli as lightning
    from yoyodyne import data, models, special, trainers
    from yoyodyne.cli import main as cli

    logging.disable(logging.INFO)
    torch.set_num_threads(given.threads)
    parts = cli.YoyodyneCLI(
        models.BaseModel,
        data.DataModule,
        parser_kwargs={"parser_mode": "omegaconf"},
        save_config_callback=None,
        subclass_mode_model=True,
        trainer_class=trainers.Trainer,
        run=False,
        args=arguments(given, train="null", val="null", limit=-1),
    )
    assert isinstance(parts, lightning.LightningCLI)
    model, mapper = parts.model.eval(), data.mappers.Mapper(parts.datamodule.index)
    model.trainer = parts.trainer  # which it asks whether it is validating
    weights = torch.load(f"{given.model}/last.ckpt", weights_only=False)["state_dict"]
    model.load_state_dict(weights)
    with torch.no_grad():
        model.classifier.bias[special.END_IDX] = -1e9
    model.max_target_length = given.steps

    def answer(batch: list[Sentence], beam: int) -> int:
        model.beam_width = beam
        sources = [mapper.encode_source(source) for source in batch]
        with torch.inference_mode():
            found = model.predict_step(data.Batch(data.PaddedTensor(sources)), 0)
        return (found[0] if isinstance(found, tuple) else found).shape[-1]

    measure_decoding(given, answer)


def main() -> None:
    given = task()
    import torch

    torch.set_num_threads(given.threads)
    {"make": train, "train": train, "decode": decode, "learn": learn}[given.action](given)


if __name__ == "__main__":
    main()
