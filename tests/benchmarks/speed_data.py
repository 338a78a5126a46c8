"""A small workload, as results tell of it."""

DATA = {
    "source_vocabulary": 27,
    "target_vocabulary": 39,
    "pairs": 100,
    "source_tokens": 800,
    "target_tokens": 700,
}
