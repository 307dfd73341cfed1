"""The machine: its cores, what is installed, and the facts that belong to every figure."""

import datetime
import functools
import mmap
import os
import re
import resource
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SERVER_CORE, LOAD_CORES = 0, "1"  # one core for the server alone; the load, its origin and the harness on the other
JDK_PLACES = ("/usr/lib/jvm", "/opt/java", "/opt")
PLAYERS = ("node", "npm", "chromium", "mpv", "cvlc", "gst-play-1.0", "gst-launch-1.0")
SBIN = ":/usr/local/sbin:/usr/sbin:/sbin"


def prepare() -> None:
    """Moves this process off the server's core, and allows it all the descriptors it may have."""
    os.environ["PATH"] += SBIN
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        os.environ.pop(name, None)
    if (os.cpu_count() or 1) < 2:
        raise SystemExit("perf: two cores are needed, one for the server and one for the load")
    os.sched_setaffinity(0, {int(core) for core in LOAD_CORES.split(",")})
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def touch(mib: int) -> int:
    """Writes into each page of that much memory, and lets go of it; returns how much that was."""
    size = mib * 1024 * 1024
    with mmap.mmap(-1, size) as memory:
        for page in range(0, size, mmap.PAGESIZE):
            memory[page] = 1
    return mib


def descriptors() -> int:
    return resource.getrlimit(resource.RLIMIT_NOFILE)[1]


def demand(needs: dict[str, str]) -> None:
    """Ends the run with the line that installs what is not here; `needs` is program or file → Debian package."""
    here = lambda program: shutil.which(program) or Path(program).exists()
    packages = {package for program, package in needs.items() if not here(program)}
    if packages:
        raise SystemExit("perf: not everything is here; install it, or leave systems out by --systems:\n"
                         f"  apt-get install --no-install-recommends {' '.join(sorted(packages))}")


def results(record: bool) -> Path:
    """Where results go: into the repository if they are to be kept."""
    folder = ROOT / ("perf/results" if record else "target/perf")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@functools.cache
def jdk() -> Path:
    """The home of a JDK 25 or newer, looked for where the launcher looks."""
    homes = [Path(os.environ["DARBAN_JAVA"]).parents[1]] if "DARBAN_JAVA" in os.environ else []
    homes += [Path(os.environ["JAVA_HOME"])] if "JAVA_HOME" in os.environ else []
    for home in homes + [home for place in JDK_PLACES for home in sorted(Path(place).glob("*"))]:
        release = home / "release"
        if (home / "bin/javac").exists() and release.exists():
            version = re.search(r'JAVA_VERSION="(\d+)', release.read_text())
            if version and int(version[1]) >= 25:
                return home
    raise SystemExit("perf: no JDK 25 or newer found; set JAVA_HOME")


def output(*argv: str) -> str:
    """What a command says, on either stream; empty if it cannot be run."""
    try:
        done = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=20)
        return done.stdout.strip()
    except (OSError, subprocess.TimeoutExpired):
        return ""


@functools.cache
def instructions_counted() -> bool:
    """Whether the processor's counters can be read here; in most virtual machines they cannot."""
    return bool(re.match(r"\d", output("perf", "stat", "-x,", "-e", "instructions", "true")))


def version(program: str) -> str:
    flag = {"varnishd": "-V", "traffic_server": "-V", "caddy": "version", "curl": "-V", "h2load": "--version",
            "ffmpeg": "-version"} \
        .get(program, "--version" if program in PLAYERS else "-v")
    found = re.search(r"\d+\.\d+(\.\d+)*\S*", output(program, flag))
    return found[0].rstrip(",)") if found else "unknown"


def facts(programs: list[str]) -> dict[str, object]:
    cpu = Path("/proc/cpuinfo").read_text()
    model = re.search(r"model name\s*:\s*(.*)", cpu)
    memory = re.search(r"MemTotal:\s*(\d+)", Path("/proc/meminfo").read_text())
    return {
        "date": datetime.datetime.now().astimezone().isoformat(timespec="seconds"),
        "processor": model[1] if model else os.uname().machine,
        "cores": os.cpu_count(),
        "virtual": "hypervisor" in cpu,
        "memory-mib": int(memory[1]) // 1024 if memory else 0,
        "kernel": os.uname().release,
        "system": _system(),
        "descriptors": descriptors(),
        "load-average": os.getloadavg()[0],
        "instructions-counted": instructions_counted(),
        "jdk": output(str(jdk() / "bin/java"), "--version").splitlines()[0],
        "java-options": os.environ.get("JAVA_OPTS", ""),
        "darban": output("git", "-C", str(ROOT), "describe", "--always", "--dirty"),
        "versions": {program: version(program) for program in programs},
    }


def _system() -> str:
    found = re.search(r'PRETTY_NAME="(.*)"', Path("/etc/os-release").read_text())
    return found[1] if found else "unknown"
