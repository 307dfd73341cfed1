"""Clients who watch an answer grow, all of them in one thread: twenty threads of Python would tell their own waiting."""

import contextlib
import selectors
import time

from . import sockets
from .tally import Wrong

PATIENCE = 30


class Watcher:
    """One of them: when it asked, when the first byte of a body came, when each part of it was whole, and the body."""

    def __init__(self, part: int):
        self.part, self.asked, self.first, self.arrived = part, time.monotonic(), None, []
        self.body, self.wrong = bytearray(), None
        self._raw, self._chunked, self._chunk, self._last = b"", None, 0, False

    def take(self, data: bytes) -> None:
        """What came now, at any split: a head, and then chunks, or the body as it is."""
        now, self._raw = time.monotonic(), self._raw + data
        if self._chunked is None:
            self._head()
        if self._chunked is False:
            self.body, self._raw = self.body + self._raw, b""
        while self._chunked and self._raw and not self._last and self._piece():
            pass
        if self.body and self.first is None:
            self.first = now
        self.arrived += [now] * (len(self.body) // self.part - len(self.arrived))

    def end(self) -> None:
        if self._chunked is None or self._chunked and not self._last:
            raise Wrong(f"cut after {len(self.body)} bytes")

    def _head(self) -> None:
        head, blank, rest = self._raw.partition(b"\r\n\r\n")
        if blank:
            if not head.startswith(b"HTTP/1.1 200"):
                raise Wrong(f"not a 200: {head!r}")
            self._chunked, self._raw = b"transfer-encoding: chunked" in head.lower(), rest

    def _piece(self) -> bool:
        """Takes what is there of a chunk, or the size of the next one; false if that is not whole yet."""
        if self._chunk:
            taken = self._raw[: self._chunk]
            self.body += taken
            self._chunk, self._raw = self._chunk - len(taken), self._raw[len(taken):]
            return True
        line, whole, rest = self._raw.removeprefix(b"\r\n").partition(b"\r\n")
        if whole:
            self._chunk, self._raw = int(line, 16), rest
            self._last = not self._chunk
        return bool(whole)


def watch(port: int, path: str, times: list[float], part: int) -> list[Watcher]:
    """One client for each of the times, which rise on the monotonic clock; who got no whole answer says what is `wrong`."""
    watchers, due = [], list(times)
    with selectors.DefaultSelector() as ready, contextlib.ExitStack() as opened:
        while due or ready.get_map():
            if due and due[0] <= time.monotonic():
                del due[0]
                watcher = Watcher(part)
                watchers.append(watcher)
                sock = opened.enter_context(sockets.connect(port))
                sock.sendall(sockets.request(path, port, close=True))
                ready.register(sock, selectors.EVENT_READ, watcher)
                continue
            events = ready.select(due[0] - time.monotonic() if due else PATIENCE)
            if not events and not due:
                raise Wrong(f"{len(ready.get_map())} clients get nothing for {PATIENCE} s")
            for key, _ in events:
                if not _read(key.fileobj, key.data):
                    ready.unregister(key.fileobj)
    return watchers


def _read(sock, watcher: Watcher) -> bool:
    """Whether more is to come."""
    try:
        data = sock.recv(1 << 20)
        watcher.take(data) if data else watcher.end()
        return bool(data)
    except (OSError, Wrong) as failed:
        watcher.wrong = failed
        return False
