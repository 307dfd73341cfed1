"""The section `first` of perf/media: how long the first segment of a film of 1 GB takes that nobody asked for before.

Its tables lie at its end. It is there under many names, each of which is a film of its own to Darban. What a cold one
takes is compared with what it takes to get the tables alone: from the disk, or from the origin by two ranges.
"""

import hashlib
import os
import statistics
import struct
import subprocess
import time
from pathlib import Path

from . import machine, sockets, viewers
from .bench import Bench, Server
from .systems import DARBAN, Setup
from .viewers import Watched

NAMES = 360
FEW, LAST = 9, 30  # of them tell what it is like soon after a start, and when all is compiled that will be
PAUSE = 0.1  # seconds before the next film that is not known
KNOWN = 120  # are asked for again
CORES = (1, 2)  # of Darban: its own, and, with two, that of the client and the origin too
ROOMS = {"a folder": "/films", "an origin": "/far"}
THREADS = {"event loop": "vert.x-eventloo", "workers": "vert.x-worker-t", "compilers": "C CompilerThre",
           "disk's writer": "darban-disk-wri"}


def film(file: Path) -> None:
    """An hour, nearly, at 2.5 Mbit/s."""
    minute = file.with_name("minute.mp4")
    make = ["ffmpeg", "-v", "error", "-nostdin", "-y"]
    subprocess.run([*make, "-f", "lavfi", "-i", "testsrc2=size=640x360:rate=25:duration=60", "-f", "lavfi", "-i",
                    "sine=frequency=440:sample_rate=48000:duration=60",
                    *"-c:v libx264 -preset ultrafast -b:v 2400k -minrate 2400k -maxrate 2400k -bufsize 2400k -x264-params "
                     "nal-hrd=cbr:force-cfr=1 -g 50 -keyint_min 50 -sc_threshold 0 -c:a aac -b:a 128k -ac 2".split(),
                    str(minute)], check=True)
    times = -(-1_000_000_000 // minute.stat().st_size)
    subprocess.run([*make, "-stream_loop", str(times - 1), "-i", str(minute), "-c", "copy", str(file)], check=True)
    minute.unlink()


def run(bench: Bench, say) -> dict:
    folder = bench.files / "films"
    folder.mkdir(exist_ok=True)
    film(folder / "hour-0.mp4")
    viewers.film(folder / "evening.mp4")
    for number in range(1, NAMES):
        os.link(folder / "hour-0.mp4", folder / f"hour-{number}.mp4")
    subprocess.run(["chmod", "-R", "a+rX", str(bench.files)], check=True)
    start, size = tables(folder / "hour-0.mp4")
    said = {"bytes": (folder / "hour-0.mp4").stat().st_size, "tables": size}
    digests = []
    for cores in CORES:
        with bench.server(DARBAN, Setup(profile="films", workers=cores)) as server:
            digests.append(_digest(server.ports["plain"]))
            say(f"with {cores} cores: all segments of a film are {digests[-1]}")
            for room, path in ROOMS.items():
                name = f"{room}, {cores} core{'s' * (cores > 1)}"
                said[name] = _room(server, path)
                said[name]["tables alone"] = [_alone(bench, folder / f"hour-{n}.mp4", room, start, size) for n in range(FEW)]
                say(f"{name}: " + ", ".join(f"{key} {statistics.median(value) * 1000:.1f} ms"
                                            for key, value in said[name].items() if isinstance(value, list)))
    said["same after another start"] = len(set(digests)) == 1
    return said


def _room(server: Server, path: str) -> dict:
    """How long first segments take, of films that are known and that are not."""
    port = server.ports["plain"]
    for _ in range(400):
        sockets.fetch(port, "/films/evening.mp4/v0/3.m4s")
    cold = []
    for at in range(0, NAMES, LAST):
        _touch(LAST)
        before = server.tree.threads()
        cold += [_opened(port, f"{path}/hour-{n}.mp4/v0/0.m4s") for n in range(at, at + LAST)]
        spent = server.tree.threads() - before
    warm = [_timed(port, f"{path}/hour-{n}.mp4/v0/0.m4s") for n in range(NAMES - KNOWN, NAMES)]
    processor = {kind: spent.pop(name, 0) / LAST for kind, name in THREADS.items()} | {"others": sum(spent.values()) / LAST}
    # The first two are those by which a JVM learns to read tables of that size.
    return {"first of all": cold[0], "cold": cold[2:FEW], "cold, later": cold[-LAST:], "warm": warm, "processor": processor}


def _touch(films: int) -> None:
    """A virtual machine gets memory from its host page by page, and gives back within seconds what is free.

    That is no time of Darban's; a film, its tables and the room to read them take no more.
    """
    machine.touch(films * 20)


def _digest(port: int) -> str:
    """Of all segments of a film, near and far."""
    whole = hashlib.blake2b(digest_size=8)
    for room in ROOMS.values():
        for track in Watched.of(port, f"{room}/evening.mp4/index.m3u8").tracks:
            for segment in track:
                whole.update(segment.digest)
    return whole.hexdigest()


def tables(file: Path) -> tuple[int, int]:
    """Where its moov is, and how long."""
    with open(file, "rb") as opened:
        at = 0
        while head := opened.read(16):
            size, kind = struct.unpack(">I4s", head[:8])
            size = struct.unpack(">Q", head[8:])[0] if size == 1 else size
            if kind == b"moov":
                return at, size
            at += size
            opened.seek(at)
    raise ValueError(f"{file} has no moov")


def _alone(bench: Bench, file: Path, room: str, start: int, size: int) -> float:
    """What it takes to get the tables, by somebody who knows where they are."""
    began = time.monotonic()
    if room == "a folder":
        with open(file, "rb", buffering=0) as opened:
            opened.read(64)
            opened.seek(start)
            opened.read(size)
    else:
        with sockets.connect(bench.origin.port) as sock:
            for first, count in ((0, 64), (start, size)):
                sock.sendall(f"GET /films/{file.name} HTTP/1.1\r\nHost: x\r\n"
                             f"Range: bytes={first}-{first + count - 1}\r\n\r\n".encode())
                data = sock.recv(65536)
                left = count - len(data.partition(b"\r\n\r\n")[2])
                while left > 0:
                    left -= len(sock.recv(left))
    return time.monotonic() - began


def _opened(port: int, path: str) -> float:
    """As people open films: what is left to do of one is done before the next."""
    taken = _timed(port, path)
    time.sleep(PAUSE)
    return taken


def _timed(port: int, path: str) -> float:
    began = time.monotonic()
    sockets.fetch(port, path)
    return time.monotonic() - began
