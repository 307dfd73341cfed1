"""Viewers of live streams, and listeners of radio, as players are in a few lines. All of them are in one thread."""

import asyncio
import contextlib
import re
import struct
import time

SEGMENT = re.compile(r"#EXTINF:([\d.]+),\n(?:#.*\n)*(s[0-9a-z]+-(\d+)\.m4s)")


class Viewer:
    """A player of one stream after the other. Figures are of all its life.

    What all viewers of a server have `seen` is shared by them: one name is one segment, whoever asks and whenever.
    """

    def __init__(self, port: int, seen: dict[tuple[str, str], bytes]):
        self.port, self.seen = port, seen
        self.stalls, self.stalled, self.played, self.fetched, self.unwatched = 0, 0.0, 0.0, 0, 0
        self.wrong, self.failed = 0, 0
        self.startups: list[float] = []  # of the first stream that it saw
        self.changes: list[float] = []  # of all others
        self.watched = 0
        self.reader = self.writer = None

    async def watch(self, stream: str, seconds: float) -> None:
        """Plays for so long; what was fetched and not played by then is wasted."""
        began = time.monotonic()
        self.watched += 1
        buffered: list[tuple[float, int]] = []  # when each segment that waits ends playing, its bytes
        state = {"end": 0.0, "last": -1}
        fetched = self.fetched
        with contextlib.suppress(TimeoutError):
            # Zapping ends within a request, as a rule: what had come of it is lost.
            async with asyncio.timeout(seconds):
                while True:
                    try:
                        await self._play(stream, began, buffered, state)
                    except (OSError, asyncio.IncompleteReadError):
                        # As players do: again, a little later.
                        self.failed += 1
                        self.close()
                        await asyncio.sleep(0.5)
        self.close()
        now = time.monotonic()
        if state["end"] and now > state["end"]:
            self.stalls += 1
            self.stalled += now - state["end"]
        self.unwatched += self.fetched - fetched - sum(size for end, size in buffered if end <= now)

    async def _play(self, stream: str, began: float, buffered: list, state: dict) -> None:
        base = f"/live/{stream}/~/video/"
        while True:
            last = state["last"]
            text = (await self.get(base + "index.m3u8" + (f"?_HLS_msn={last + 1}" if last >= 0 else ""), False)).decode()
            fresh = [each for each in _segments(text) if each[0] > last]
            for number, name, seconds in fresh[-2:] if last < 0 else fresh:
                body = await self.get(base + name, True)
                self._took((stream, name), body, seconds, began, state)
                buffered.append((state["end"], len(body)))
                state["last"] = number

    def _took(self, what: tuple[str, str], body: bytes, seconds: float, began: float, state: dict) -> None:
        """A segment is whole now, and can be played behind those before it."""
        self.wrong += not _whole(body) or self.seen.setdefault(what, body) != body
        now = time.monotonic()
        if state["end"] == 0:
            (self.startups if self.watched == 1 else self.changes).append(now - began)
            state["end"] = now
        if now > state["end"]:
            self.stalls += 1
            self.stalled += now - state["end"]
            state["end"] = now
        state["end"] += seconds
        self.played += seconds

    async def get(self, path: str, media: bool) -> bytes:
        for fresh in (False, True):
            if self.writer is None or fresh:
                self.close()
                self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
            try:
                self.writer.write(f"GET {path} HTTP/1.1\r\nHost: h\r\nUser-Agent: v{id(self)}\r\n\r\n".encode())
                head = (await self.reader.readuntil(b"\r\n\r\n")).decode().lower()
                break
            except (ConnectionError, asyncio.IncompleteReadError):
                if fresh:
                    raise
        left = int(re.search(r"content-length: (\d+)", head)[1])
        body = bytearray()
        while left > 0:
            piece = await self.reader.read(min(left, 1 << 16))
            if not piece:
                raise ConnectionError("cut")
            left -= len(piece)
            body += piece
            self.fetched += len(piece) if media else 0
        if int(head.split()[1]) != 200:
            raise ConnectionError(head.splitlines()[0])
        return bytes(body)

    def close(self) -> None:
        if self.writer is not None:
            self.writer.close()
        self.reader = self.writer = None


class FilmViewer(Viewer):
    """A player of a film, from a place of its own on, with about eight seconds in hand."""

    IN_HAND = 8

    def __init__(self, port: int, seen: dict[tuple[str, str], bytes], place: int):
        super().__init__(port, seen)
        self.place = place

    async def _play(self, stream: str, began: float, buffered: list, state: dict) -> None:
        base = f"/films/{stream}/"
        text = (await self.get(base + "v0.m3u8", False)).decode()
        all_of_them = re.findall(r"#EXTINF:([\d.]+),\n(\S+)", text)
        for number in range(max(state["last"] + 1, self.place % len(all_of_them)), len(all_of_them)):
            seconds, name = all_of_them[number]
            await asyncio.sleep(max(0.0, state["end"] - time.monotonic() - self.IN_HAND) if state["end"] else 0)
            body = await self.get(base + name, True)
            self._took((stream, name), body, float(seconds), began, state)
            buffered.append((state["end"], len(body)))
            state["last"] = number
        await asyncio.Event().wait()  # it is over


def _segments(playlist: str) -> list[tuple[int, str, float]]:
    """Number, name and seconds of each."""
    return [(int(found[3]), found[2], float(found[1])) for found in SEGMENT.finditer(playlist)]


def _whole(segment: bytes) -> bool:
    """Whether it is made of whole boxes, with one for media."""
    at, types = 0, set()
    while at + 8 <= len(segment):
        size, kind = struct.unpack_from(">I4s", segment, at)
        types.add(kind)
        if size < 8:
            return False
        at += size
    return at == len(segment) and {b"moof", b"mdat"} <= types


class Listener(asyncio.Protocol):
    """A player of a station that repeats a song for ever; it begins somewhere in the song, and hears it from there.

    It plays `rate` bytes a second; whenever nothing is left to play, it stalls.
    """

    CLUE = 64  # bytes that are in one place of a song only

    def __init__(self, song: bytes, rate: int):
        self.song, self.rate = song, rate
        self.heard, self.stalls, self.wrong, self.startup = 0, 0, False, None
        self._asked = self._began = 0.0
        self._head, self._at, self._transport = b"", -1, None

    def connection_made(self, transport) -> None:
        self._transport, self._asked = transport, time.monotonic()
        transport.write(b"GET /jazz HTTP/1.0\r\nUser-Agent: listener\r\n\r\n")

    def data_received(self, data: bytes) -> None:
        now = time.monotonic()
        if self._at < 0:
            self._head += data
            head, _, data = self._head.partition(b"\r\n\r\n")
            if len(data) < self.CLUE:
                return
            self._at = self.song.find(data[: self.CLUE])
            self.wrong = self._at < 0 or not re.match(rb"\S+ 200", head)
            self.startup, self._began = now - self._asked, now
        self.heard += len(data)
        self._compare(data)
        left = self.heard / self.rate - (now - self._began)
        if left < 0:
            self.stalls += 1
            self._began -= left  # it waits, and goes on

    def _compare(self, data: bytes) -> None:
        while data and not self.wrong:
            part = data[: len(self.song) - self._at]
            self.wrong = not self.song.startswith(part, self._at)
            self._at, data = (self._at + len(part)) % len(self.song), data[len(part) :]

    def connection_lost(self, why) -> None:
        self.wrong = self.wrong or self._transport is not None

    def end(self) -> None:
        transport, self._transport = self._transport, None
        if transport is not None:
            transport.abort()
