"""The command line of `perf/live`: what viewers of live streams get when something goes wrong.

Scenes, each with a Darban of its own and encoders that ffmpeg plays: a publisher is killed within a segment and begins
anew, an origin is, behind a second Darban that caches or one that fetches, a disk is full under `record` and `disk`,
and viewers zap between streams that a second Darban fetches on demand. A viewer is a player of HLS in a few lines: it
begins two segments ago, asks for the next one when that is due, and counts the time that it has nothing to play. Every
segment is looked at: it must be made of whole boxes.
"""

import argparse
import asyncio
import contextlib
import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from . import machine
from .audience import FilmViewer, Listener, Viewer
from .measure import Tree
from .systems import ROOT

PICTURES = ["-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25", "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000",
            "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-b:v", "250k", "-g", "50", "-bf", "0",
            "-sc_threshold", "0", "-c:a", "aac", "-b:a", "48k"]
FRAGMENTS = ["-f", "mp4", "-movflags", "+frag_keyframe+empty_moov+default_base_moof", "-frag_duration", "400000"]


class Gateway:
    """A Darban that runs with one route, and with what else its configuration has."""

    def __init__(self, folder: Path, name: str, route: str, sections: str, mount: str = "", port: int | None = None):
        self.port, self.admin, self.studio = port or _free(), _free(), _free()
        self.log = folder / f"{name}.log"
        config = folder / f"{name}.yaml"
        config.write_text(f"""
listeners:
  plain: {{ address: "127.0.0.1:{self.port}" }}
  studio: {{ address: "127.0.0.1:{self.studio}", sources: true }}
sites: {{ "*": {{ routes: [ {route} ] }} }}
admin: {{ address: "127.0.0.1:{self.admin}" }}
log: {{ access: off }}
{sections}
""")
        command = [str(ROOT / "darban"), "run", "-c", str(config)]
        if mount:
            # A small disk that only this process and those it starts can see.
            command = ["unshare", "-m", "sh", "-c", f"mount -t tmpfs -o size={mount} none {folder}/disk && exec \"$@\"", "sh",
                       *command]
        self.process = subprocess.Popen(command, stdout=self.log.open("w"), stderr=subprocess.STDOUT)

    @staticmethod
    def hub(folder: Path, name: str, hub: str, services: str = "{}", **more) -> "Gateway":
        """One with live streams of its own."""
        return Gateway(folder, name, "{ match: { path: /live/* }, live: cams }",
                       f"live: {{ cams: {hub} }}\nservices: {services}", **more)

    @staticmethod
    def cache(folder: Path, name: str, services: str) -> "Gateway":
        """One that caches live streams of the service `home`."""
        return Gateway(folder, name, "{ service: home, cache: { live-edge: on } }",
                       f"cache: {{ memory: 64MB }}\nservices: {services}")

    def __enter__(self):
        until = time.monotonic() + 60
        while "\nready" not in "\n" + self.log.read_text():
            if self.process.poll() is not None or time.monotonic() > until:
                self.__exit__()
                raise SystemExit(f"Darban does not start:\n{self.log.read_text()[-2000:]}")
            time.sleep(0.1)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(20)
        self.process.kill()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}/live/{path}"

    def metric(self, name: str) -> float:
        """The sum of all rows of a metric."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.admin}/metrics") as answer:
            rows = re.findall(rf"^darban_{name}(?:{{[^}}]*}})? (\S+)$", answer.read().decode(), re.M)
        return sum(map(float, rows))

    def peak(self) -> float:
        """The most memory it ever had, in MB."""
        return int(re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{self.process.pid}/status").read_text())[1]) / 1000

    def inside(self, path: Path) -> Path:
        """A file as it sees it."""
        return Path(f"/proc/{self.process.pid}/root{path}")


def _free() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def _film(folder: Path) -> Path:
    """Encoded once: what is measured is not ffmpeg."""
    film = folder / "film.mp4"
    if not film.exists():
        _ffmpeg([*PICTURES, "-t", "60", *FRAGMENTS, str(film)]).wait()
    return film


def _ffmpeg(arguments: list[str]) -> subprocess.Popen:
    return subprocess.Popen(["ffmpeg", "-v", "quiet", "-nostdin", "-y", *arguments], stderr=subprocess.DEVNULL)


def _publish(gateway: Gateway, film: Path, stream: str) -> subprocess.Popen:
    return _ffmpeg(["-re", "-stream_loop", "-1", "-i", str(film), "-c", "copy", *FRAGMENTS, "-method", "POST",
                    gateway.url(f"{stream}/video.cmfv")])


@contextlib.contextmanager
def _publishers(gateway: Gateway, film: Path, streams: list[str]):
    """They have sent three segments when this begins."""
    all_of_them = {stream: _publish(gateway, film, stream) for stream in streams}
    try:
        until = time.monotonic() + 40
        while gateway.metric("live_received_bytes") < 300_000 * len(streams) and time.monotonic() < until:
            time.sleep(0.2)
        yield all_of_them
    finally:
        for each in all_of_them.values():
            each.kill()
            each.wait()


def _told(viewers: list[Viewer]) -> dict:
    startups = sorted(start for each in viewers for start in each.startups)
    changes = sorted(change for each in viewers for change in each.changes)
    played, stalled = sum(each.played for each in viewers), sum(each.stalled for each in viewers)
    fetched, unwatched = sum(each.fetched for each in viewers), sum(each.unwatched for each in viewers)
    return {
        "viewers": len(viewers),
        "startup p50 / p95, ms": _both(startups),
        **({"another stream p50 / p95, ms": _both(changes)} if changes else {}),
        "stalls": sum(each.stalls for each in viewers),
        "stalled, of the time": f"{100 * stalled / max(1, played + stalled):.2f} %",
        "segments that were wrong": sum(each.wrong for each in viewers),
        "requests that failed": sum(each.failed for each in viewers),
        "media to viewers, MB": round(fetched / 1e6, 1),
        "of it never played, MB": round(unwatched / 1e6, 1),
    }


def _both(times: list[float]) -> str:
    return " / ".join(f"{1000 * times[int(len(times) * share)]:.0f}" for share in (0.5, 0.95)) if times else "-"


async def _at_once(viewers: list[Viewer], stream: str, seconds: float, meanwhile) -> None:
    async with asyncio.TaskGroup() as all_of_them:
        for each in viewers:
            all_of_them.create_task(each.watch(stream, seconds))
        all_of_them.create_task(asyncio.to_thread(meanwhile))


def killed(folder: Path, arguments) -> dict:
    """A publisher is killed within a segment, and begins anew three seconds later."""
    film = _film(folder)
    with Gateway.hub(folder, "killed", "{ ingest: anyone, takeover: 2s }") as gateway, \
            _publishers(gateway, film, ["cam"]) as publishers:
        seen: dict = {}
        viewers = [Viewer(gateway.port, seen) for _ in range(arguments.watching)]

        def kill():
            time.sleep(arguments.seconds / 3)
            publishers["cam"].kill()
            time.sleep(3)
            publishers["cam"] = _publish(gateway, film, "cam")

        asyncio.run(_at_once(viewers, "cam", arguments.seconds, kill))
        return _told(viewers) | {"uploads that broke": gateway.metric("live_aborted_uploads"), "peak memory, MB": gateway.peak()}


def _edge(folder: Path, hub: str | None, services: str) -> Gateway:
    """One that fetches streams for a hub of its own, or caches them."""
    return Gateway.hub(folder, "edge", hub, services) if hub else Gateway.cache(folder, "edge", services)


def _dying(folder: Path, arguments, hub: str | None) -> dict:
    film = _film(folder)
    with contextlib.ExitStack() as running:
        origin = running.enter_context(Gateway.hub(folder, "origin", "{ ingest: anyone }"))
        publishers = running.enter_context(_publishers(origin, film, ["cam"]))
        services = f'{{ home: {{ servers: [ "http://127.0.0.1:{origin.port}" ] }} }}'
        edge = running.enter_context(_edge(folder, hub, services))
        seen: dict = {}
        viewers = [Viewer(edge.port, seen) for _ in range(arguments.watching)]

        def die():
            time.sleep(arguments.seconds / 3)
            origin.process.kill()
            publishers["cam"].kill()
            time.sleep(3)
            again = running.enter_context(Gateway.hub(folder, "again", "{ ingest: anyone }", port=origin.port))
            publishers["cam"] = _publish(again, film, "cam")

        asyncio.run(_at_once(viewers, "cam", arguments.seconds, die))
        return _told(viewers) | {"peak memory of the edge, MB": edge.peak()}


def cached(folder: Path, arguments) -> dict:
    """An origin is killed within a segment, and starts again three seconds later; a second Darban caches what it has."""
    return _dying(folder, arguments, None)


def fetched(folder: Path, arguments) -> dict:
    """The same, and the second Darban fetches the stream while it is watched."""
    return _dying(folder, arguments, "{ ingest: anyone, pull: { service: home } }")


def film(folder: Path, arguments) -> dict:
    """The origin of a film is killed, and starts again three seconds later; a second Darban packages the film as HLS."""
    root = folder / "films"
    root.mkdir()
    _ffmpeg([*PICTURES, "-t", "600", str(root / "film.mp4")]).wait()
    files, port = f"{{ files: {{ root: {root} }} }}", _free()
    with contextlib.ExitStack() as running:
        origin = running.enter_context(Gateway(folder, "origin", files, "", port=port))
        media = f'cache: {{ memory: 64MB }}\nmedia: {{ films: {{ root: "http://127.0.0.1:{port}/" }} }}'
        edge = running.enter_context(Gateway(folder, "edge", "{ match: { path: /films/* }, media: films }", media))
        seen: dict = {}
        viewers = [FilmViewer(edge.port, seen, number) for number in range(arguments.watching)]

        def die():
            time.sleep(arguments.seconds / 3)
            origin.process.kill()
            time.sleep(3)
            running.enter_context(Gateway(folder, "again", files, "", port=port))

        asyncio.run(_at_once(viewers, "film.mp4", arguments.seconds, die))
        fetched = edge.metric("film_received_bytes")
        return _told(viewers) | {"fetched from the origin, MB": round(fetched / 1e6, 1),
                                 "peak memory of the edge, MB": edge.peak()}


def full(folder: Path, arguments) -> dict:
    """A disk of 3 MB is full under `record` and `disk`, and has room again in the end."""
    film = _film(folder)
    disk = folder / "disk"
    disk.mkdir(exist_ok=True)
    live = (f"{{ ingest: anyone, memory: 2MB, disk: {{ path: {disk}/spill, size: 1GB }}, "
            f"record: {{ path: {disk}/kept }} }}")
    with Gateway.hub(folder, "full", live, mount="3m") as gateway, _publishers(gateway, film, ["cam"]):
        inside = gateway.inside(disk)
        (inside / "ballast").write_bytes(bytes(2_500_000))
        seen: dict = {}
        viewers = [Viewer(gateway.port, seen) for _ in range(arguments.watching)]
        failures = []

        def free():
            time.sleep(arguments.seconds * 2 / 3)
            failures.append(gateway.metric("live_disk_failures"))
            (inside / "ballast").unlink()

        asyncio.run(_at_once(viewers, "cam", arguments.seconds, free))
        log = gateway.log.read_text().count("what is to lie on disk")
        recordings = list((inside / "kept/cam").iterdir())
        playlist = (recordings[0] / "video.m3u8").read_text()
        return _told(viewers) | {
            "tries of the full disk": failures[0], "lines in the log": log, "recordings": len(recordings),
            "segments recorded in the end": playlist.count("#EXTINF"), "peak memory, MB": gateway.peak()}


async def _zap(viewers: list[Viewer], streams: list[str], seconds: float) -> None:
    until = time.monotonic() + seconds

    async def one(viewer: Viewer, dice: random.Random):
        await asyncio.sleep(dice.uniform(0, 5))
        while (left := until - time.monotonic()) > 0:
            await viewer.watch(dice.choice(streams), min(left, dice.uniform(2, 12)))

    await asyncio.gather(*(one(each, random.Random(i)) for i, each in enumerate(viewers)))


def _zapping(folder: Path, arguments, hub: str | None, received: str) -> dict:
    film = _film(folder)
    streams = [f"cam{i}" for i in range(arguments.streams)]
    with Gateway.hub(folder, "origin", "{ ingest: anyone }") as origin:
        services = f'{{ home: {{ servers: [ "http://127.0.0.1:{origin.port}" ] }} }}'
        with _edge(folder, hub, services) as edge, _publishers(origin, film, streams):
            seen: dict = {}
            viewers = [Viewer(edge.port, seen) for _ in range(arguments.zapping)]
            asyncio.run(_zap(viewers, streams, arguments.seconds))
            fetched, watched = edge.metric(received), sum(map(len, seen.values()))
            return _told(viewers) | {
                "streams": len(streams), "fetched from the origin, MB": round(fetched / 1e6, 1),
                "of it watched by nobody, MB": round(max(0.0, fetched - watched) / 1e6, 1),
                "peak memory of the edge, MB": edge.peak(), "peak memory of the origin, MB": origin.peak()}


def zapping(folder: Path, arguments) -> dict:
    """Viewers change between streams every 2 to 12 seconds; a second Darban fetches what is watched."""
    return _zapping(folder, arguments, "{ ingest: anyone, pull: { service: home, linger: 5s } }", "live_received_bytes")


def surfing(folder: Path, arguments) -> dict:
    """The same, and the second Darban caches what the first one has."""
    return _zapping(folder, arguments, None, "edge_received_bytes")


def radio(folder: Path, arguments) -> dict:
    """Listeners of one station, at 64 kbit/s; each compares all that it hears with what the source sent."""
    song = folder / "song.mp3"
    _ffmpeg(["-f", "lavfi", "-i", "anoisesrc=sample_rate=44100:duration=60", "-b:a", "64k", "-write_xing", "0",
             "-id3v2_version", "0", str(song)]).wait()
    with Gateway(folder, "radio", "{ radio: main }", "radio: { main: { sources: anyone, burst: 32KiB } }") as gateway:
        source = _ffmpeg(["-re", "-stream_loop", "-1", "-i", str(song), "-c", "copy", "-f", "mp3", "-content_type",
                          "audio/mpeg", f"icecast://source:any@127.0.0.1:{gateway.studio}/jazz"])
        try:
            return asyncio.run(_hear(gateway, song.read_bytes(), arguments))
        finally:
            source.kill()
            source.wait()


async def _hear(gateway: Gateway, song: bytes, arguments) -> dict:
    await asyncio.sleep(6)  # the burst is there
    listeners = [Listener(song, 8_000) for _ in range(arguments.listening)]
    loop = asyncio.get_running_loop()
    for each in listeners:
        await loop.create_connection(lambda each=each: each, "127.0.0.1", gateway.port)
    tree, began = Tree(gateway.process.pid), time.monotonic()
    busy, memory = tree.cpu(), tree.pss()
    await asyncio.sleep(arguments.seconds)
    busy, took = tree.cpu() - busy, time.monotonic() - began
    for each in listeners:
        each.end()
    return {
        "listeners": len(listeners),
        "startup p50 / p95, ms": _both(sorted(each.startup for each in listeners if each.startup is not None)),
        "silent in the middle, listeners": sum(each.stalls > 0 for each in listeners),
        "that heard something else": sum(each.wrong for each in listeners),
        "to listeners, Mbit/s": round(8e-6 * sum(each.heard for each in listeners) / took, 1),
        "of a core": f"{100 * busy / took:.0f} %",
        "memory with all of them, MB": round(memory / 1e6),
        "peak memory, MB": gateway.peak()}


SCENES = {"killed": killed, "cached": cached, "fetched": fetched, "film": film, "full": full, "zapping": zapping,
          "surfing": surfing, "radio": radio}


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="perf/live", description=__doc__)
    parser.add_argument("scenes", nargs="*", metavar="SCENE", help=f"{', '.join(SCENES)}; all without")
    parser.add_argument("--seconds", type=float, default=45, help="of each scene")
    parser.add_argument("--watching", type=int, default=50, help="viewers of most scenes")
    parser.add_argument("--zapping", type=int, default=1000, help="viewers who zap and surf")
    parser.add_argument("--listening", type=int, default=3000, help="listeners of `radio`")
    parser.add_argument("--streams", type=int, default=10)
    parser.add_argument("--record", action="store_true", help="write into perf/results instead of target/perf")
    arguments = parser.parse_args(argv)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if shutil.which("ffmpeg") is None:
        raise SystemExit("ffmpeg is missing: apt-get install ffmpeg")
    load = os.getloadavg()[0]
    played = {}
    for name in arguments.scenes or SCENES:
        if name == "full" and os.geteuid() != 0:
            print("full: skipped, only root can make a small disk", flush=True)
            continue
        with tempfile.TemporaryDirectory(prefix="darban-live-") as folder:
            played[name] = SCENES[name](Path(folder), arguments)
        print(f"{name}: {json.dumps(played[name])}", flush=True)
    date = time.strftime("%Y-%m-%d")
    to = machine.results(arguments.record) / f"{date}-live.md"
    to.write_text(_markdown(date, load, arguments, played))
    print(to)
    return 0


def _markdown(date: str, load: float, arguments, played: dict) -> str:
    lines = [f"# Live streams under misfortune, measured on {date}", "",
             f"{os.cpu_count()} cores, which publishers, viewers and Darban share; load average at the start {load:.1f}; "
             f"{arguments.seconds:.0f} s each, 300 kbit/s a stream.", ""]
    for name, figures in played.items():
        lines += [f"## {name.capitalize()}", "", SCENES[name].__doc__, "", "| | |", "|---|---|"]
        lines += [f"| {key} | {value:g} |" if isinstance(value, float) else f"| {key} | {value} |"
                  for key, value in figures.items()]
        lines.append("")
    return "\n".join(lines)
