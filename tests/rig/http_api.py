"""A platform's interface on loopback over real sockets: strict like the real one, failing on command, counting what
was published. `calls` is every request that came; `order(name, *faults)` says how the next calls of that name fail.

Faults: `cut_before` (connection dropped, nothing done), `cut_after` (done, then dropped), `500` and `500_after`,
`slow` (done, answered too late), `drip` (an answer byte by byte), `bad_json` (done, answered with rubbish), `huge`,
`redirect`, or a tuple (status, headers, body) answered instead of doing anything.
"""

import json
import threading
import time
from collections import defaultdict, deque
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

DONE_FIRST = ("cut_after", "500_after", "slow", "drip", "bad_json", "huge")
PATIENCE = 30


@dataclass(frozen=True)
class Call:
    """One request as it came."""

    method: str
    path: str
    query: dict
    headers: dict
    body: bytes

    @property
    def media_type(self):
        return self.headers.get("content-type", "").partition(";")[0]

    def form(self):
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))


class Rude(Exception):
    """Drop the connection without a word."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        """The rig says nothing of its own."""

    def answer(self):
        parts = urlsplit(self.path)
        size = int(self.headers.get("Content-Length") or 0)
        headers = {name.lower(): value for name, value in self.headers.items()}
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        call = Call(self.command, parts.path, query, headers, self.rfile.read(size))
        try:
            self.send(*self.server.api.handle(call))
        except (Rude, OSError):
            self.close_connection = True
            self.connection.close()

    do_GET = do_POST = do_PUT = do_DELETE = answer

    def send(self, status, headers, body, drip=0.0):
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if not drip:
            self.wfile.write(body)
            return
        for number in range(len(body)):
            self.wfile.write(body[number : number + 1])
            self.wfile.flush()
            time.sleep(drip)


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """A client that hung up is what the tests ask for."""


class Api:
    """The part which the platforms share. A subclass has `route(call) -> (name, act)`."""

    def __init__(self, port=0):
        self.server = Server(("127.0.0.1", port), Handler)
        self.server.api = self
        self.lock = threading.RLock()
        self.calls, self.faults, self.slow_seconds = [], defaultdict(deque), 2.0
        self.reached, self.go_on = threading.Event(), threading.Event()
        self.now = None

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *failure):
        self.go_on.set()
        self.server.shutdown()
        self.server.server_close()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def order(self, name, *faults):
        self.faults[name].extend(faults)

    def count(self, name):
        return sum(called == name for called, _ in self.calls)

    def handle(self, call):
        """What is answered to one request: its fault if one is ordered, else what the platform says."""
        name, act = self.route(call)
        with self.lock:
            self.calls.append((name, call))
            fault = self.faults[name].popleft() if self.faults[name] else ""
            if fault == "hold":  # done, but the answer waits until the test says so (or never comes)
                done = self.do(act, call)
            elif isinstance(fault, tuple):
                return encoded(*fault)
            elif fault == "" or fault in DONE_FIRST:
                done = self.do(act, call)
        return self.fail(fault, None if fault in ("cut_before", "500", "redirect") else done)

    def do(self, act, call):
        return encoded(*act(call))

    def fail(self, fault, done):
        if fault in ("cut_before", "cut_after"):
            raise Rude
        if fault in ("500", "500_after"):
            return 500, {}, b"<html>Internal error</html>"
        if fault == "redirect":
            return 302, {"Location": f"{self.url}/elsewhere"}, b""
        if fault == "bad_json":
            return 200, {}, b"<html>OK</html>"
        if fault == "huge":
            return 200, {}, b'{"error": 0, "x": "' + b"x" * 2_000_000 + b'"}'
        if fault == "slow":
            time.sleep(self.slow_seconds)
        if fault == "drip":
            return *done, 0.2
        if fault == "hold":
            self.reached.set()
            self.go_on.wait(PATIENCE)
        return done


def encoded(status, headers, body):
    return status, headers, body if isinstance(body, bytes) else json.dumps(body).encode()
