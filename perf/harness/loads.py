"""What clients do, by the tools everybody has: wrk, h2load, curl, gtlsclient.

A load is a function of a server and of seconds; it works for about as long and returns a Tally. Wrong answers,
short ones and broken connections are errors. What the tools cannot do is in `sockets`.
"""

import json
import os
import re
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from .tally import Tally, Wrong

FOLDER = Path(__file__).resolve().parents[1] / "load"


Load = Callable[..., Tally]


def wrk(path: str = "/hit/0", port: str = "plain", connections: int = 64, objects: int = 0) -> Load:
    """HTTP/1.1, keep-alive, one request at a time on each connection; `objects`: a random one of so many."""

    def load(server, seconds: float, start: str = "random") -> Tally:
        scheme = "https" if port == "tls" else "http"
        url = f"{scheme}://127.0.0.1:{server.ports[port]}{path}"
        argv = ["wrk", "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--timeout", "10s",
                "-s", str(FOLDER / "wrk.lua"), url]
        text = _run(argv, OBJECTS=str(objects), START=start)
        said = json.loads(text.rpartition("SUMMARY ")[2])
        errors = said["errors"]
        if said["done"] and not _about(said["bytes"] / said["done"], server.answer(path).size):
            errors += 1
        return Tally(said["done"], said["microseconds"] / 1e6, errors)

    return load


def fill(server, objects: int) -> None:
    """Asks for /hit/0 … /hit/N-1 once each."""
    load, at = wrk(objects=objects), 0
    while at < objects:
        # The last 64 may not have been answered when the time was over.
        at += max(1, int(load(server, 4, start=str(at)).done) - 64)


def h2load(path: str = "/hit/0", connections: int = 64, streams: int = 1, least: int = 6400) -> Load:
    """HTTP/2 over TLS, so many streams at a time on each connection.

    By number of requests, as many as the time before suggests: by time, h2load 1.52 never ends when a handshake
    is under way at the end.
    """
    paces: dict[object, float] = {}

    def load(server, seconds: float) -> Tally:
        count = max(least, int(paces.get(server, 0) * seconds))
        url = f"https://127.0.0.1:{server.ports['tls']}{path}"
        text = _run(["h2load", f"-c{connections}", f"-m{streams}", "-t1", f"-n{count}", url])
        if "Application protocol: h2" not in text:
            raise Wrong(f"HTTP/2 was not agreed on:\n{text}")
        took, = _numbers(r"finished in ([\d.]+m?s)", text)
        good, = _numbers(r"status codes: (\d+) 2xx", text)
        data, = _numbers(r"\((\d+)\) data", text)
        short = not _about(data / max(good, 1), server.answer(path).length)
        paces[server] = good / took
        return Tally(int(good), took, int(count - good + short))

    return load


def curls(path: str, count: int, times: int) -> Load:
    """So many curls, each fetching the same large object over TLS 1.3 some times."""

    def load(server, seconds: float) -> Tally:
        url = f"https://127.0.0.1:{server.ports['tls']}{path}"
        argv = ["curl", "-sSk", "--http1.1", "-w", "%{http_code} %{size_download}\n"]
        # One cipher for all: left alone, BoringSSL takes AES-128, and OpenSSL AES-256.
        argv += ["--tls13-ciphers", "TLS_AES_256_GCM_SHA384"]
        argv += [word for _ in range(times) for word in ("-o", "/dev/null", url)]
        began = time.monotonic()
        running = [subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) for _ in range(count)]
        said = "".join(one.communicate()[0] for one in running).splitlines()
        wanted = f"200 {server.answer(path).length}"
        right = said.count(wanted)
        return Tally(right, time.monotonic() - began, count * times - right)

    return load


def gtlsclients(path: str, count: int, requests: int) -> Load:
    """HTTP/3: so many clients, each with as many streams at a time as the server allows, until all is answered."""

    def load(server, seconds: float) -> Tally:
        port = str(server.ports["tls"])
        url = f"https://127.0.0.1:{port}{path}"
        argv = ["gtlsclient", "-q", "-n", str(requests), "--exit-on-all-streams-close", "127.0.0.1", port, url]
        began = time.monotonic()
        running = [subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                    stderr=subprocess.DEVNULL) for _ in range(count)]
        failed = sum(one.wait() != 0 for one in running)
        return Tally(count * requests, time.monotonic() - began, failed)

    return load


def _run(argv: list[str], **environment: str) -> str:
    done = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          env=os.environ | environment, timeout=600)
    if done.returncode:
        raise Wrong(f"{argv[0]} ended with {done.returncode}:\n{done.stdout[-2000:]}")
    return done.stdout


def _numbers(pattern: str, text: str) -> list[float]:
    found = re.search(pattern, text)
    if not found:
        raise Wrong(f"no {pattern} in:\n{text}")
    return [float(g[:-2]) / 1000 if g.endswith("ms") else float(g.rstrip("s")) for g in found.groups()]


def _about(value: float, wanted: float) -> bool:
    """Whether answers had the length they should: a digit more in Age or Date is none of our business."""
    return abs(value - wanted) <= 0.05 * wanted
