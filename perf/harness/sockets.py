"""What clients do where no tool fits, on plain sockets.

Bulk bytes are thrown away inside the kernel (MSG_TRUNC), so that a reader in Python keeps up with any server;
heads are read in full, and lengths are checked to the byte.
"""

import contextlib
import re
import select
import socket
import ssl
import struct
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from .tally import Tally, Wrong

CHUNK = 1 << 20
PATIENCE = struct.pack("ll", 60, 0)


@dataclass(frozen=True)
class Answer:
    """A response: its head, blank line included, and the length of its body."""

    head: str
    length: int

    @property
    def size(self) -> int:
        return len(self.head) + self.length


def connect(port: int, receive_buffer: int = 0) -> socket.socket:
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, PATIENCE)
    # As browsers, curl and load generators do: or a request waits for the ACK of what went before it.
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if receive_buffer:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    sock.connect(("127.0.0.1", port))
    return sock


def request(path: str, port: int, close: bool = False) -> bytes:
    last = "Connection: close\r\n" if close else ""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{last}\r\n".encode()


def begin_answer(sock: socket.socket, begun: bytes = b"") -> tuple[Answer, int]:
    """The next answer, which must be a 200, and how much of its body came with its head."""
    data = begun
    while b"\r\n\r\n" not in data:
        got = sock.recv(4096)
        if not got:
            raise Wrong(f"ended in a head: {data[:200]!r}")
        data += got
    head, _, body = data.partition(b"\r\n\r\n")
    return parse(head), len(body)


def parse(head: bytes) -> Answer:
    text = head.decode("latin-1")
    length = re.search(r"(?im)^content-length: *(\d+)", text)
    if text.split(" ", 2)[1:2] != ["200"] or not length:
        raise Wrong(f"not a 200 of known length: {text!r}")
    return Answer(text + "\r\n\r\n", int(length[1]))


def discard(sock: socket.socket, count: int, flags: int = socket.MSG_TRUNC) -> None:
    """Reads so many bytes and keeps none."""
    buffer = bytearray(min(count, CHUNK))
    while count > 0:
        got = sock.recv_into(buffer, min(count, len(buffer)), flags)
        if not got:
            raise Wrong(f"{count} bytes short")
        count -= got


def fetch(port: int, path: str) -> Answer:
    """One request over a connection of its own, its body thrown away."""
    with connect(port) as sock:
        sock.sendall(request(path, port))
        answer, came = begin_answer(sock)
        discard(sock, answer.length - came)
        return answer


def downloads(path: str, connections: int, each: int):
    """So many connections, over each of which a large object is fetched some times, one after another."""

    def load(server, seconds: float) -> Tally:
        port, length = server.ports["plain"], server.answer(path).length

        def one(_) -> None:
            with connect(port) as sock:
                for _ in range(each):
                    sock.sendall(request(path, port))
                    answer, came = begin_answer(sock)
                    if answer.length != length:
                        raise Wrong(f"{answer.length} bytes where {length} were before")
                    discard(sock, length - came)

        began = time.monotonic()
        with ThreadPoolExecutor(connections) as pool:
            list(pool.map(one, range(connections)))
        return Tally(connections * each, time.monotonic() - began)

    return load


def tunnel(server) -> socket.socket:
    """A way to the origin through a proxy: by CONNECT, or to the one place to which the port leads."""
    sock = connect(server.ports["tunnel"])
    if server.system.connects:
        sock.sendall(_connect_request(server.place.origin))
        data = b""
        while b"\r\n\r\n" not in data:
            got = sock.recv(4096)
            if not got:
                raise Wrong("CONNECT was not answered")
            data += got
        if b" 200" not in data[:16]:
            raise Wrong(f"CONNECT: {data!r}")
    return sock


def _connect_request(port: int) -> bytes:
    return f"CONNECT 127.0.0.1:{port} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()


def stream(path: str, times: int):
    """One tunnel, through which a large file is asked for some times at once: one long stream of bytes."""

    def load(server, seconds: float) -> Tally:
        port = server.place.origin
        size = fetch(port, path).size
        began = time.monotonic()
        with tunnel(server) as sock:
            sock.sendall(request(path, port) * times)
            discard(sock, size * times)
        return Tally(times, time.monotonic() - began)

    return load


def tunnels(path: str, at_once: int):
    """Tunnels, so many at a time, each with one request through it; the origin closes, then we do."""

    def load(server, seconds: float) -> Tally:
        began, done, errors = time.monotonic(), 0, 0
        with contextlib.closing(select.epoll()) as poll:
            waiting = {}

            def begin():
                one = _one_tunnel(server, path, poll)
                waiting[next(one)] = one

            for _ in range(at_once):
                begin()
            while waiting:
                events = poll.poll(10)
                if not events:
                    raise Wrong(f"{len(waiting)} tunnels hang")
                for descriptor, _ in events:
                    one = waiting.pop(descriptor)
                    try:
                        waiting[next(one)] = one
                        continue
                    except StopIteration:
                        done += 1
                    except (OSError, Wrong):
                        errors += 1
                    if time.monotonic() - began < seconds:
                        begin()
        return Tally(done, time.monotonic() - began, errors)

    return load


def _one_tunnel(server, path: str, poll):
    """The life of one tunnel; yields its descriptor wherever it has to wait."""
    origin, answer = server.place.origin, server.answer(path)
    with socket.socket() as sock:
        sock.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            sock.connect(("127.0.0.1", server.ports["tunnel"]))
        poll.register(sock, select.EPOLLOUT)
        yield sock.fileno()
        poll.modify(sock, select.EPOLLIN)
        if server.system.connects:
            sock.send(_connect_request(origin))
            yield sock.fileno()
            if b" 200" not in sock.recv(4096)[:16]:
                raise Wrong("CONNECT was refused")
        sock.send(request(path, origin, close=True))
        data = b""
        yield sock.fileno()
        while got := sock.recv(65536):
            data += got
            yield sock.fileno()
        head, _, body = data.partition(b"\r\n\r\n")
        if parse(head).length != len(body) or len(body) != answer.length:
            raise Wrong(f"{len(body)} bytes of {answer.length}")


def handshakes(path: str, resumed: bool):
    """TLS 1.3 connections one after another, a full handshake or a resumed one, with one request each."""

    def load(server, seconds: float) -> Tally:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        began, done, errors, session = time.monotonic(), 0, 0, None
        if resumed:
            session, _ = _handshake(context, server, path, None)
        while time.monotonic() - began < seconds:
            latest, again = _handshake(context, server, path, session)
            done, errors = done + (again == resumed), errors + (again != resumed)
            session = latest if resumed else None
        return Tally(done, time.monotonic() - began, errors)

    return load


def _handshake(context: ssl.SSLContext, server, path: str, session):
    """One connection: the session it leaves for the next one, and whether it resumed the last."""
    port = server.ports["tls"]
    with connect(port) as plain, context.wrap_socket(plain, session=session, server_hostname="localhost") as sock:
        sock.sendall(request(path, port, close=True))
        answer, came = begin_answer(sock)
        discard(sock, answer.length - came, 0)
        if answer.length != server.answer(path).length:
            raise Wrong(f"{answer.length} bytes of {server.answer(path).length}")
        return sock.session, sock.session_reused


class Crowd:
    """Connections, each of which had one answer when the block begins."""

    def __init__(self, server, path: str, count: int):
        self.port, self.path = server.ports["plain"], path
        self.size = server.answer(path).size
        self.socks, self._held = {}, contextlib.ExitStack()
        with contextlib.ExitStack() as opening:
            for _ in range(count):
                sock = opening.enter_context(connect(self.port))
                self.socks[sock.fileno()] = sock
                sock.sendall(request(path, self.port))
                answer, came = begin_answer(sock)
                discard(sock, answer.length - came)
            self._held = opening.pop_all()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._held.close()

    def ask(self, seconds: float) -> Tally:
        """One request at a time on each of them, all over again."""
        asked, done, errors = request(self.path, self.port), 0, 0
        with contextlib.closing(select.epoll()) as poll:
            for sock in self.socks.values():
                poll.register(sock, select.EPOLLIN)
                sock.sendall(asked)
            began, waiting = time.monotonic(), len(self.socks)
            while waiting:
                more, events = time.monotonic() - began < seconds, poll.poll(10)
                if not events:
                    raise Wrong(f"{waiting} requests hang")
                for descriptor, _ in events:
                    sock = self.socks[descriptor]
                    # A small answer comes in one piece; its head may be a digit longer than the first one's.
                    right = abs(len(sock.recv(65536)) - self.size) < 32
                    done, errors = done + right, errors + (not right)
                    if more:
                        sock.sendall(asked)
                    else:
                        waiting -= 1
        return Tally(done, time.monotonic() - began, errors)


def crowd(path: str, count: int):
    """Requests over many connections, the making of which is not counted."""

    def load(server, seconds: float) -> Tally:
        with Crowd(server, path, count) as opened:
            cpu = server.tree.cpu()
            tally = opened.ask(seconds)
            return replace(tally, cpu=server.tree.cpu() - cpu)

    return load


class SlowReaders:
    """Clients that take a large object at so many bytes a second, in pieces of 8 KiB."""

    PIECE = 8192

    def __init__(self, server, path: str, count: int, rate: int):
        self.rate, self.held = rate, contextlib.ExitStack()
        self.bytes = self.late = 0
        port, self.due = server.ports["plain"], deque()
        for n in range(count):
            # A small window, so that the bytes wait in the server and not in our kernel.
            sock = self.held.enter_context(connect(port, receive_buffer=32768))
            sock.sendall(request(path, port))
            now = time.monotonic()
            self.due.append((now + self.PIECE / rate, now, 0, sock))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.held.close()

    def read(self, seconds: float) -> None:
        """Goes on reading for that long; `late` counts pieces that were not there when they were due."""
        buffer, end = bytearray(1 << 18), time.monotonic() + seconds
        while (now := time.monotonic()) < end:
            at, began, got, sock = self.due[0]
            if at > now:
                time.sleep(min(at - now, 0.01))
                continue
            self.due.popleft()
            wanted = min(len(buffer), int((now - began) * self.rate) - got)
            try:
                came = sock.recv_into(buffer, wanted, socket.MSG_TRUNC | socket.MSG_DONTWAIT)
            except BlockingIOError:
                came = 0
            if came == 0 or came < wanted - self.PIECE:
                self.late += 1
            self.bytes += came
            self.due.append((max(at + self.PIECE / self.rate, now), began, got + came, sock))
