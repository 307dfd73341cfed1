"""How figures are taken: JVMs are warmed until they are settled, systems take turns, medians are kept."""

import contextlib
import statistics
import subprocess
from concurrent.futures import ThreadPoolExecutor
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
    seconds: float = 1
    warm_cap: float = 60  # seconds a JVM may take to settle
    short: bool = False  # only to see that it works
    profiles: Path | None = None  # where to keep flight recordings of Darban

    @staticmethod
    def quick() -> "Options":
        return Options(rounds=2, warm_cap=12, short=True)


@dataclass(frozen=True)
class Sample:
    """One figure, in the unit of its scenario, and what else was seen."""

    value: float
    rate: float = 0  # requests, connections or GiB in a second
    busy: float = 0  # of the server's core
    errors: int = 0
    origin: int = 0  # requests that reached the origin
    done: float = 0  # requests, connections or GiB
    kernel: float = 0  # the share of the processor time that was spent in the kernel


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
    def kernel(self) -> float:
        return statistics.median(sample.kernel for sample in self.samples)

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
        field = Field(scenario, bench, options, say, running)
        field.each(field.prepare)
        for turn in range(min(options.rounds, scenario.most_rounds)):
            if scenario.at_once:
                field.at_once(field.sample)
            else:
                field.each(field.sample, first=turn)
        field.each(field.look_closer)
        return field.rows


class Field:
    """The systems of a scenario, side by side."""

    def __init__(self, scenario, bench, options: Options, say, running: contextlib.ExitStack):
        self.scenario, self.bench, self.options, self.say, self.running = scenario, bench, options, say, running
        self.rows = [Row(case.name) for case in scenario.cases]
        self.servers: dict[tuple, object] = {}  # those that run through all rounds

    def each(self, step, first: int = 0) -> None:
        """Does something with each, in turn; what one cannot do does not stop the others."""
        pairs = list(zip(self.scenario.cases, self.rows))
        start = first % len(pairs)
        for case, row in pairs[start:] + pairs[:start]:
            self._attempt(step, case, row)

    def at_once(self, step) -> None:
        """Does something with all of them at the same time."""
        with ThreadPoolExecutor(len(self.rows)) as pool:
            list(pool.map(lambda case, row: self._attempt(step, case, row), self.scenario.cases, self.rows))

    def _attempt(self, step, case, row: Row) -> None:
        if row.failure:
            return
        try:
            step(case, row)
        except (Broken, Wrong, OSError, subprocess.SubprocessError) as failure:
            row.failure = str(failure) or repr(failure)
            self.say(f"  {row.label}: {row.failure}")

    def prepare(self, case, row: Row) -> None:
        if self.scenario.fresh:
            return
        key = case.system.name, case.setup
        if key not in self.servers:
            self.servers[key] = self.running.enter_context(self.bench.server(case.system, case.setup))
        self.scenario.prepare(self.bench, case, self.servers[key], row, self.options)
        if case.system.jvm:
            self.say(f"  {row.label}: {warmth(row, self.scenario.unit)}")

    def sample(self, case, row: Row) -> None:
        row.samples.append(self._sample(case, row, self.options))

    def look_closer(self, case, row: Row) -> None:
        """Instructions, where they can be counted; a flight recording, where one is asked for."""
        server, done = self.servers.get((case.system.name, case.setup)), []
        if not server:
            return

        def load(seconds: float) -> None:
            done.append(self._sample(case, row, replace(self.options, seconds=seconds)).done)

        if machine.instructions_counted():
            counted = instructions(server.tree.pids(), lambda: load(self.options.seconds))
            row.instructions = counted / done[-1]
        if self.options.profiles and case.ours:
            name = f"{self.scenario.name}-{row.label.replace(' ', '-').replace('/', '-')}.jfr"
            profile.recorded(server, load, self.options.profiles / name)

    def _sample(self, case, row: Row, options: Options) -> Sample:
        server = self.servers.get((case.system.name, case.setup))
        return self.scenario.sample(self.bench, case, server, row, options)


def warmth(row: Row, unit: str) -> str:
    state = "settled" if row.settled else "not settled"
    return f"{state} after {row.warmed:.0f} s, from {row.windows[0]:.1f} to {row.windows[-1]:.1f} {unit}"
