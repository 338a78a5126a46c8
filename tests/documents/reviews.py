"""Korean film reviews that a test can make: what is said of the film in one sentence decides."""

import random
from pathlib import Path

GOOD = ["정말 재미있어요", "최고의 영화였다", "배우들이 훌륭했다", "다시 보고 싶다"]
BAD = ["너무 지루했다", "돈이 아까웠다", "최악의 각본이다", "중간에 나왔다"]
REST = [
    "어제 극장에 갔다",
    "친구와 함께 봤다",
    "비가 오는 날이었다",
    "팝콘을 먹었다",
    "두 시간이 걸렸다",
]


def reviews(count: int, seed: int) -> list[tuple[str, str]]:
    """(text, label); the sentence that decides stands anywhere."""
    draw = random.Random(seed)
    made: list[tuple[str, str]] = []
    for _ in range(count):
        label = draw.choice(["좋음", "나쁨"])
        sentences = draw.sample(REST, 3)
        sentences.insert(draw.randrange(4), draw.choice(GOOD if label == "좋음" else BAD))
        made.append((" ".join(f"{each}." for each in sentences), label))
    return made


def write(path: Path, count: int, seed: int) -> Path:
    path.write_text("".join(f"{t}\t{label}\n" for t, label in reviews(count, seed)), "utf-8")
    return path


SMALL = [
    "sentences.language=ko", "model.embedding=16", "model.hidden=8", "model.attention=8",
    "model.dropout=0.0", "tokens.min_count=1", "training.max_epochs=12", "training.batch_size=16",
    "training.optimizer.rate=0.02", "training.schedule={kind: constant}", "training.average=none",
    "training.min_updates=0",
]  # fmt: skip
