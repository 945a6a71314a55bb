"""A TCP relay in front of a server that can fall silent: what a dropped packet or a dead router looks like to a client."""

import socket
import threading
from contextlib import suppress


class Relay:
    """Listens on `port`. `fall_silent` lets every line that is open now hang for ever: nobody reads, nobody closes it.

    Lines opened while `is_silent` are accepted and hang too; after `speak_again` new ones work.
    """

    def __init__(self, upstream: tuple[str, int]):
        self.upstream, self.is_silent = upstream, False
        self._lines: list[Line] = []
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = self._door.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        self._door.close()
        for line in self._lines:
            line.close()

    def fall_silent(self):
        self.is_silent = True
        for line in self._lines:
            line.is_silent = True

    def speak_again(self):
        self.is_silent = False

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def opened(self) -> int:
        return len(self._lines)

    def _serve(self):
        with suppress(OSError):
            while True:
                client, _ = self._door.accept()
                self._lines.append(Line(client, socket.create_connection(self.upstream), self.is_silent))


class Line:
    """One connection: two threads that carry bytes as long as nobody made it silent."""

    def __init__(self, client, server, is_silent):
        self.ends, self.is_silent = (client, server), is_silent
        for source, target in ((client, server), (server, client)):
            threading.Thread(target=self._carry, args=(source, target), daemon=True).start()

    def _carry(self, source, target):
        with suppress(OSError):
            while piece := source.recv(65536):
                if not self.is_silent:
                    target.sendall(piece)
        if not self.is_silent:
            self.close()

    def close(self):
        for end in self.ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
