"""A service with toy models behind the page, so that what the page shows can be worked out by hand.

    letters   writes each letter of the source in upper case, a token each, and looks only at that letter
    double    writes each letter twice, and looks at nothing (it has no attention)

Every step has three alternatives: what it writes (1/2), '-' (1/4), '<eos>' (1/8). What is held comes
first, and the rest of the source follows. The second output of a source has '?' for its last letter.
"""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from math import log
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import seqloom

PAGE = Path(seqloom.__file__).parent / "server" / "page"
POLICY = "default-src 'self'"
HALF, QUARTER, EIGHTH = log(1 / 2), log(1 / 4), log(1 / 8)
END = "<eos>"
_TYPES = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
}


def written(name: str, source: str, held: list[str]) -> list[str]:
    """The tokens of the best output."""
    letters = [letter.upper() for letter in source for _ in range(1 + (name == "double"))]
    return held if END in held else [*held, *letters[len(held) :], END]


def explained(asked: dict[str, Any]) -> dict[str, Any]:
    name, source, held = asked["model"], asked["source"], asked.get("prefix_tokens", [])
    best = written(name, source, held)
    rival = [*best[:-2], "?", END] if len(best) > 1 else best
    outputs = [best, rival][: asked["nbest"]]
    return {
        "model": name,
        "result": {
            "source": source,
            "source_tokens": [*source, END],
            "unknown": sorted(set(source) & set("éß")),
            "outputs": [_output(tokens, source, name, rank) for rank, tokens in enumerate(outputs)],
        },
        "alternatives": [list(map(_step, _befores(tokens), tokens)) for tokens in outputs],
        "tree": {"nodes": _tree(best), "left_out": 0},
    }


def _befores(tokens: list[str]) -> list[list[str]]:
    return [tokens[:t] for t in range(len(tokens))]


def _output(tokens: list[str], source: str, name: str, rank: int) -> dict[str, Any]:
    positions = len(source) + 1
    looks = [
        [float(s == min(t, positions - 1)) for s in range(positions)] for t in range(len(tokens))
    ]
    return {
        "text": "".join(token for token in tokens if token != END),
        "tokens": tokens,
        "token_log_probs": [HALF] * len(tokens),
        "log_prob": HALF * len(tokens) - rank,
        "score": HALF - rank,
        "finished": True,
        "origin": "beam",
        "attention": looks if name != "double" else None,
    }


def _step(before: list[str], token: str) -> list[dict[str, Any]]:
    likely = {token: HALF, "-": QUARTER, END: EIGHTH}
    text = "".join(before)
    return [
        {"token": each, "text": text + each, "log_prob": log_prob, "taken": each == token}
        for each, log_prob in likely.items()
    ]


def _tree(best: list[str]) -> list[dict[str, Any]]:
    """The best output as a chain, and '-' given up beside each of its tokens."""
    nodes: list[dict[str, Any]] = []
    parent = None
    for t, token in enumerate(best):
        here = {"parent": parent, "score": HALF * (t + 1), "finished": token == END}
        output = 0 if t == len(best) - 1 else None
        nodes.append({**here, "token": token, "log_prob": HALF, "kept": True, "output": output})
        nodes.append({**here, "token": "-", "log_prob": QUARTER, "kept": False, "output": None})
        parent = len(nodes) - 2
    return nodes


class Service:
    """Answers on loopback until it is closed.

    models   names that /v1/models lists
    asked    every body that /v1/explain was sent
    delay    seconds before an answer to a source, by source; 0 if not there
    refuse   (status, code, message) instead of an answer
    """

    def __init__(self) -> None:
        self.models = ["letters", "double"]
        self.features: list[str] = []
        self.asked: list[dict[str, Any]] = []
        self.delay: dict[str, float] = {}
        self.refuse: tuple[int, str, str] | None = None
        self.answers: dict[str, dict[str, Any]] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self._start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def sources(self) -> list[str]:
        return [asked["source"] for asked in self.asked]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def again(self) -> None:
        """Come back at the same address."""
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), _handler(self))
        self._server.daemon_threads = True
        self._start()

    def answer(self, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        self.asked.append(asked)
        time.sleep(self.delay.get(asked["source"], 0))
        if self.refuse is not None:
            status, code, message = self.refuse
            return status, {"error": {"code": code, "message": message}}
        return 200, self.answers.get(asked["model"]) or explained(asked)

    def listed(self) -> dict[str, Any]:
        about = {"kind": "pairs", "recipe": "toy", "description": "", "attention": True}
        sides = {"source": {"features": self.features}, "target": {}, "search": {"beam": 2}}
        return {
            "models": [{"name": name, **about, **sides, "max_source": 9} for name in self.models]
        }

    def _start(self) -> None:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()


def _handler(service: Service) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlparse(self.path).path
            if path == "/v1/models":
                return self._send(200, json.dumps(service.listed()).encode(), "application/json")
            file = PAGE / (path.strip("/") or "index.html")
            found = file.is_file()
            body = file.read_bytes() if found else b""
            return self._send(200 if found else 404, body, _TYPES.get(file.suffix, "text/plain"))

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, answer = service.answer(asked)
            self._send(status, json.dumps(answer).encode(), "application/json")

        def _send(self, status: int, body: bytes, kind: str) -> None:
            try:
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Content-Security-Policy", POLICY)
                self.end_headers()
                self.wfile.write(body)
            except ConnectionError:
                pass  # the page no longer waits for it

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler
