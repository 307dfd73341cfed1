"""The section `live` of perf/media: ffmpeg publishes to Darban, players watch it a few seconds later, or two.

ffmpeg puts low-latency DASH, 2 s a segment in chunks of 0.4 s. What it puts is watched as it is by dash.js, and as
low-latency HLS and DASH made of it; from Darban itself, and from a second Darban before it, an edge with signed links
and prefetch. Then a publisher of our own puts segments in parts, and 20 viewers tell when they have each part.
"""

import asyncio
import contextlib
import http.client
import os
import re
import statistics
import struct
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from . import machine, players, sockets, watching
from .bench import LINKS, Bench, Server, process
from .players import Chromium
from .systems import DARBAN, Setup
from .tally import Wrong

SECONDS = 30
SETTLING = 5
LOOKS = 10

# What is watched: the player, the path, and the latency that it is told to keep, which hls.js takes from the playlist.
WATCHED = {
    "dash.js, ffmpeg's DASH": ("dash", "/live/cam/live.mpd", 2),
    "dash.js, DASH made of it": ("dash", "/live/cam/index.mpd", 2),
    "hls.js, low-latency HLS made of it": ("hls", "/live/cam/index.m3u8", 1),
}


# Who watches while the encoder dies and begins anew.
RESTARTED = {
    "dash.js, DASH made of it": ("dash", "/live/again/index.mpd"),
    "Shaka, DASH made of it": ("shaka", "/live/again/index.mpd"),
    "hls.js, low-latency HLS made of it": ("hls", "/live/again/index.m3u8"),
}
GONE = 1.5  # seconds without an encoder


def run(bench: Bench, say) -> dict:
    said: dict = {}
    with bench.server(DARBAN, Setup(profile="live")) as origin, \
            bench.server(DARBAN, Setup(profile="edge"), origin=origin.ports["plain"]) as edge:
        with process(_ffmpeg(origin, bench.origin.port), bench.dir, dict(os.environ)), Chromium(bench.folder("chromium-live")) as chromium:
            _await(origin, "/live/cam/index.m3u8")
            time.sleep(6)  # a few segments
            for path, server in (("", origin), (" through the edge", edge)):
                for name, (engine, file, latency) in WATCHED.items():
                    url = f"http://127.0.0.1:{server.ports['plain']}{file}"
                    for seconds in (5, SECONDS):  # the first for the JVM's sake
                        seen = chromium.play(engine, _signed(url) if server is edge else url, seconds, latency=latency)
                    said[name + path] = told(seen)
                    say(f"{name}{path}: {said[name + path]}")
                said["strict" + path] = _strict(server, chromium.packages, edge)
                say(f"hls-parser{path}: {said['strict' + path]}")
        said["restarted"] = {}
        with Chromium(bench.folder("chromium-again")) as chromium:
            for name, (engine, file) in RESTARTED.items():
                said["restarted"][name] = _restarted(bench, origin, chromium, engine, file)
                say(f"{name}, the encoder begins anew: {said['restarted'][name]}")
        parts = Parts(origin.ports["plain"])
        parts.play(1, "warm-up")
        said["parts"] = _two(parts.play(3, "part"))
        say(f"parts: {said['parts']}")
        film = _fragments(bench.folder("fragments") / "film.mp4")
        for turn in ("warm-up", "hinted"):
            said["hinted parts"] = _two(asyncio.run(Hinted(origin.ports["plain"], f"/live/{turn}", film).play()))
        say(f"hinted parts: {said['hinted parts']}")
    return said


def _restarted(bench: Bench, server: Server, chromium: Chromium, engine: str, file: str) -> dict:
    """A player for 24 s; a third through, the encoder dies and another one begins. It must play at the end."""
    encoder = lambda: process(_ffmpeg(server, bench.origin.port, "again"), bench.dir, dict(os.environ))
    with contextlib.ExitStack() as running, ThreadPoolExecutor(1) as pool:
        with encoder() as first:
            _await(server, file)
            time.sleep(4)
            url = f"http://127.0.0.1:{server.ports['plain']}{file}"
            playing = pool.submit(chromium.play, engine, url, 24, latency=2)
            time.sleep(8)
            first.kill()
        time.sleep(GONE)
        running.enter_context(encoder())
        seen = playing.result()
    positions = seen.more.get("positions", [])
    last = positions[-12:]
    return told(seen) | {"plays on": len(last) == 12 and last[-1] - last[0] > 1.5}


def _strict(server: Server, packages: Path, edge: Server) -> str:
    """What hls-parser says of the playlists while they grow, looked at again and again."""
    url = f"http://127.0.0.1:{server.ports['plain']}/live/cam/index.m3u8"
    said = [players.strict([_signed(url) if server is edge else url], packages, "live") for _ in range(LOOKS)]
    wrong = [f"{name.rpartition('/live/')[2].partition('?')[0]}: {what}" for each in said for name, what in each.items() if what]
    return "; ".join(dict.fromkeys(wrong)) or f"right, {min(map(len, said))} playlists"


def told(seen) -> dict:
    settled = [value for value in seen.more.get("latencies", [])[SETTLING * 4:] if value is not None]
    return {"start": seen.start, "latency": _two(settled, 1) if settled else None, "stalls": seen.stalls,
            "stalled": seen.stalled, "errors": seen.errors[:3], "statuses": seen.more.get("statuses")}


def _two(values: list[float], factor: float = 1000) -> list[float]:
    ordered = sorted(values)
    return [statistics.median(ordered) * factor, ordered[int(0.95 * (len(ordered) - 1))] * factor] if ordered else []


def _ffmpeg(server: Server, clock: int, stream: str = "cam") -> list[str]:
    url = f"http://127.0.0.1:{server.ports['plain']}/live/{stream}/live.mpd"
    return ["ffmpeg", "-v", "error", "-nostdin", "-re", "-f", "lavfi", "-i", "testsrc2=size=640x360:rate=25", "-re", "-f",
            "lavfi", "-i", "sine=frequency=440:sample_rate=48000", *(
                "-c:v libx264 -preset ultrafast -tune zerolatency -profile:v main -pix_fmt yuv420p -b:v 800k -g 50 "
                "-keyint_min 50 -sc_threshold 0 -c:a aac -b:a 64k -f dash -seg_duration 2 -frag_type duration "
                "-frag_duration 0.4 -streaming 1 -ldash 1 -use_template 1 -use_timeline 0 -window_size 10 "
                "-extra_window_size 5 -target_latency 2 -write_prft 1 -remove_at_exit 0 -http_persistent 1 -timeout 5 "
                "-method PUT").split(),
            "-adaptation_sets", "id=0,streams=v id=1,streams=a", "-utc_timing_url", f"http://127.0.0.1:{clock}/time", url]


def _signed(url: str) -> str:
    done = subprocess.run([str(machine.ROOT / "darban"), "sign", url, "--key", f"k={LINKS}", "--for", "1h"],
                          capture_output=True, text=True, check=True)
    return done.stdout.strip()


def _await(server: Server, path: str) -> None:
    end = time.monotonic() + 30
    while True:
        server.check()
        connection = http.client.HTTPConnection("127.0.0.1", server.ports["plain"], timeout=10)
        connection.request("GET", path, headers={"Connection": "close"})
        with connection.getresponse() as answer:
            if answer.status == 200:
                return
        if time.monotonic() > end:
            raise TimeoutError(f"{path} does not appear")
        time.sleep(0.2)


class Parts:
    """A segment of 4 s is put in 8 parts of 60 kB; 20 viewers ask for it as soon as it has begun."""

    COUNT, PAUSE, SIZE, VIEWERS = 8, 0.5, 60_000, 20

    def __init__(self, port: int):
        self.port = port

    def play(self, rounds: int, name: str) -> list[float]:
        """How long each part took to each viewer."""
        lags: list[float] = []
        for turn in range(rounds):
            path, written, begun = f"/live/lag/{name}-{turn}.m4s", [], threading.Event()
            with ThreadPoolExecutor(1) as pool:
                putting = pool.submit(self._put, path, written, begun)
                begun.wait(10)
                seen = watching.watch(self.port, path, [time.monotonic()] * self.VIEWERS, self.SIZE)
                putting.result()
            for viewer in seen:
                if viewer.body != b"".join(map(self._part, range(self.COUNT))):
                    raise Wrong(f"{path}: {viewer.wrong or f'{len(viewer.body)} bytes, or other ones'}")
                # The first part was there before anybody asked.
                lags += [at - when for at, when in list(zip(viewer.arrived, written))[1:]]
        return lags

    def _part(self, number: int) -> bytes:
        return bytes([number]) * self.SIZE

    def _put(self, path: str, written: list[float], begun: threading.Event) -> None:
        with sockets.connect(self.port) as sock:
            sock.sendall(f"PUT {path} HTTP/1.1\r\nHost: x\r\nContent-Type: video/iso.segment\r\n"
                         "Transfer-Encoding: chunked\r\n\r\n".encode())
            start = time.monotonic()
            for number in range(self.COUNT):
                time.sleep(max(0.0, start + number * self.PAUSE - time.monotonic()))
                written.append(time.monotonic())
                sock.sendall(b"%x\r\n%s\r\n" % (self.SIZE, self._part(number)))
                if not number:
                    time.sleep(0.2)
                    begun.set()
            sock.sendall(b"0\r\n\r\n")
            answer = sock.recv(4096)
            if not re.match(rb"HTTP/1.1 20[014]", answer):
                raise ConnectionError(answer[:200])


def _fragments(film: Path) -> list[bytes]:
    """A film in fragments of 0.4 s: what goes before them, and each of them."""
    subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-y", "-f", "lavfi", "-i", "testsrc2=size=640x360:rate=25", *(
        "-t 20 -c:v libx264 -preset ultrafast -tune zerolatency -pix_fmt yuv420p -b:v 800k -g 50 -sc_threshold 0 -f mp4 "
        "-movflags +frag_custom+empty_moov+default_base_moof+cmaf -frag_duration 400000").split(), str(film)], check=True)
    data, at, ends = film.read_bytes(), 0, [0]
    while at < len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        at += size
        ends += [at] if kind in (b"moov", b"mdat") else []
    return [data[start:end] for start, end in zip(ends, ends[1:])]


class Hinted:
    """A track is posted fragment by fragment; 20 viewers ask for each part by its hint, before it is there."""

    PAUSE, VIEWERS, FIRST = 0.4, 20, 8
    HINT = re.compile(r'#EXT-X-PRELOAD-HINT:TYPE=PART,URI="([^"]+)"')

    def __init__(self, port: int, stream: str, film: list[bytes]):
        self.port, self.stream, self.film = port, stream, film
        self.sent: dict[bytes, float] = {}  # when each fragment was, by its end
        self.lags: list[float] = []

    async def play(self) -> list[float]:
        """How long each part took to each viewer, once its last byte was there."""
        publishing = asyncio.create_task(self._publish())
        while len(self.sent) < self.FIRST:
            await asyncio.sleep(0.1)
        await asyncio.gather(publishing, *(self._watch() for _ in range(self.VIEWERS)))
        return self.lags

    async def _publish(self) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(f"POST {self.stream}/video.cmfv HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
        head, *fragments = self.film
        writer.write(b"%x\r\n%s\r\n" % (len(head), head))
        start = time.monotonic()
        for number, fragment in enumerate(fragments):
            await asyncio.sleep(max(0.0, start + number * self.PAUSE - time.monotonic()))
            self.sent[fragment[-32:]] = time.monotonic()
            writer.write(b"%x\r\n%s\r\n" % (len(fragment), fragment))
        writer.write(b"0\r\n\r\n")
        if not re.match(rb"HTTP/1.1 20[014]", await reader.readuntil(b"\r\n")):
            raise ConnectionError("the track is refused")
        writer.close()

    async def _watch(self) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        base = f"{self.stream}/~/video/"
        with contextlib.closing(writer):
            while hint := self.HINT.search((await self._get(reader, writer, base + "index.m3u8")).decode()):
                asked = time.monotonic()
                part = await self._get(reader, writer, base + hint[1])
                if not part and len(self.sent) == len(self.film) - 1:
                    return  # it was over
                sent = self.sent.get(part[-32:])
                if sent is None:
                    raise Wrong(f"{hint[1]} has {len(part)} bytes that nobody sent")
                # What was there before it was asked for says nothing.
                self.lags += [time.monotonic() - sent] if sent > asked else []

    async def _get(self, reader, writer, path: str) -> bytes:
        """An answer; nothing where there is none any more."""
        writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        if "transfer-encoding: chunked" in head:
            body = b""
            while size := int(await reader.readuntil(b"\r\n"), 16):
                body += (await reader.readexactly(size + 2))[:-2]
            await reader.readuntil(b"\r\n")
        else:
            body = await reader.readexactly(int(re.search(r"content-length: (\d+)", head)[1]))
        return body if " 200 " in head.splitlines()[0] else b""
