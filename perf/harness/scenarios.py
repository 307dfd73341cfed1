"""What is measured: the rows of the goals' table, one scenario each."""

import time
from dataclasses import dataclass, replace

from . import loads, machine, sockets
from .bench import BIG_FILE, Bench, Broken, Server
from .measure import everywhere
from .rounds import Options, Row, Sample, flat
from .systems import (CADDY, DARBAN, FLOORS, HAPROXY, NGINX, SQUID, TINYPROXY, TRAFFIC_SERVER, VARNISH,
                      Darban, Setup, System)
from .tally import GIB

SMALL, PASS, BIG = "/hit/0", "/pass/0", "/big/256m"
MIB = 1024 * 1024


@dataclass(frozen=True)
class Case:
    """One row of a table: a system, set up in some way, under a load."""

    system: System
    load: loads.Load | None = None
    setup: Setup = Setup()
    label: str = ""
    against: str = ""  # the label of the row to compare with; the best peer if empty
    peer: bool = True  # counts as a peer; otherwise it only stands beside them

    @property
    def name(self) -> str:
        return self.label or self.system.name

    @property
    def ours(self) -> bool:
        return isinstance(self.system, Darban)


@dataclass(frozen=True)
class Goal:
    """At most so much: of the row compared with, or of the unit itself where it is absolute."""

    limit: float
    then: float | None = None
    absolute: bool = False


@dataclass(frozen=True)
class Scenario:
    name: str
    title: str
    unit: str
    cases: list[Case]
    goal: Goal | None = None
    most_rounds: int = 99
    at_once: bool = False  # whether all systems are sampled at the same time, where that takes long

    def prepare(self, bench: Bench, case: Case, server: Server, row: Row, options: Options) -> None:
        """What comes before the rounds, for a server that runs through all of them."""

    def sample(self, bench: Bench, case: Case, server: Server | None, row: Row, options: Options) -> Sample:
        raise NotImplementedError

    @property
    def fresh(self) -> bool:
        """Whether every sample starts a server of its own."""
        return True


@dataclass(frozen=True)
class Work(Scenario):
    """Processor time of the whole server per piece of work, settled."""

    scale: float = 1e6  # from seconds of processor time
    amount: float = 1  # of work in an answer
    hits: bool = False  # the origin must not hear of it
    learnt: int = 0  # pieces of work before a JVM can be settled: it compiles what it has done often

    @property
    def fresh(self):
        return False

    def prepare(self, bench, case, server, row, options):
        if case.setup.objects:
            with everywhere(server.tree):
                loads.fill(server, case.setup.objects)
        for _ in range(8):
            if self.sample(bench, case, server, row, options).origin == 0 or not self.hits:
                break
        if case.system.jvm:
            began, done = time.monotonic(), 0
            while (done < self.learnt or not flat(row.windows)) and (
                    row.warmed < options.warm_cap or len(row.windows) < 3):
                window = self.sample(bench, case, server, row, options)
                row.windows.append(window.value)
                row.warmed, done = time.monotonic() - began, done + window.done
            row.settled = flat(row.windows)

    def sample(self, bench, case, server, row, options):
        asked, modes, cpu = bench.origin.requests(), server.tree.modes(), server.tree.cpu()
        tally = case.load(server, options.seconds)
        cpu = server.tree.cpu() - cpu if tally.cpu is None else tally.cpu
        user, system = (after - before for before, after in zip(modes, server.tree.modes()))
        server.check()
        if not tally.done:
            raise Broken(f"nothing was done, {tally.errors} errors")
        asked, done = bench.origin.requests() - asked, tally.done * self.amount
        return Sample(cpu / done * self.scale, done / tally.seconds, cpu / tally.seconds, tally.errors,
                      asked if self.hits else 0, done, system / (user + system) if user + system else 0)


@dataclass(frozen=True)
class Start(Scenario):
    """From the start of the process to the first answer, on one core."""

    def sample(self, bench, case, server, row, options):
        with bench.starting(case.system, case.setup) as server:
            server.await_answer(pause=0.001)
            took = time.monotonic() - server.started
            return Sample(took * 1000, busy=server.tree.cpu() / took)


@dataclass(frozen=True)
class Memory(Scenario):
    """Memory a second after the first answer."""

    def sample(self, bench, case, server, row, options):
        with bench.server(case.system, case.setup) as server:
            time.sleep(1)
            return Sample(server.tree.pss() / MIB)


@dataclass(frozen=True)
class WarmUp(Scenario):
    """From the first answer, under load, to the first second from which all stay within 1.3 × of settled."""

    def sample(self, bench, case, server, row, options):
        with bench.server(case.system, case.setup) as server:
            work = Work(self.name, self.title, "", [], scale=1e6)
            seconds, began, windows = replace(options, seconds=1), time.monotonic(), []
            while not flat([value for _, value in windows]) and time.monotonic() - began < options.warm_cap:
                value = work.sample(bench, case, server, row, seconds).value
                windows.append((time.monotonic() - began, value))
            row.windows = [value for _, value in windows]
            row.settled = flat(row.windows)
            settled = sorted(row.windows[-3:])[len(row.windows[-3:]) // 2]
            return Sample(max([end for end, value in windows if value > 1.3 * settled], default=0.0))


@dataclass(frozen=True)
class Held(Scenario):
    """Memory that connections add when each had one answer and now waits."""

    connections: int = 7500

    def sample(self, bench, case, server, row, options):
        with bench.server(case.system, case.setup) as server:
            case.load(server, 20 if case.system.jvm else 1)
            if case.system.jvm:
                # A compiler at work takes and gives back tens of MiB: what a connection needs is compiled before.
                for _ in range(300):
                    with sockets.Crowd(server, SMALL, 64):
                        pass
            before = server.tree.pss()
            with sockets.Crowd(server, SMALL, self.connections):
                time.sleep(1)
                return Sample((server.tree.pss() - before) / self.connections)


@dataclass(frozen=True)
class Slow(Scenario):
    """The most memory that clients add who take a large object slowly."""

    readers: int = 2000
    rate: int = 64 * 1024
    minute: float = 60

    def sample(self, bench, case, server, row, options):
        with bench.server(case.system, case.setup) as server:
            case.load(server, 1)
            case.load(server, 1)
            before, most = server.tree.pss(), 0
            lasts = 12 if options.short else self.minute
            with sockets.SlowReaders(server, BIG, self.readers, self.rate) as slow:
                for _ in range(6):
                    slow.read(lasts / 6)
                    most = max(most, server.tree.pss() - before)
                server.check()
                due = self.readers * self.rate * lasts
                return Sample(most / MIB, slow.bytes / lasts / MIB, errors=int(slow.bytes < 0.9 * due))


def _all(systems: list[System], load, setup: Setup = Setup()) -> list[Case]:
    return [Case(system, load, setup) for system in systems]


WEB = [DARBAN, NGINX, HAPROXY, VARNISH, SQUID, TRAFFIC_SERVER]
# Without Squid, and without Varnish too, where they are far behind: half an hour shall do for all scenarios.
MOST = [DARBAN, NGINX, HAPROXY, VARNISH, TRAFFIC_SERVER]
FAST = [DARBAN, NGINX, HAPROXY, TRAFFIC_SERVER]
TLS, LARGE = Setup(tls=True), Setup(cache_mib=1024)
LARGE_TLS = Setup(tls=True, cache_mib=1024)
# As many as fit, with as many to the origin of whoever opens them.
CONNECTIONS = min(10_000, machine.descriptors() - 1000)
IDLE = min(7500, (machine.descriptors() - 1000) // 2)


def _growth(name: str, title: str, what: str, few: int, many: int, case, systems: list[System],
            goal: Goal = Goal(1.15)) -> Work:
    """The same work with few and with many of something; the second row is compared with the first."""
    cases = []
    for system in systems:
        first = f"{system.name}, {few:,} {what}"
        cases.append(replace(case(system, few), label=first, against=first))
        cases.append(replace(case(system, many), label=f"{system.name}, {many:,} {what}", against=first))
    return Work(name, title, "µs CPU/request", cases, goal, hits=True)


def _requests(name: str, title: str, cases: list[Case], goal: Goal | None, hits=True, unit="request") -> Work:
    return Work(name, title, f"µs CPU/{unit}", cases, goal, hits=hits, learnt=15_000)


def _bytes(name: str, title: str, cases: list[Case], goal: Goal, hits=True) -> Work:
    return Work(name, title, "ms CPU/GiB", cases, goal, scale=1e3, amount=BIG_FILE / GIB, hits=hits)


ALL: list[Scenario] = [
    _requests("S1", "cache hit, 1 KiB, HTTP/1.1, 64 connections", _all(WEB, loads.wrk(SMALL)), Goal(0.80)),
    _requests("S1log", "the same with an access log, to a file",
          _all(FAST, loads.wrk(SMALL), Setup(log=True)), None),
    _requests("S2h1", "cache hit, 1 KiB, TLS 1.3, HTTP/1.1, 64 connections",
          _all(MOST, loads.wrk(SMALL, "tls"), TLS), Goal(0.80)),
    _requests("S2h2", "cache hit, 1 KiB, TLS 1.3, HTTP/2, 64 connections, one stream each",
          _all(FAST, loads.h2load(SMALL), TLS), Goal(0.95)),
    _requests("S3", "pass-through, 1 KiB, keep-alive to client and origin",
          _all(FAST, loads.wrk(PASS)), Goal(1.20, 1.00), hits=False),
    _bytes("S4", "cached object of 256 MiB, 4 connections",
          _all(MOST, sockets.downloads(BIG, 4, 1), LARGE)
          + [Case(floor, sockets.downloads(BIG, 4, 1), label=f"nothing but {floor.way}", peer=False)
             for floor in FLOORS], Goal(1.15)),
    _bytes("S4tls", "cached object of 256 MiB, TLS 1.3, AES-256-GCM, HTTP/1.1, 2 connections",
          _all(FAST, loads.curls(BIG, 2, 2), LARGE_TLS), Goal(1.10)),
    _bytes("S5", "2 GiB through a tunnel (CONNECT; HAProxy and nginx: a fixed target)",
          _all([DARBAN, HAPROXY, NGINX, SQUID, TRAFFIC_SERVER], sockets.stream(BIG, 8)),
          Goal(1.05), hits=False),
    _requests("S6", "CONNECT, one request, close; 16 at a time",
          [Case(system, sockets.tunnels(PASS, 16)) for system in (DARBAN, TRAFFIC_SERVER, SQUID, TINYPROXY)]
          + [Case(NGINX, sockets.tunnels(PASS, 16), label="nginx, no CONNECT", peer=False)],
          Goal(0.75), hits=False),
    Held("S8idle", f"memory per idle keep-alive connection, {IDLE:,} held", "bytes PSS/connection",
         _all([DARBAN, NGINX, HAPROXY], loads.wrk(SMALL)), Goal(2000, 1055, absolute=True), most_rounds=3,
         connections=IDLE),
    Slow("S8slow", "memory added by 2,000 readers at 64 KiB/s for 60 s", "MiB PSS",
         _all([DARBAN, NGINX], sockets.downloads(BIG, 4, 1), LARGE), Goal(31, absolute=True), most_rounds=1,
         at_once=True),
    _requests("S9full", "full TLS 1.3 handshake, P-256, with one request",
          _all(FAST, sockets.handshakes(SMALL, resumed=False), TLS), Goal(1.0), unit="connection"),
    _requests("S9resume", "resumed TLS 1.3 handshake, with one request",
          _all(FAST, sockets.handshakes(SMALL, resumed=True), TLS), Goal(1.0), unit="connection"),
    Start("S10start", "start to first answer, on one core", "ms", _all(WEB, None), Goal(800, absolute=True)),
    Memory("S10idle", "memory a second after the first answer", "MiB PSS", _all(WEB, None),
           Goal(80, absolute=True), most_rounds=3),
    WarmUp("warm-up", "from the first answer until S1 costs at most 1.3 × of settled", "s",
           _all([DARBAN], loads.wrk(SMALL)), Goal(5, absolute=True), most_rounds=3),
    _requests("S11small", "1 KiB over HTTP/3, 4 connections, 100 streams each", [
        Case(DARBAN, loads.gtlsclients(SMALL, 4, 5000), TLS, "darban h3", "darban h2"),
        Case(DARBAN, loads.h2load(SMALL, 4, 100), TLS, "darban h2", "darban h2"),
        Case(CADDY, loads.gtlsclients(SMALL, 4, 5000), TLS, "caddy h3", "darban h2"),
    ], Goal(2.5)),
    # Loopback carries packets of 64 KiB, and TCP's are as large.
    _bytes("S11big", "256 MiB over HTTP/3", [
        Case(DARBAN, loads.gtlsclients(BIG, 1, 1), Setup(tls=True, datagram=16_383), "darban h3, datagrams of 16 KiB",
             "darban h2"),
        Case(DARBAN, loads.gtlsclients(BIG, 1, 1), TLS, "darban h3, of 1,350 bytes", "darban h2"),
        Case(DARBAN, loads.h2load(BIG, 1, 1, least=4), TLS, "darban h2", "darban h2"),
        Case(CADDY, loads.gtlsclients(BIG, 1, 1), TLS, "caddy h3", "darban h2"),
    ], Goal(2.5)),
    _growth("growth-objects", "S1 over random objects of many in the cache", "objects", 1_000, 1_000_000,
            lambda system, n: Case(system, loads.wrk(SMALL, objects=n), Setup(objects=n, cache_mib=3072)),
            [DARBAN, HAPROXY]),
    _growth("growth-connections", "S1 on many connections", "connections", 100, CONNECTIONS,
            lambda system, n: Case(system, sockets.crowd(SMALL, n)), [DARBAN, NGINX]),
    _growth("growth-routes", "S1 with many routes, the last of which matches", "routes", 10, 10_000,
            lambda system, n: Case(system, loads.wrk(f"/route/{n - 1}/0"), Setup(routes=n)), [DARBAN, NGINX]),
    # 1.8 times as much with twice the cores: each request costs at most 2 / 1.8 as much.
    _growth("loops", "S1 by one and by two event loops, each with a core", "loops", 1, 2,
            lambda system, n: Case(system, loads.wrk(SMALL), Setup(workers=n)), [DARBAN, NGINX, HAPROXY], Goal(1.11)),
]


def named(name: str) -> Scenario:
    for scenario in ALL:
        if scenario.name == name:
            return scenario
    raise LookupError(f"no scenario {name}; `perf/run list` names them")
