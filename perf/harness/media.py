"""The command line of `perf/media`: media through caches, and players of what Darban makes of films and live streams.

The section `caches` is here: two games, each with an origin of its own. In the one a segment is born in parts while
clients come for it; in the other clients seek in a film of 200 MB that the origin sends at 400 Mbit/s. Every byte is
compared.
"""

import argparse
import hashlib
import http.client
import json
import signal
import statistics
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from . import first, library, machine, onair, playback, players, screening, systems, viewers, watching
from .bench import Bench
from .systems import NGINX, Setup

KIB, MIB = 1024, 1024 * 1024


class Origin(ThreadingHTTPServer):
    """An origin that a game describes by what it does with a GET."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, answer):
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self):
                try:
                    answer(self)
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True

            do_HEAD = do_GET

            def log_message(self, *_):
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        self.port = self.server_address[1]

    def __enter__(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()


@dataclass
class LiveEdge:
    """A segment of 4 s, born in 8 parts of 60 kB; 20 clients come over its life."""

    parts: int = 8
    pause: float = 0.5
    clients: int = 20
    born: dict[str, float] = field(default_factory=dict)
    written: dict[str, list] = field(default_factory=dict)
    asked: int = 0
    tag: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def part(self, number: int) -> bytes:
        return (hashlib.sha256(b"part %d" % number).digest() * 1900)[:60000]

    def answer(self, handler) -> None:
        """A part is there at its time, whoever asks; the first to be sent is when it was written."""
        with self.lock:
            self.asked += 1
            born = self.born.setdefault(handler.path, time.monotonic())
            written = self.written.setdefault(handler.path, [None] * self.parts)
        handler.send_response(200)
        for name, value in (("Content-Type", "video/iso.segment"), ("Cache-Control", "public, max-age=60"),
                            ("ETag", '"x"'), ("Transfer-Encoding", "chunked")):
            handler.send_header(name, value)
        handler.end_headers()
        for number in range(self.parts):
            time.sleep(max(0, born + number * self.pause - time.monotonic()))
            written[number] = written[number] or time.monotonic()
            data = self.part(number)
            handler.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        handler.wfile.write(b"0\r\n\r\n")

    def play(self, server, rounds: int) -> dict:
        first, late, lags, wrong = [], [], [], 0
        whole, size = b"".join(map(self.part, range(self.parts))), len(self.part(0))
        life = (self.parts - 1) * self.pause
        self.asked = 0
        for turn in range(rounds):
            path, begun = f"/live/{self.tag}{turn}.m4s", time.monotonic()
            times = [begun + life * number / self.clients for number in range(self.clients)]
            for number, seen in enumerate(watching.watch(server.ports["plain"], path, times, size)):
                if seen.wrong or seen.body != whole:
                    wrong += 1
                    continue
                (late if number else first).append(seen.first - seen.asked)
                # How long a part took from the origin to a client who was already waiting for it.
                lags += [at - when for at, when in zip(seen.arrived, self.written[path]) if when >= seen.asked]
        return {"origin requests a segment": self.asked / rounds, "first byte, first client": _ms(first),
                "first byte, later clients": _ms(late), "a part's way to a client": _ms(lags), "wrong answers": wrong}


@dataclass
class Film:
    """Clients seek in a film of 200 MB that the origin sends at 400 Mbit/s."""

    size: int = 200_000_000
    rate: int = 50_000_000
    version: int = 0
    tag: str = ""
    requests: list = field(default_factory=list)
    sent: int = 0

    def bytes(self, start: int, count: int, version: int = 0) -> bytes:
        """What lies there: a pattern whose length is prime to any power of two, another one in each version."""
        pattern = PATTERNS[version]
        at = start % len(pattern)
        return (pattern[at:] + pattern * (count // len(pattern) + 1))[:count]

    def answer(self, handler) -> None:
        asked = handler.headers.get("Range")
        self.requests.append(asked)
        etag, version = f'"v{self.version}"', self.version
        span = (0, self.size) if handler.headers.get("If-Range", etag) != etag else self._span(asked)
        if handler.headers.get("If-None-Match") == etag:
            return self._head(handler, 304, etag, 0)
        if span is None:
            return self._head(handler, 416, etag, 0, f"bytes */{self.size}")
        start, end = span
        part = f"bytes {start}-{end - 1}/{self.size}" if (start, end) != (0, self.size) else None
        self._head(handler, 206 if part else 200, etag, end - start, part)
        if handler.command == "GET":
            self._send(handler, start, end, version)

    def _span(self, asked: str | None) -> tuple[int, int] | None:
        first, _, last = (asked or "bytes=0-").removeprefix("bytes=").partition("-")
        start = int(first) if first else max(0, self.size - int(last))
        end = int(last) + 1 if first and last else self.size
        return (start, min(end, self.size)) if start < self.size else None

    def _head(self, handler, status: int, etag: str, length: int, part: str | None = None) -> None:
        handler.send_response(status)
        for name, value in (("Content-Type", "video/mp4"), ("Accept-Ranges", "bytes"), ("ETag", etag),
                            ("Last-Modified", "Sun, 01 Mar 2026 00:00:00 GMT"),
                            ("Cache-Control", "public, max-age=600"), ("Content-Range", part)):
            if value:
                handler.send_header(name, value)
        if status != 304:
            handler.send_header("Content-Length", str(length))
        handler.end_headers()

    def _send(self, handler, start: int, end: int, version: int) -> None:
        began, at = time.monotonic(), start
        while at < end:
            time.sleep(max(0, began + (at - start) / self.rate - time.monotonic()))
            count = min(256 * KIB, end - at)
            handler.wfile.write(self.bytes(at, count, version))
            at += count
            self.sent += count

    def play(self, server, rounds: int) -> dict:
        middle, last = self.size * 3 // 4, self.size - 64 * KIB
        step = lambda *arguments, **named: self._step(server, *arguments, **named)
        return {
            "64 KiB from the middle, cold": step("a", f"{middle}-{middle + 65535}", middle, 65536),
            "the same again": step("a", f"{middle}-{middle + 65535}", middle, 65536),
            "a part of it": step("a", f"{middle + 1000}-{middle + 1499}", middle + 1000, 500),
            "the last 64 KiB, by suffix": step("b", "-65536", last, 65536),
            "past the end": step("b", f"{self.size}-", status=416),
            "two ranges": step("b", "0-99,1000-1099", status=None),
            "If-Range, right": step("b", "0-999", 0, 1000, headers={"If-Range": '"v0"'}),
            "ten clients, the same cold MiB": self._herd(server, middle),
            "open range, left after 300 kB": self._leave(server),
            "changed at the origin, old and new asked for": self._changed(server),
        }

    def _ask(self, server, name: str, span: str, headers: dict | None = None):
        """Status, headers, body, and the time to the first byte of it."""
        began = time.monotonic()
        try:
            fields = {"Range": f"bytes={span}"} | (headers or {})
            answer = _get(server.ports["plain"], f"/film/{self.tag}{name}.mp4", fields)
            body = answer.read1(MIB)
            first = time.monotonic() - began
            while data := answer.read1(MIB):
                body += data
            return answer.status, answer.headers, body, first
        except (OSError, http.client.HTTPException):
            return 0, {}, b"", time.monotonic() - began

    def _step(self, server, name, span, start=0, count=0, status=206, headers=None) -> str:
        self._clear()
        got, fields, body, first = self._ask(server, name, span, headers)
        time.sleep(0.4)  # what is fetched beside it counts
        right = status is None or got == status and (not count or body == self.bytes(start, count))
        kind = fields.get("Content-Type", "") if status is None else ""
        return f"{got or 'broken'}{f' {kind.partition(chr(59))[0]}' if kind else ''}{'' if right else ' WRONG'}, " \
               f"{first * 1000:.0f} ms, {self._load()}"

    def _herd(self, server, middle: int) -> str:
        self._clear()
        wanted, began = self.bytes(middle, MIB), time.monotonic()
        with ThreadPoolExecutor(10) as pool:
            seen = list(pool.map(lambda _: self._ask(server, "c", f"{middle}-{middle + MIB - 1}"), range(10)))
        took = time.monotonic() - began
        time.sleep(0.4)
        return f"{sum(body == wanted for _, _, body, _ in seen)}/10 right, {took * 1000:.0f} ms, {self._load()}"

    def _leave(self, server) -> str:
        self._clear()
        with _get(server.ports["plain"], f"/film/{self.tag}d.mp4", {"Range": "bytes=0-"}) as answer:
            got = 0
            while got < 300_000:
                got += len(answer.read1(65536))
        time.sleep(2.5)
        return self._load()

    def _changed(self, server) -> str:
        """A new version at the origin while slices of the old one may be stored: never both in one answer."""
        self._ask(server, "e", f"0-{MIB - 1}")
        self.version = 1
        self._clear()
        status, _, body, _ = self._ask(server, "e", f"0-{3 * MIB - 1}")
        old, new = self.bytes(0, 3 * MIB, 0), self.bytes(0, 3 * MIB, 1)
        self.version = 0
        if body in (old, new):
            return f"{status}, all {'old' if body == old else 'new'}, {len(self.requests)} req"
        return f"{status}, " + ("cut short" if body and (old.startswith(body) or new.startswith(body)) else
                                "broken" if len(body) < 3 * MIB else "MIXED VERSIONS")

    def _clear(self) -> None:
        self.requests.clear()
        self.sent = 0

    def _load(self) -> str:
        return f"origin {len(self.requests)} req, {_size(self.sent)}"


def _pattern(version: int) -> bytes:
    """About a megabyte that looks random, of a length that is a prime number."""
    seed = hashlib.shake_256(b"film %d" % version)
    return seed.digest(1_000_003)


PATTERNS = [_pattern(0), _pattern(1)]


def _get(port: int, path: str, headers: dict | None = None) -> http.client.HTTPResponse:
    """A connection of its own, which is the answer's when the request is sent, and closes with it."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path, headers=(headers or {}) | {"Connection": "close"})
    return connection.getresponse()


def _ms(seconds: list[float]) -> str:
    """Median and 95th percentile."""
    if not seconds:
        return "–"
    ordered = sorted(seconds)
    return f"{statistics.median(ordered) * 1000:.1f} / {ordered[int(0.95 * (len(ordered) - 1))] * 1000:.1f} ms"


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 100_000 else f"{count / 1e3:.1f} kB" if count else "0"


SECTIONS = ("caches", "playback", "viewers", "first", "library", "live")


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="perf/media", description=__doc__)
    parser.add_argument("section", nargs="*", choices=[*SECTIONS, "all"], default=["caches"], metavar="SECTION",
                        help=f"{', '.join(SECTIONS)} or all; caches if none is named")
    parser.add_argument("--systems", metavar="A,B", default="darban,varnish,nginx", help="of `caches`")
    parser.add_argument("--rounds", type=int, default=3, help="segments of `caches`")
    parser.add_argument("--films", metavar="A,B", type=lambda text: text.split(","), help="of `playback`: only these; `broken` for those that are, `others` for what is no MP4")
    parser.add_argument("--brief", action="store_true", help="of `playback`: in browsers only, once")
    parser.add_argument("--players", type=int, default=2000, metavar="N", help="of `viewers`, at first")
    parser.add_argument("--profile", action="store_true", help="a flight recording of `viewers`, in target/perf/profiles")
    parser.add_argument("--record", action="store_true", help="write into perf/results instead of target/perf")
    arguments = parser.parse_args(argv)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    machine.prepare()
    for section in SECTIONS if "all" in arguments.section else arguments.section:
        (_caches if section == "caches" else _played)(arguments, section)
    return 0


def _played(arguments, section: str) -> None:
    """One of the sections about players, all of which stand in one table."""
    machine.demand(players.TOOLS | NGINX.needs)
    facts = machine.facts([*players.TOOLS, "nginx"])
    with Bench() as bench:
        say = lambda text: print(time.strftime("%T"), text, flush=True)
        write = lambda said: screening.write(machine.results(arguments.record), facts, section, said)
        target = machine.results(False)
        if section == "playback":
            playback.run(bench, say, arguments.films, arguments.brief, target / "shots", write)
        elif section == "viewers":
            write(viewers.run(bench, say, arguments.players, target / "profiles" if arguments.profile else None))
        else:
            write({"first": first, "library": library, "live": onair}[section].run(bench, say))


def _caches(arguments, _) -> None:
    chosen = [systems.named(name) for name in arguments.systems.split(",")]
    machine.demand(systems.needs([*chosen, NGINX]))
    facts = machine.facts(systems.programs(chosen))
    played: dict[str, dict] = {"live edge": {}, "film": {}}
    with Bench() as bench:
        for system in chosen:
            for name, game in (("live edge", LiveEdge()), ("film", Film())):
                with Origin(game.answer) as origin, \
                        bench.server(system, Setup(profile="media"), origin=origin.port) as server:
                    if system.jvm:
                        game.tag = "warm-up-"
                        game.play(server, 1)
                        game.tag = ""
                    played[name][system.name] = game.play(server, arguments.rounds)
                print(f"{system.name}, {name}: done", flush=True)
    name = machine.results(arguments.record) / f"{facts['date'][:10]}-media"
    name.with_suffix(".json").write_text(json.dumps({"machine": facts, "played": played}, indent=1) + "\n")
    name.with_suffix(".md").write_text(_markdown(facts, arguments.rounds, played))
    print(name.with_suffix(".md").read_text())


def _markdown(facts: dict, rounds: int, played: dict[str, dict]) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in facts["versions"].items())
    lines = [f"# Live segments and films, measured on {facts['date'][:10]}", "",
             f"{facts['processor']}, {facts['cores']} cores, {facts['system']}, Darban {facts['darban']}, {versions}. "
             f"Load average at the start: {facts['load-average']:.2f}. nginx with `proxy_cache_lock` for segments and "
             "`slice 1m` for films; Darban warmed by one game before.", ""]
    titles = {"live edge": f"{LiveEdge.__doc__} {rounds} segments; median / 95th percentile.",
              "film": f"{Film.__doc__} Status, time to the first byte, what the origin had to do."}
    for name, columns in played.items():
        lines += [f"## {name.capitalize()}", "", titles[name], "",
                  "| | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
        for row in next(iter(columns.values())):
            lines.append(f"| {row} | " + " | ".join(_cell(column[row]) for column in columns.values()) + " |")
        lines.append("")
    return "\n".join(lines)


def _cell(value) -> str:
    return f"{value:g}" if isinstance(value, (int, float)) else str(value)
