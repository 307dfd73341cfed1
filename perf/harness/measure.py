"""Processor time and memory of a tree of processes, read from the kernel."""

import collections
import contextlib
import os
import re
import signal
import subprocess
import time
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


class Tree:
    """The processes started under some roots, as they are whenever one asks."""

    def __init__(self, *roots: int):
        self.roots = roots

    def pids(self) -> list[int]:
        children: dict[int, list[int]] = {}
        for pid, parent in _parents():
            children.setdefault(parent, []).append(pid)
        found, todo = [], list(self.roots)
        while todo:
            pid = todo.pop()
            found.append(pid)
            todo += children.get(pid, [])
        return found

    def cpu(self) -> float:
        """Seconds of processor time so far, of processes that live and of children they reaped."""
        return sum(_cpu(pid) for pid in self.pids())

    def modes(self) -> tuple[float, float]:
        """Seconds in programs and in the kernel so far, as the ticks of the clock found them."""
        both = [_modes(pid) for pid in self.pids()]
        return sum(user for user, _ in both), sum(system for _, system in both)

    def threads(self) -> collections.Counter:
        """Seconds of processor time so far of threads that live, by name; numbers in names are left out."""
        seconds = collections.Counter()
        for pid in self.pids():
            for task in Path(f"/proc/{pid}/task").iterdir():
                with contextlib.suppress(OSError):  # it ended
                    name = re.sub(r"\d", "", (task / "comm").read_text().strip())
                    seconds[name] += int((task / "schedstat").read_text().split()[0]) / 1e9
        return seconds

    def pss(self) -> int:
        """Bytes of memory; a page that n processes share counts one nth for each."""
        return sum(_pss(pid) for pid in self.pids())


@contextlib.contextmanager
def everywhere(tree: Tree):
    """On whatever core is free, for what is not measured; within the block no process is begun or ends."""
    pinned = os.sched_getaffinity(tree.roots[0])
    try:
        _move(tree, range(os.cpu_count() or 1))
        yield
    finally:
        _move(tree, pinned)


def _move(tree: Tree, cores) -> None:
    # Once more: a thread that was begun meanwhile has the cores of the one that began it.
    for _ in range(2):
        for pid in tree.pids():
            for thread in os.listdir(f"/proc/{pid}/task"):
                with contextlib.suppress(ProcessLookupError):
                    os.sched_setaffinity(int(thread), cores)


def instructions(pids: list[int], load, event: str = "instructions") -> float:
    """What the processor's counter says of some processes while `load` runs."""
    argv = ["perf", "stat", "-x,", "-e", event, "-p", ",".join(map(str, pids))]
    with subprocess.Popen(argv, stderr=subprocess.PIPE, text=True) as counting:
        load()
        counting.send_signal(signal.SIGINT)
        return float(counting.stderr.read().split(",")[0])


def _parents():
    for entry in os.scandir("/proc"):
        if entry.name.isdigit() and (fields := _stat(int(entry.name))):
            yield int(entry.name), int(fields[1])


def _stat(pid: int) -> list[str] | None:
    """The fields of /proc/PID/stat from the third on; the second may hold blanks and brackets."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None


def _modes(pid: int) -> tuple[float, float]:
    fields = _stat(pid)
    if not fields:
        return 0.0, 0.0
    utime, stime, reaped_utime, reaped_stime = (int(field) for field in fields[11:15])
    return (utime + reaped_utime) / TICK, (stime + reaped_stime) / TICK


def _cpu(pid: int) -> float:
    fields = _stat(pid)
    if not fields:
        return 0.0
    utime, stime, reaped_utime, reaped_stime = (int(field) for field in fields[11:15])
    reaped = (reaped_utime + reaped_stime) / TICK
    try:
        # The same utime + stime from the scheduler's clock of the process, not cut to 10 ms ticks.
        return time.clock_gettime((~pid << 3) | 2) + reaped
    except OSError:
        return (utime + stime) / TICK + reaped


def _pss(pid: int) -> int:
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except (FileNotFoundError, ProcessLookupError):
        pass
    return 0
