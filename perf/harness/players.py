"""Players of films: what each does with an address, told in one shape."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from . import corpus, machine
from .bench import Broken
from .systems import AS_ROOT

LOAD = machine.ROOT / "perf/load/players"
SLACK = 0.21  # of what a picture tells, in seconds: it tells fifths

TOOLS = {"node": "nodejs", "npm": "npm", "chromium": "chromium", "ffmpeg": "ffmpeg", "mpv": "mpv", "cvlc": "vlc-bin",
         "gst-play-1.0": "gstreamer1.0-plugins-base-apps", "gst-launch-1.0": "gstreamer1.0-tools",
         "runuser": "util-linux"}


@dataclass
class Seen:
    """What a player did; `start` in milliseconds, None if it never began."""

    start: float | None
    stalls: int = 0
    stalled: float = 0
    played: float = 0
    seeks: list[tuple[float, float | None]] = field(default_factory=list)  # to where, and what the picture told
    errors: list[str] = field(default_factory=list)
    more: dict = field(default_factory=dict)


class Chromium:
    """A headless Chromium, in which pages of hls.js, dash.js, Shaka and a bare <video> play; one at a time."""

    def __init__(self, folder: Path):
        packages = machine.ROOT / "target/perf/players"
        packages.mkdir(parents=True, exist_ok=True)
        wanted = (LOAD / "package.json").read_text()
        here = packages / "package.json"
        if not here.exists() or here.read_text() != wanted or not (packages / "node_modules/hls.js").is_dir():
            here.write_text(wanted)
            subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--silent"],
                           cwd=packages, check=True)
        self.packages, self.log = packages, open(folder / "chromium.log", "wb")
        argv = ["node", str(LOAD / "chromium.mjs"), str(packages), shutil.which("chromium") or "chromium"]
        self.process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True)
        self.version = json.loads(self.process.stdout.readline())["browser"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(10)
        self.process.kill()
        self.process.wait()
        self.log.close()

    def look(self, url: str, **job) -> dict:
        """What a list of films takes, in milliseconds."""
        said = self._do({"look": url} | job)
        if "failed" in said:
            raise Broken(said["failed"])
        return said

    def _do(self, job: dict) -> dict:
        self.process.stdin.write(json.dumps(job) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise Broken("Chromium ended")
        return json.loads(line)

    def play(self, engine: str, url: str, seconds: float, **job) -> Seen:
        said = self._do({"engine": engine, "url": url, "seconds": seconds} | job)
        if "failed" in said:
            return Seen(None, errors=[said["failed"]])
        errors = [each["what"] for each in said["errors"]] + said["refused"]
        seeks = [(each["to"], _told(each)) for each in said["seeks"]]
        return Seen(said["start"], said["stalls"], said["stalled"], said["played"],
                    seeks, errors, said)


def _told(seek: dict) -> float | None:
    """The time in a picture; where there is none, as with sound alone, that of the player's clock."""
    if seek["late"]:
        return None
    row = seek["picture"]
    return seek["at"] if row is None else sum((value >= 128) << bit for bit, value in enumerate(row)) * corpus.STEP


@dataclass(frozen=True)
class Program:
    """A player that is a program of its own, which is asked for one picture of a time, and how long that took it."""

    name: str
    argv: Callable[[str, float, Path], list[str]]
    exact: Callable[[str], bool] = lambda url: True  # or the picture may be from the beginning of its segment on

    def picture(self, url: str, at: float, folder: Path, patience: float = 12) -> Seen:
        out = folder / "pictures"
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir()
        out.chmod(0o777)
        began = time.monotonic()
        with open(folder / f"{self.name}.log", "wb") as log:
            running = subprocess.Popen(self.argv(url, at, out), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                       start_new_session=True)
        took = gray = None
        while time.monotonic() < began + patience and gray is None:
            ended = running.poll() is not None
            for file in sorted(out.glob("*.png")):
                if data := _gray(file):
                    took, gray = (time.monotonic() - began) * 1000, data
                    break
            if ended and gray is None:
                break
            time.sleep(0.02)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(running.pid, signal.SIGKILL)  # one picture was all we wanted of it
        running.wait()
        return Seen(took, seeks=[(at, corpus.told(gray) if gray else None)])


def _gray(file: Path) -> bytes | None:
    size = f"scale={corpus.WIDTH}:{corpus.HEIGHT}"
    argv = ["ffmpeg", "-v", "quiet", "-nostdin", "-i", str(file), "-frames:v", "1", "-vf", size, "-pix_fmt", "gray", "-f",
            "rawvideo", "-"]
    done = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return done.stdout if len(done.stdout) == corpus.WIDTH * corpus.HEIGHT else None


def _as_nobody(argv: list[str]) -> list[str]:
    """VLC does not run as root."""
    return ["runuser", "-u", "nobody", "--", "env", "HOME=/tmp", *argv] if AS_ROOT else argv


def _whole(url: str) -> bool:
    return not url.endswith((".m3u8", ".mpd"))


FFMPEG = Program("ffmpeg", lambda url, at, out: [
    "ffmpeg", "-v", "error", "-nostdin", "-ss", str(at), "-i", url, "-frames:v", "1", str(out / "one.png")])
MPV = Program("mpv", lambda url, at, out: [
    "mpv", "--no-config", "--no-terminal", "--vo=image", "--vo-image-format=png", f"--vo-image-outdir={out}", "--ao=null",
    f"--start={at}", "--frames=1", url])
VLC = Program("vlc", lambda url, at, out: _as_nobody([
    "cvlc", "-q", "-I", "dummy", "--vout", "dummy", "--aout", "dummy", "--no-audio", f"--start-time={at}", "--run-time=4",
    "--video-filter=scene", f"--scene-path={out}", "--scene-ratio=1000", "--scene-prefix=one", "--play-and-exit", url]),
    exact=_whole)
GSTREAMER = Program("gstreamer", lambda url, at, out: [
    "gst-play-1.0", "--no-interactive", "-q", f"--start-position={at}", "--audiosink=fakesink",
    f"--videosink=videoconvert ! pngenc snapshot=true ! filesink location={out}/one.png", url])
PROGRAMS = [FFMPEG, MPV, VLC, GSTREAMER]


def frames(url: str, *before: str) -> int:
    """How many pictures ffmpeg decodes of a film, without any complaint; less than none if there is one."""
    argv = ["ffmpeg", "-v", "error", "-nostdin", *before, "-i", url, "-map", "0:v:0", "-progress", "-", "-f", "null", "-"]
    done = subprocess.run(argv, capture_output=True, text=True)
    found = [line for line in done.stdout.splitlines() if line.startswith("frame=")]
    count = int(found[-1].removeprefix("frame=")) if found else 0
    return -1 - count if done.returncode or done.stderr else count


def strict(urls: list[str], packages: Path, kind: str = "films") -> dict[str, str]:
    """What hls-parser in its strict mode says of playlists, of films or "live" ones: empty for nothing."""
    argv = ["node", str(LOAD / "strict.mjs"), str(packages), kind, *urls]
    done = subprocess.run(argv, capture_output=True, text=True)
    if done.returncode:
        raise Broken(f"hls-parser: {done.stderr[-500:]}")
    return json.loads(done.stdout)
