"""What /metrics counts, in the text format of Prometheus."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_SECONDS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30)
_SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256)


class Meters:
    """Counters of one service; two in a process do not share any."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "seqloom_requests", "Requests answered.", ("route", "status"), registry=self.registry
        )
        self.seconds = Histogram(
            "seqloom_request_seconds",
            "Seconds from a request to the end of its answer.",
            ("route",),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.queue = Gauge(
            "seqloom_queue", "Sources that wait for a worker.", registry=self.registry
        )
        self.batch = Histogram(
            "seqloom_batch", "Sources answered together.", buckets=_SIZES, registry=self.registry
        )
        self.workers = Gauge("seqloom_workers", "Workers that are alive.", registry=self.registry)
        self.lost = Counter("seqloom_workers_lost", "Workers that died.", registry=self.registry)
        self.reloads = Counter(
            "seqloom_reloads", "Reloads of the models.", ("outcome",), registry=self.registry
        )

    def text(self) -> bytes:
        return generate_latest(self.registry)
