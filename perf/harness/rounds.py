"""How figures are taken: JVMs are warmed until they are settled, systems take turns, medians are kept."""

import contextlib
import statistics
import subprocess
from dataclasses import dataclass, field, replace
from pathlib import Path

from . import machine, profile
from .bench import Broken
from .measure import instructions
from .tally import Wrong


@dataclass(frozen=True)
class Options:
    """How long and how often."""

    rounds: int = 5
    seconds: float = 2
    warm_cap: float = 60  # seconds a JVM may take to settle
    profiles: Path | None = None  # where to keep flight recordings of Darban

    @staticmethod
    def quick() -> "Options":
        return Options(rounds=2, seconds=1, warm_cap=12)


@dataclass(frozen=True)
class Sample:
    """One figure, in the unit of its scenario, and what else was seen."""

    value: float
    rate: float = 0  # requests, connections or GiB in a second
    busy: float = 0  # of the server's core
    errors: int = 0
    origin: int = 0  # requests that reached the origin
    done: float = 0  # requests, connections or GiB


@dataclass
class Row:
    """All samples of one system, and how it was warmed."""

    label: str
    samples: list[Sample] = field(default_factory=list)
    windows: list[float] = field(default_factory=list)  # figures while it was warmed
    warmed: float = 0  # seconds
    settled: bool = True
    instructions: float | None = None  # of a piece of work
    failure: str = ""

    @property
    def values(self) -> list[float]:
        return [sample.value for sample in self.samples]

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def errors(self) -> int:
        return sum(sample.errors for sample in self.samples)


def flat(windows: list[float]) -> bool:
    """Whether the last three lie within 5 %."""
    last = windows[-3:]
    return len(last) == 3 and max(last) <= 1.05 * min(last)


def measured(scenario, bench, options: Options, say) -> list[Row]:
    """The rows of a scenario. Servers run side by side and take turns, each round begun by another one."""
    with contextlib.ExitStack() as running:
        servers: dict[tuple, object] = {}
        rows = [Row(case.name) for case in scenario.cases]
        for case, row in zip(scenario.cases, rows):
            with failing(row, say):
                if scenario.fresh:
                    continue
                key = case.system.name, case.setup
                if key not in servers:
                    servers[key] = running.enter_context(bench.server(case.system, case.setup))
                scenario.prepare(bench, case, servers[key], row, options)
                if case.system.jvm:
                    say(f"  {row.label}: {warmth(row, scenario.unit)}")
        pairs = list(zip(scenario.cases, rows))
        for turn in range(min(options.rounds, scenario.most_rounds)):
            start = turn % len(pairs)
            for case, row in pairs[start:] + pairs[:start]:
                with failing(row, say):
                    if not row.failure:
                        server = servers.get((case.system.name, case.setup))
                        row.samples.append(scenario.sample(bench, case, server, row, options))
        for case, row in pairs:
            server = servers.get((case.system.name, case.setup))
            if server and row.samples:
                with failing(row, say):
                    _look_closer(scenario, bench, case, row, server, options)
        return rows


def _look_closer(scenario, bench, case, row: Row, server, options: Options) -> None:
    """Instructions, where they can be counted; a flight recording, where one is asked for."""
    done = []

    def load(seconds: float) -> None:
        done.append(scenario.sample(bench, case, server, row, replace(options, seconds=seconds)).done)

    if machine.instructions_counted():
        counted = instructions(server.tree.pids(), lambda: load(options.seconds))
        row.instructions = counted / done[-1]
    if options.profiles and case.ours:
        profile.recorded(server, load, options.profiles / f"{scenario.name}-{row.label.replace(' ', '-')}.jfr")


@contextlib.contextmanager
def failing(row: Row, say):
    """Keeps what one system cannot do from stopping the others."""
    try:
        yield
    except (Broken, Wrong, OSError, subprocess.SubprocessError) as failure:
        row.failure = str(failure) or repr(failure)
        say(f"  {row.label}: {row.failure}")


def warmth(row: Row, unit: str) -> str:
    state = "settled" if row.settled else "not settled"
    return f"{state} after {row.warmed:.0f} s, from {row.windows[0]:.1f} to {row.windows[-1]:.1f} {unit}"
