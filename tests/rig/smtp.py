"""An SMTP server that writes down what it accepted before it says so, and fails on request in every documented way."""

import asyncio
import email
import email.policy
import json
import os
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

from aiosmtpd.smtp import SMTP

from tests.rig.processes import free_port

MODES = ("ok", "greylist", "mailbox_full", "unknown_user", "busy", "stall", "stall_recipient", "reset_after_accept")
MESSAGE_ID = re.compile(rb"^Message-ID:\s*(\S+)", re.I | re.M)


class Handler:
    """What happens to each recipient and each message depends on the sink's mode and on `bad` addresses."""

    def __init__(self, sink):
        self.sink = sink

    async def handle_RCPT(self, server, session, envelope, address, options):
        self.sink.tries.append(address)
        if address in self.sink.bad:
            return self.sink.bad[address]
        mode = self.sink.mode
        if mode == "stall_recipient":
            await asyncio.sleep(self.sink.stall_seconds)
        if mode == "greylist":
            return "451 4.7.1 Greylisted, try again later"
        if mode == "unknown_user":
            return "550 5.1.1 No such user here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        mode = self.sink.mode
        if mode == "busy":
            return "421 4.3.2 Shutting down"
        if mode == "mailbox_full":
            return "552 5.2.2 Mailbox full"
        if mode == "stall":
            await asyncio.sleep(self.sink.stall_seconds)
        self.sink.record(envelope)
        if self.sink.gap:
            await asyncio.sleep(self.sink.gap)
        if mode == "reset_after_accept":
            server.transport.abort()
        return "250 OK queued"


class Sink:
    """The server in a thread. `accepted` is read from the file: it survives whatever happens to the sender."""

    def __init__(self, folder: Path):
        self.port = free_port()
        self.path = folder / "accepted.jsonl"
        self.path.touch()
        self.mode, self.bad, self.gap, self.stall_seconds = "ok", {}, 0.0, 30
        self.is_brief = False
        self.tries: list[str] = []
        self.connections = 0
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self._listening = threading.Event()

    def __enter__(self):
        self.thread.start()
        if not self._listening.wait(10):
            raise RuntimeError("SMTP sink did not start")
        return self

    def __exit__(self, *failure):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)

    def _serve(self):
        asyncio.set_event_loop(self.loop)
        self.server = self.loop.run_until_complete(self._open())
        self._listening.set()
        self.loop.run_forever()
        self.server.close()
        left = asyncio.all_tasks(self.loop)
        for task in left:
            task.cancel()
        self.loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        self.loop.close()

    async def _open(self):
        return await self.loop.create_server(self._session, host="127.0.0.1", port=self.port)

    def _session(self):
        self.connections += 1
        return SMTP(Handler(self), loop=self.loop, enable_SMTPUTF8=True, ident="sink", hostname="sink.invalid")

    def close(self):
        """Refuse connections from now on."""
        self.loop.call_soon_threadsafe(self.server.close)
        time.sleep(0.1)

    def reopen(self):
        self.server = asyncio.run_coroutine_threadsafe(self._open(), self.loop).result(5)

    def record(self, envelope):
        """A line of the file: forced to the disk, or (`is_brief`, for measurements) the Message-ID alone and at ease."""
        if self.is_brief:
            found = MESSAGE_ID.search(envelope.original_content)
            with open(self.path, "a", encoding="utf-8") as ledger:
                ledger.write(json.dumps({"message_id": found[1].decode()}) + "\n")
            return
        message = email.message_from_bytes(envelope.original_content or envelope.content, policy=email.policy.default)
        body = message.get_body(("plain",))
        row = {
            "to": list(envelope.rcpt_tos),
            "message_id": message["Message-ID"],
            "list": {name: str(value) for name, value in message.items() if name.startswith("List-")},
            "subject": str(message["Subject"]),
            "text": body.get_content() if body else "",
            "at": time.time(),
        }
        with open(self.path, "a", encoding="utf-8") as ledger:
            ledger.write(json.dumps(row, ensure_ascii=False) + "\n")
            ledger.flush()
            os.fsync(ledger.fileno())

    @property
    def accepted(self) -> list[dict]:
        return [json.loads(line) for line in self.path.read_text(encoding="utf-8").splitlines()]

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"


class SinkProcess:
    """The same server in a process of its own, for measurements and for senders that get killed. `gap` in seconds."""

    def __init__(self, folder: Path, gap: float = 0.0, is_brief: bool = False):
        self.path = folder / "accepted.jsonl"
        command = [sys.executable, "-m", "tests.rig.smtp", str(folder), str(gap), "brief" if is_brief else ""]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        self.process.stdin.close()
        self.process.wait(10)
        self.process.stdout.close()

    accepted = Sink.accepted
    url = Sink.url


def main(folder, gap, brief):
    """Serve until our input ends: until whoever started us is gone."""
    with Sink(Path(folder)) as sink:
        sink.gap, sink.is_brief = float(gap), bool(brief)
        sys.stdout.write(f"{sink.port}\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main(*sys.argv[1:])
