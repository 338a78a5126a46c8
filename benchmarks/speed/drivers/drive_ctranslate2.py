"""CTranslate2 with a Transformer of about the size, its weights drawn at random.

It runs no recurrent decoder, so it is no peer of the architecture but the mark that fast CPU decoding is
measured by. Random weights take as long as learnt ones where the length is fixed.
"""

from pathlib import Path

import numpy as np
import yaml
from protocol import Sentence, Task, measure_decoding, task


def make(given: Task) -> None:
    import ctranslate2
    from ctranslate2.specs import TransformerSpec

    sizes = yaml.safe_load(given.filled())
    spec = TransformerSpec.from_config(sizes["layers"], sizes["heads"])
    vocabularies = [vocabulary(given, side) for side in ("src", "tgt")]
    fill(spec, sizes["hidden"], sizes["feedforward"], *map(len, vocabularies))
    spec.register_source_vocabulary(vocabularies[0])
    spec.register_target_vocabulary(vocabularies[1])
    spec.validate()
    spec.optimize()
    folder = Path(given.model)
    folder.mkdir(parents=True, exist_ok=True)
    spec.save(str(folder))
    assert ctranslate2.contains_model(str(folder))


def vocabulary(given: Task, side: str) -> list[str]:
    lines = (Path(given.data) / f"vocab.{side}").read_text("utf-8").splitlines()
    return ["<unk>", "<s>", "</s>", *(line.split("\t")[0] for line in lines)]


def fill(spec, hidden: int, inner: int, sources: int, targets: int) -> None:
    random = np.random.default_rng(1)

    def linear(part, rows: int, columns: int) -> None:
        part.weight = random.normal(0, columns**-0.5, (rows, columns)).astype(np.float32)
        part.bias = np.zeros(rows, dtype=np.float32)

    def norm(part) -> None:
        part.gamma, part.beta = np.ones(hidden, np.float32), np.zeros(hidden, np.float32)

    def attention(part, crossing: bool) -> None:
        widths = [hidden, 2 * hidden, hidden] if crossing else [3 * hidden, hidden]
        for one, width in zip(part.linear, widths, strict=True):
            linear(one, width, hidden)
        norm(part.layer_norm)

    for half, size in ((spec.encoder, sources), (spec.decoder, targets)):
        table = random.normal(0, hidden**-0.5, (size, hidden)).astype(np.float32)
        (half.embeddings[0] if half is spec.encoder else half.embeddings).weight = table
        half.position_encodings.encodings = positions(512, hidden)
        norm(half.layer_norm)
        for layer in half.layer:
            attention(layer.self_attention, crossing=False)
            if half is spec.decoder:
                attention(layer.attention, crossing=True)
            linear(layer.ffn.linear_0, inner, hidden)
            linear(layer.ffn.linear_1, hidden, inner)
            norm(layer.ffn.layer_norm)
    linear(spec.decoder.projection, targets, hidden)


def positions(length: int, hidden: int) -> np.ndarray:
    angles = np.arange(length)[:, None] / 10000 ** (np.arange(hidden // 2) * 2 / hidden)
    return np.concatenate([np.sin(angles), np.cos(angles)], axis=1).astype(np.float32)


def decode(given: Task) -> None:
    import ctranslate2

    translator = ctranslate2.Translator(
        given.model, inter_threads=1, intra_threads=given.threads, compute_type="float32"
    )

    def answer(batch: list[Sentence], beam: int) -> int:
        found = translator.translate_batch(
            batch,
            beam_size=beam,
            min_decoding_length=given.steps,
            max_decoding_length=given.steps,
        )
        return len(found[0].hypotheses[0])

    measure_decoding(given, answer)


def main() -> None:
    given = task()
    {"make": make, "decode": decode}[given.action](given)


if __name__ == "__main__":
    main()
