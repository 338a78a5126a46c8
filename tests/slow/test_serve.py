"""The service as it runs: processes that are killed, told to stop, and given new models under load."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

import seqloom

pytestmark = pytest.mark.slow

FIXTURE = Path(__file__).parents[1] / "fixtures" / "run-format-1"
BENCH = Path(__file__).parents[2]
SOURCES = ["가", "나다", "가나", "다가나", "나가", "다"]
WAIT = 90.0


@dataclass
class Service:
    process: "subprocess.Popen[str]"
    address: str
    log: list[str] = field(default_factory=list)

    @property
    def workers(self) -> list[int]:
        return [pid for nursery in children(self.process.pid) for pid in children(nursery)]

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self.address, timeout=WAIT)

    def logged(self, text: str) -> bool:
        return wait_until(lambda: any(text in line for line in self.log))


@contextmanager
def serving(*arguments: str | Path) -> Iterator[Service]:
    command = [Path(sys.executable).parent / "seqloom", "serve", *arguments, "--port", "0"]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        [*map(str, command)], env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    assert process.stdout is not None
    before: list[str] = []
    for line in process.stdout:
        before.append(line)
        if found := re.search(r" at (http://\S+)", line):
            break
    else:
        pytest.fail("".join(before))
    service = Service(process, found[1])
    reading = threading.Thread(target=service.log.extend, args=(process.stdout,), daemon=True)
    reading.start()
    try:
        yield service
    finally:
        process.kill()
        process.wait()
        reading.join()
        process.stdout.close()


def children(pid: int) -> list[int]:
    found: list[int] = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            after = entry.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        found += [int(entry.parent.name)] * (int(after[1]) == pid and after[0] != "Z")
    return found


def wait_until(true: Callable[[], bool], seconds: float = WAIT) -> bool:
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


class Load:
    """Clients that ask until they are told to stop; `answers` has (sent, status, text)."""

    def __init__(self, service: Service, clients: int = 8) -> None:
        self.answers: list[tuple[float, int, str]] = []
        self._service = service
        self._stopped = threading.Event()
        self._pool = ThreadPoolExecutor(clients)
        self._asking = [self._pool.submit(self._ask, place) for place in range(clients)]

    def stop(self) -> None:
        self._stopped.set()
        self._pool.shutdown()
        for each in self._asking:
            each.result()

    def answered(self, number: int, since: float = 0.0) -> bool:
        return wait_until(
            lambda: sum(s == 200 and at > since for at, s, _ in [*self.answers]) >= number
        )

    def _ask(self, place: int) -> None:
        with self._service.client() as client:
            while not self._stopped.is_set():
                source = SOURCES[place % len(SOURCES)]
                place += 1
                sent = time.monotonic()
                try:
                    answer = client.post("/v1/predict", json={"source": source, "beam": 2})
                except httpx.TransportError:
                    self.answers.append((sent, 0, ""))
                    continue
                text = (
                    answer.json()["results"][0]["outputs"][0]["text"] if answer.is_success else ""
                )
                self.answers.append((sent, answer.status_code, f"{source} {text}"))


def test_a_killed_worker_is_replaced_and_only_its_requests_fail() -> None:
    model = seqloom.load(FIXTURE, "cpu")
    right = {f"{source} {model.predict(source, beam=2).text}" for source in SOURCES}
    with serving(FIXTURE, "--workers", "2") as service:
        load = Load(service)
        assert load.answered(20)
        before = service.workers
        killed = time.monotonic()
        os.kill(before[0], signal.SIGKILL)
        assert load.answered(10, since=killed)
        again = time.monotonic() - killed
        load.stop()
        statuses = Counter(status for _, status, _ in load.answers)
        assert set(statuses) <= {200, 503}
        assert statuses[503] <= 8
        assert {text for _, status, text in load.answers if status == 200} <= right
        assert wait_until(lambda: len(service.workers) == 2)
        assert before[0] not in service.workers
        assert again < 10  # two seconds are measured by benchmarks.serve, on cores that are free


def test_who_asks_after_an_idle_worker_was_killed_never_notices() -> None:
    with serving(FIXTURE) as service, service.client() as client:
        for _ in range(5):
            [worker] = service.workers
            os.kill(worker, signal.SIGKILL)
            assert client.post("/v1/predict", json={"source": "가"}).status_code == 200
            assert wait_until(lambda gone=worker: service.workers not in ([], [gone]))


def test_a_worker_that_hangs_is_given_up_at_the_deadline_and_replaced() -> None:
    with serving(FIXTURE, "--deadline", "2") as service, service.client() as client:
        assert client.post("/v1/predict", json={"source": "가"}).status_code == 200
        [worker] = service.workers
        os.kill(worker, signal.SIGSTOP)
        answer = client.post("/v1/explain", json={"source": "가"})
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "late")
        assert wait_until(lambda: service.workers not in ([], [worker]))
        assert client.post("/v1/explain", json={"source": "가"}).status_code == 200


def test_when_the_nursery_is_killed_another_takes_its_place() -> None:
    with serving(FIXTURE) as service, service.client() as client:
        [nursery], [worker] = children(service.process.pid), service.workers
        os.kill(nursery, signal.SIGKILL)
        assert client.post("/v1/predict", json={"source": "가"}).status_code == 200
        os.kill(worker, signal.SIGKILL)
        assert wait_until(
            lambda: client.post("/v1/predict", json={"source": "가"}).status_code == 200
        )
        assert children(service.process.pid) != [nursery]


def test_told_to_stop_it_answers_who_has_asked_and_leaves_nobody_behind() -> None:
    with serving(FIXTURE) as service:
        load = Load(service)
        assert load.answered(20)
        processes = [*children(service.process.pid), *service.workers]
        service.process.terminate()
        assert service.process.wait(WAIT) == 0
        load.stop()
        statuses = [status for _, status, _ in load.answers]
        # 0 is a connection that was refused after the end; nobody who had got in was cut off.
        first_refused = statuses.index(0) if 0 in statuses else len(statuses)
        assert set(statuses[:first_refused]) <= {200, 503}
        assert wait_until(lambda: not any(Path(f"/proc/{pid}/exe").exists() for pid in processes))


def test_a_model_that_changes_on_disk_is_taken_over_without_a_failure(tmp_path: Path) -> None:
    run = tmp_path / "run"
    shutil.copytree(FIXTURE, run)
    with serving(run, "--watch", "0.1") as service:
        load = Load(service, clients=4)
        assert load.answered(10)
        [worker] = service.workers
        config = run / "config.yaml"
        config.write_text(config.read_text().replace("name: fixture", "name: newer"))
        assert service.logged("loaded anew")
        changed = time.monotonic()
        assert load.answered(10, since=changed)
        load.stop()
        assert {status for _, status, _ in load.answers} == {200}
        with service.client() as client:
            assert client.get("/v1/models").json()["models"][0]["recipe"] == "newer"
        assert wait_until(lambda: len(service.workers) == 1)
        assert service.workers != [worker]


def test_a_model_that_breaks_on_disk_leaves_the_older_one_in_place(tmp_path: Path) -> None:
    run = tmp_path / "run"
    shutil.copytree(FIXTURE, run)
    with serving(run, "--watch", "0") as service, service.client() as client:
        asked = {"source": "가나"}
        before = client.post("/v1/predict", json=asked).json()
        (run / "weights.safetensors").write_bytes(b"not weights")
        service.process.send_signal(signal.SIGHUP)
        assert service.logged("stay as they are")
        assert client.post("/v1/predict", json=asked).json() == before
        assert 'seqloom_reloads_total{outcome="failed"} 1.0' in client.get("/metrics").text


@pytest.mark.parametrize("kernel", ["1", "0"])
def test_exported_models_answer_as_they_do_offline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kernel: str
) -> None:
    """Without the compiled kernel ONNX Runtime answers, whose threads must not meet a fork."""
    monkeypatch.setenv("SEQLOOM_KERNEL", kernel)
    check = tmp_path / "check.txt"
    check.write_text("\n".join(SOURCES), encoding="utf-8")
    seqloom.load(FIXTURE, "cpu").export(tmp_path / "exported", check=check)
    exported = seqloom.load(tmp_path / "exported")
    right = [exported.predict(source, beam=3).text for source in SOURCES]
    with serving(tmp_path / "exported", "--threads", "2") as service, service.client() as client:
        answer = client.post("/v1/predict", json={"sources": SOURCES, "beam": 3}).json()
        assert [result["outputs"][0]["text"] for result in answer["results"]] == right
        assert client.post("/v1/score", json={"pairs": [["가", right[0]]]}).status_code == 200


def test_a_folder_that_is_no_run_ends_in_one_line(tmp_path: Path) -> None:
    command = [Path(sys.executable).parent / "seqloom", "serve", tmp_path, "--port", "0"]
    ended = subprocess.run([*map(str, command)], capture_output=True, text=True, timeout=WAIT)
    assert ended.returncode == 2
    assert len(ended.stderr.splitlines()) == 1
    assert "run.json" in ended.stderr


def test_a_client_that_sends_slowly_or_half_keeps_nobody_from_being_answered() -> None:
    with serving(FIXTURE) as service, service.client() as client:
        port = int(service.address.rpartition(":")[2])
        half = [socket.create_connection(("127.0.0.1", port)) for _ in range(50)]
        for each in half:
            each.sendall(
                b"POST /v1/predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n\r\n{"
            )
        assert client.post("/v1/predict", json={"source": "가"}).status_code == 200
        for each in half:
            each.close()
        assert client.post("/v1/predict", json={"source": "가"}).status_code == 200


@pytest.mark.filterwarnings("default")
def test_no_request_that_the_description_allows_or_forbids_breaks_the_service() -> None:
    """Schemathesis makes requests from /openapi.json, right ones and wrong ones."""
    import schemathesis
    from hypothesis import HealthCheck, given, settings
    from hypothesis.errors import Unsatisfiable
    from schemathesis.checks import not_a_server_error

    # A busy machine is not what is looked for: the deadline is the one of the caller.
    with serving(FIXTURE, "--deadline", f"{WAIT:g}") as service:
        schema = schemathesis.openapi.from_url(f"{service.address}/openapi.json")
        statuses: Counter[int] = Counter()

        def ask(case: Any) -> None:
            answer = case.call(timeout=WAIT)
            statuses[answer.status_code] += 1
            case.validate_response(answer, checks=[not_a_server_error])

        few = settings(max_examples=15, suppress_health_check=list(HealthCheck), deadline=None)(ask)
        for result in schema.get_all_operations():
            for mode in schemathesis.GenerationMode:
                with suppress(Unsatisfiable):  # where nothing is sent, nothing can be wrong
                    given(case=result.ok().as_strategy(generation_mode=mode))(few)()
        assert statuses[200]
        assert statuses[422]


def test_the_benchmark_runs_and_its_table_can_be_drawn(tmp_path: Path) -> None:
    sources = tmp_path / "sources.txt"
    sources.write_text("\n".join(SOURCES), encoding="utf-8")
    out = tmp_path / "serve.json"
    subprocess.run(
        [sys.executable, "-m", "benchmarks.serve", FIXTURE, "--out", out, "--sources", sources,
         "--seconds", "1", "--rounds", "1", "--kills", "1", "--soak", "0.1"],
        check=True, cwd=BENCH, capture_output=True, timeout=600,
    )  # fmt: skip
    found = json.loads(out.read_text())
    assert found["soak"]["other_than_offline"] == 0
    assert found["soak"]["never_answered"] == 0
    assert set(found["soak"]["statuses"]) <= {"200", "429", "503"}
    assert set(found["recovery"]["failed_statuses"]) <= {"503"}
