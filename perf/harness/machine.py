"""The machine: its cores, what is installed, and the facts that belong to every figure."""

import datetime
import functools
import os
import re
import resource
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SERVER_CORE, LOAD_CORES = 0, "1"  # one core for the server alone; the load, its origin and the harness on the other
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


def descriptors() -> int:
    return resource.getrlimit(resource.RLIMIT_NOFILE)[1]


def missing(needs: dict[str, str]) -> set[str]:
    """The Debian packages of what is not here."""
    return {
        package
        for program, packages in needs.items()
        for package in packages.split()
        if not (Path(program).exists() if program.startswith("/") else shutil.which(program))
    }


@functools.cache
def jdk() -> Path:
    """The home of a JDK 25 or newer, looked for where the launcher looks."""
    named = [os.environ[name] for name in ("JAVA_HOME",) if name in os.environ]
    if "DARBAN_JAVA" in os.environ:
        named.insert(0, str(Path(os.environ["DARBAN_JAVA"]).parents[1]))
    found = [path for folder in ("/usr/lib/jvm", "/opt/java", "/opt") for path in sorted(Path(folder).glob("*"))]
    for home in map(Path, named + found):
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
    flag = {"nginx": "-v", "varnishd": "-V", "traffic_server": "-V", "apache2": "-v", "tinyproxy": "-v",
            "squid": "-v", "haproxy": "-v", "caddy": "version"}.get(program, "--version")
    text = output(program, flag)
    found = re.search(r"\d+\.\d+(\.\d+)*\S*", text)
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
