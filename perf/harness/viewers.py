"""The section `viewers` of perf/media: players of one film by HLS, as many as one likes, and whether they have to wait.

A player reads the playlists, then segment by segment of each track on a connection of its own. It keeps AHEAD seconds
in hand: as long as it has less it asks for the next segment at once, else when so much has been played. It stalls
when a segment is not there whole at the moment in which it should be shown; then its clock waits for it.
Bodies are thrown away inside the kernel and counted to the byte; one player in EVERY keeps and compares all of them.
"""

import contextlib
import hashlib
import heapq
import re
import select
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urljoin

from . import profile, sockets
from .bench import Bench
from .systems import DARBAN, Setup
from .tally import Wrong

AHEAD = 8
EVERY = 50
LEAST = 110  # segments that each has before it
FILM = "/films/evening.mp4/index.m3u8"


@dataclass(frozen=True)
class Segment:
    path: str
    start: float
    seconds: float
    size: int
    digest: bytes


@dataclass(frozen=True)
class Watched:
    """A film as a player finds it: what it reads first, then the segments of its tracks."""

    first: list[str]
    tracks: list[list[Segment]]

    @property
    def rate(self) -> float:
        """Bytes a second."""
        return sum(each.size for track in self.tracks for each in track) / self.tracks[0][-1].start

    @staticmethod
    def of(port: int, path: str) -> "Watched":
        """Reads all of it once: playlists, first segments, and each segment to know what it is like."""
        text = _body(port, path).decode()
        lists = re.findall(r"(?m)^([^#\s]\S*)$", text)[:1] + re.findall(r'TYPE=AUDIO[^\n]*?URI="([^"]+)"', text)[:1]
        first, tracks = [path], []
        for name in lists:
            place = urljoin(path, name)
            said, at, track = _body(port, place).decode(), 0.0, []
            first += [place, *(urljoin(place, found) for found in re.findall(r'EXT-X-MAP:[^\n]*?URI="([^"]+)"', said))]
            for seconds, name in re.findall(r"(?m)^#EXTINF:([\d.]+)[^\n]*\n(?:#[^\n]*\n)*([^#\s]\S*)$", said):
                body = _body(port, urljoin(place, name))
                digest = hashlib.blake2b(body).digest()
                track.append(Segment(urljoin(place, name), at, float(seconds), len(body), digest))
                at += float(seconds)
            tracks.append(track)
        return Watched(first, tracks)


def _body(port: int, path: str) -> bytes:
    with sockets.connect(port) as sock:
        sock.sendall(sockets.request(path, port))
        data = b""
        while b"\r\n\r\n" not in data:
            data += (got := sock.recv(65536))
            if not got:
                raise Wrong(f"{path} was not answered")
        head, _, body = data.partition(b"\r\n\r\n")
        parts, length = [body], sockets.parse(head).length - len(body)
        while length > 0:
            parts.append(got := sock.recv(min(length, 1 << 20)))
            length -= len(got)
            if not got:
                raise Wrong(f"{path} came short")
        return b"".join(parts)


class Player:
    """One of them; `wake` and `read` are called when its time or something of its answer has come."""

    def __init__(self, crowd: "Crowd", number: int, now: float):
        self.crowd, self.film, self.number = crowd, crowd.film, number
        self.todo = list(crowd.film.first)
        # Somewhere in the film, so that not all read the same; far enough from its end.
        self.next = self.from_ = number * 7 % max(1, len(self.film.tracks[0]) - LEAST)
        self.done = [0.0] * len(self.film.tracks)  # up to which time of the film each track is here
        self.asked = self.joined = now
        self.track, self.left, self.begun, self.kept = -1, 0, b"", None
        self.clock = 0.0  # what time it is when the film is at its beginning; 0 before it plays
        self.segment: Segment | None = None
        self.sock = socket.socket()
        self.sock.setblocking(False)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with contextlib.suppress(BlockingIOError):
            self.sock.connect(("127.0.0.1", crowd.port))

    def wake(self, now: float) -> None:
        """Asks for what comes next."""
        if self.todo:
            path = self.todo.pop(0)
        else:
            self.track = (self.track + 1) % len(self.film.tracks)
            self.segment = self.film.tracks[self.track][self.next]
            path = self.segment.path
        self.asked, self.begun, self.left = now, b"", -1
        self.kept = hashlib.blake2b() if self.segment and self.number % EVERY == 0 else None
        self.sock.sendall(sockets.request(path, self.crowd.port))

    def read(self, now: float) -> None:
        while self.left:
            try:
                if self.left < 0:
                    self._head(self.sock.recv(4096))
                elif self.kept:
                    got = self.sock.recv(min(self.left, 1 << 18))
                    self.kept.update(got)
                    self._came(len(got))
                else:
                    wanted = min(self.left, len(self.crowd.void))
                    self._came(self.sock.recv_into(self.crowd.void, wanted, socket.MSG_TRUNC))
            except BlockingIOError:
                return
        self._whole(now)

    def _head(self, got: bytes) -> None:
        if not got:
            raise Wrong("the connection ended")
        self.begun += got
        head, end, body = self.begun.partition(b"\r\n\r\n")
        if end:
            length = sockets.parse(head).length
            if self.segment and length != self.segment.size:
                raise Wrong(f"{self.segment.path} has {length} bytes instead of {self.segment.size}")
            if self.kept:
                self.kept.update(body)
            self.left = length - len(body)

    def _came(self, count: int) -> None:
        if not count:
            raise Wrong("a body came short")
        self.crowd.bytes += count
        self.left -= count

    def _whole(self, now: float) -> None:
        """Something is here whole."""
        segment, crowd = self.segment, self.crowd
        if not segment:
            return self.wake(now)
        if self.kept and self.kept.digest() != segment.digest:
            raise Wrong(f"{segment.path} has other bytes than before")
        crowd.took.append((now, now - self.asked))
        self.done[self.track] = segment.start + segment.seconds
        if self.track + 1 < len(self.film.tracks):
            return self.wake(now)
        self._shown(now, segment)
        self.next += 1
        if self.next == len(self.film.tracks[0]):
            return crowd.leave(self)
        # In hand: from where it is to the end of what is here.
        spare = min(self.done) - (now - self.clock) - AHEAD
        if spare <= 0:
            return self.wake(now)
        self.crowd.later(now + spare, self)

    def _shown(self, now: float, segment: Segment) -> None:
        """All tracks of a segment are here: it begins to play, goes on, or had to wait."""
        if not self.clock:
            self.crowd.started.append((now, now - self.joined))
            self.clock = now - segment.start
        elif (late := now - self.clock - segment.start) > 0:
            self.crowd.stalls.append((now, late))
            self.clock += late


@dataclass
class Crowd:
    """Players on one film; `go` drives them."""

    port: int
    film: Watched
    took: list[tuple[float, float]] = field(default_factory=list)  # when and how long, of segments
    started: list[tuple[float, float]] = field(default_factory=list)
    stalls: list[tuple[float, float]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    bytes: int = 0
    players: dict[int, Player] = field(default_factory=dict)

    def __post_init__(self):
        self.void, self.due, self.poll, self.number = bytearray(1 << 20), [], select.epoll(), 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for player in self.players.values():
            player.sock.close()
        self.poll.close()

    def later(self, when: float, player: Player) -> None:
        heapq.heappush(self.due, (when, player.number, player))

    def leave(self, player: Player) -> None:
        if self.players.pop(player.sock.fileno(), None):
            self.poll.unregister(player.sock.fileno())
        player.sock.close()

    def go(self, seconds: float, more: int = 0) -> None:
        """So long, while so many join, one after another."""
        began, joined = time.monotonic(), 0
        while (now := time.monotonic()) < began + seconds:
            while joined < more and joined <= more * (now - began) / seconds * 1.02:
                joined += 1
                self._join(now)
            while self.due and self.due[0][0] <= now:
                self._do(heapq.heappop(self.due)[2], Player.wake, now)
            wait = min(self.due[0][0] - now if self.due else 0.01, 0.01)
            for descriptor, _ in self.poll.poll(max(wait, 0.0005)):
                if player := self.players.get(descriptor):
                    self._do(player, Player.read, time.monotonic())

    def _join(self, now: float) -> None:
        player = Player(self, self.number, now)
        self.number += 1
        self.players[player.sock.fileno()] = player
        self.poll.register(player.sock.fileno(), select.EPOLLIN)
        # On loopback a connection is there when connect returns.
        self._do(player, Player.wake, now)

    def _do(self, player: Player, step, now: float) -> None:
        if player.sock.fileno() < 0:
            return
        try:
            step(player, now)
        except (OSError, Wrong) as wrong:
            self.wrong.append(str(wrong))
            self.leave(player)


def film(file: Path) -> None:
    """A quarter of an hour at 600 kbit/s, sound and pictures."""
    minute = file.with_name("minute.mp4")
    make = ["ffmpeg", "-v", "error", "-nostdin", "-y"]
    subprocess.run([*make, "-f", "lavfi", "-i", "testsrc2=size=640x360:rate=25:duration=60", "-f", "lavfi", "-i",
                    "sine=frequency=440:sample_rate=48000:duration=60", *"-c:v libx264 -preset veryfast -b:v 528k -maxrate "
                    "528k -bufsize 528k -g 50 -keyint_min 50 -sc_threshold 0 -bf 2 -c:a aac -b:a 64k -ac 2".split(),
                    str(minute)], check=True)
    subprocess.run([*make, "-stream_loop", "14", "-i", str(minute), "-c", "copy", str(file)], check=True)
    minute.unlink()


@dataclass(frozen=True)
class Step:
    """What was seen in a while of a crowd."""

    players: int
    cpu: float  # of the server's core
    load: float  # of the players' core
    mbit: float
    segment: tuple[float, float]  # median and 95th percentile, in milliseconds
    started: tuple[float, float]
    stalls: int
    stalled: float

    @staticmethod
    def of(crowd: Crowd, server, seconds: float, more: int = 0) -> "Step":
        since, cpu, own, got = time.monotonic(), server.tree.cpu(), time.process_time(), crowd.bytes
        crowd.go(seconds, more)
        took = time.monotonic() - since
        late = [late for at, late in crowd.stalls if at >= since]
        after = lambda pairs: _two([value for at, value in pairs if at >= since])
        return Step(len(crowd.players), (server.tree.cpu() - cpu) / took, (time.process_time() - own) / took,
                    (crowd.bytes - got) * 8 / took / 1e6, after(crowd.took), after(crowd.started), len(late), sum(late))


def _two(values: list[float]) -> tuple[float, float]:
    ordered = sorted(values) or [0.0]
    return ordered[len(ordered) // 2] * 1000, ordered[int(0.95 * (len(ordered) - 1))] * 1000


def run(bench: Bench, say, players: int, profiles: Path | None = None) -> dict:
    """The crowd that is asked for, then more and more of it until the first has to wait."""
    (bench.files / "films").mkdir(exist_ok=True)
    film(bench.files / "films/evening.mp4")
    subprocess.run(["chmod", "-R", "a+rX", str(bench.files)], check=True)
    with bench.server(DARBAN, Setup(profile="films")) as server:
        watched = Watched.of(server.ports["plain"], FILM)
        warmth = []
        with Crowd(server.ports["plain"], watched) as crowd:
            for _ in range(6):
                warmth.append(Step.of(crowd, server, 5, 100))
                say(f"warm-up: {warmth[-1]}")
        empty = server.tree.pss()
        with Crowd(server.ports["plain"], watched) as crowd:
            joining = Step.of(crowd, server, players / 100, players)
            say(f"joining: {joining}")
            Step.of(crowd, server, 5)
            watching = Step.of(crowd, server, 40)
            each = (server.tree.pss() - empty) / players
            say(f"watching: {watching}, {each / 1000:.1f} kB each")
            more: list[Step] = []
            while not profiles and not crowd.stalls and not crowd.wrong and len(more) < 24:
                more.append(Step.of(crowd, server, 8, 500))
                say(f"more: {more[-1]}")
            if profiles:
                profile.recorded(server, crowd.go, profiles / "viewers-darban.jfr")
            return {"rate": watched.rate * 8 / 1000, "joining": vars(joining), "watching": vars(watching),
                    "memory": each, "empty": empty, "more": [vars(step) for step in more],
                    "wrong": crowd.wrong[:5], "compared": players // EVERY}
