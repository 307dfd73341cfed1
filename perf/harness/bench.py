"""The bench: a scratch folder, an origin, a certificate, and servers that are always ended."""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from . import machine, sockets
from .measure import Tree
from .systems import AS_ROOT, ROOT, USER, Place, Setup, System
from .tally import Wrong

PEERS = ROOT / "perf/peers"
KIBIBYTE = ("abcdefghijklmnopqrstuvwxyz012345" * 32)[:1024]
LINKS = "a key of thirty-two bytes, at least"  # that links are signed with
BIG_FILE = 256 * 1024 * 1024
READY = "/pass/ready"
PORTS = ("plain", "tls", "tunnel", "admin", "proxied")


class Broken(Exception):
    """A system that does not start, or does not do what the scenario asks."""


class Server:
    """A system that runs, on the server's core."""

    def __init__(self, system: System, place: Place, roots: list[subprocess.Popen], started: float):
        self.system, self.place, self.ports, self.roots = system, place, place.ports, roots
        self.started = started  # on the monotonic clock
        self.tree = Tree(*(root.pid for root in roots))
        self._answers: dict[str, sockets.Answer] = {}

        self.doors = [place.ports[name] for name in system.doors(place.setup)]
        self._plain = place.ports["plain"] if "plain" in system.doors(place.setup) else None

    def answer(self, path: str) -> sockets.Answer:
        """What a client gets there; of a system without a plain door, what the origin says."""
        if path not in self._answers:
            self._answers[path] = sockets.fetch(self._plain or self.place.origin, path)
        return self._answers[path]

    def check(self) -> None:
        """Fails if a process of it has ended."""
        for root in self.roots:
            if root.poll() is not None:
                raise Broken(f"{self.system.name} ended with {root.returncode}\n{self.said()}")

    def said(self) -> str:
        """The last lines of its logs."""
        return "\n".join(path.read_text(errors="replace")[-1500:] for path in sorted(self.place.dir.glob("*.log")))

    def await_answer(self, pause: float = 0.02, seconds: float = 60) -> None:
        """Waits for the first right answer, or the first connection where there is no plain door."""
        self._await(lambda: sockets.fetch(self._plain, READY) if self._plain else None, pause, seconds)

    def await_doors(self, seconds: float = 60) -> None:
        for door in self.doors:
            self._await(lambda: sockets.connect(door).close(), 0.02, seconds)

    def _await(self, attempt, pause: float, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.check()
            with contextlib.suppress(OSError, Wrong):
                attempt()
                return
            time.sleep(pause)
        raise Broken(f"{self.system.name} does not answer\n{self.said()}")


class Origin:
    """The nginx behind all systems."""

    def __init__(self, port: int, pid: int):
        self.port, self.tree, self._asked = port, Tree(pid), 0

    def requests(self) -> int:
        """How many it has answered, these questions aside."""
        with sockets.connect(self.port) as sock:
            sock.sendall(sockets.request("/status", self.port, close=True))
            text = b"".join(iter(lambda: sock.recv(4096), b"")).decode()
        self._asked += 1
        return int(re.search(r"\n \d+ \d+ (\d+) ", text)[1]) - self._asked


class Bench:
    """Everything a run needs; leaving its block ends whatever was started on it."""

    def __enter__(self) -> "Bench":
        with contextlib.ExitStack() as opening:
            self.dir = Path(tempfile.mkdtemp(prefix="darban-perf-"))
            opening.callback(shutil.rmtree, self.dir, ignore_errors=True)
            self.dir.chmod(0o755)  # for systems that give root's rights away
            self._count = 0
            self.files = self.folder("files")
            self.tls = self._identity()
            self.origin = self._origin(opening)
            self._opened = opening.pop_all()
        return self

    def __exit__(self, *_):
        self._opened.close()

    def folder(self, name: str) -> Path:
        folder = self.dir / name
        folder.mkdir()
        if AS_ROOT:
            folder.chmod(0o777)
        return folder

    @contextlib.contextmanager
    def server(self, system: System, setup: Setup = Setup(), origin: int = 0):
        """A system, started and up; ended at the end of the block. Behind it our origin, or one at a port."""
        with self.starting(system, setup, origin) as server:
            if not origin:
                server.await_answer()
            server.await_doors()
            yield server

    @contextlib.contextmanager
    def starting(self, system: System, setup: Setup = Setup(), origin: int = 0):
        """A system, started but not yet waited for."""
        place = self._place(system, setup, origin or self.origin.port)
        environment = os.environ | system.environment(place)
        cores = ",".join(str(machine.SERVER_CORE + n) for n in range(setup.workers))
        for argv in system.before(place):
            subprocess.run(argv, cwd=place.dir, env=environment, check=True, capture_output=True)
        with contextlib.ExitStack() as running:
            roots, started = [], time.monotonic()
            for argv in system.commands(place):
                pinned = ["taskset", "-c", cores, *argv]
                roots.append(running.enter_context(process(pinned, place.dir, environment)))
                if argv != system.commands(place)[-1]:
                    await_port(place.ports["plain"])
            yield Server(system, place, roots, started)

    def _place(self, system: System, setup: Setup, origin: int) -> Place:
        self._count += 1
        folder = self.folder(f"{self._count}-{system.family}")
        place = Place(folder, setup, dict(zip(PORTS, free_ports(len(PORTS)))), origin)
        values = self._values(place) | system.values(place)
        templates = PEERS / system.family / setup.profile
        for template in sorted(templates.iterdir()):
            (folder / template.name).write_text(filled(template.read_text(), values))
        return place

    def _values(self, place: Place) -> dict[str, object]:
        return place.ports | {
            "dir": place.dir,
            "origin": f"127.0.0.1:{place.origin}",
            "origin_port": place.origin,
            "cache_mib": place.setup.cache_mib,
            "workers": place.setup.workers,
            "user": USER,
            "files": self.files,
            "kibibyte": KIBIBYTE,
            "key_of_links": LINKS,
            "tls_dir": self.tls,
            "cert": self.tls / "cert.pem",
            "key": self.tls / "key.pem",
            "pem": self.tls / "both.pem",
        }

    def _identity(self) -> Path:
        """A certificate with a key on P-256, and both in one file."""
        folder = self.folder("tls")
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
             "-days", "30", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
             "-keyout", folder / "key.pem", "-out", folder / "cert.pem"], check=True, capture_output=True)
        both = (folder / "cert.pem").read_text() + (folder / "key.pem").read_text()
        (folder / "both.pem").write_text(both)
        for file in folder.iterdir():
            file.chmod(0o644)
        return folder

    def _origin(self, opening: contextlib.ExitStack) -> Origin:
        (self.files / "big").mkdir()
        with open(self.files / "big/256m", "wb") as file:
            file.truncate(BIG_FILE)
        folder, port = self.folder("origin"), free_ports(1)[0]
        place = Place(folder, Setup(), {"plain": port}, 0)
        text = (PEERS / "origin/nginx.conf").read_text()
        (folder / "nginx.conf").write_text(filled(text, self._values(place)))
        argv = ["nginx", "-p", str(folder), "-e", "error.log", "-c", "nginx.conf"]
        started = opening.enter_context(process(argv, folder, dict(os.environ)))
        await_port(port)
        return Origin(port, started.pid)


@contextlib.contextmanager
def process(argv: list, folder: Path, environment: dict[str, str], log: Path | None = None):
    """A process with a log in its folder, ended with all that it started at the end of the block."""
    with open(log or folder / f"{time.monotonic_ns()}.log", "wb") as log:
        running = subprocess.Popen(argv, cwd=folder, env=environment, stdin=subprocess.DEVNULL,
                                   stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        yield running
    finally:
        family = Tree(running.pid).pids()
        running.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            running.wait(15)
        for pid in family:
            with contextlib.suppress(ProcessLookupError):
                if pid == running.pid and running.returncode is not None:
                    continue
                os.kill(pid, signal.SIGKILL)
        running.wait()


def await_port(port: int, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while True:
        try:
            sockets.connect(port).close()
            return
        except OSError:
            if time.monotonic() > end:
                raise Broken(f"nobody listens on port {port}") from None
            time.sleep(0.01)


def free_ports(count: int) -> list[int]:
    """Ports nobody has now, TCP and UDP alike."""
    with contextlib.ExitStack() as held:
        ports = []
        while len(ports) < count:
            tcp = held.enter_context(socket.socket())
            tcp.bind(("127.0.0.1", 0))
            udp = held.enter_context(socket.socket(type=socket.SOCK_DGRAM))
            with contextlib.suppress(OSError):
                udp.bind(("127.0.0.1", tcp.getsockname()[1]))
                ports.append(tcp.getsockname()[1])
        return ports


def filled(text: str, values: dict[str, object]) -> str:
    return re.sub(r"@(\w+)@", lambda match: str(values[match[1]]), text)
