"""Where a settled JVM spends its time under a load: a flight recording, and what it shows at first sight."""

import subprocess
from pathlib import Path

from . import machine

SECONDS = 10
VIEWS = ("cpu-time-hot-methods", "hot-methods", "allocation-by-class", "allocation-by-site", "gc-pauses",
         "contention-by-site", "contention-by-class")


def recorded(server, load, file: Path) -> str:
    """Records while `load` works for about SECONDS, into `file`; what the views say of it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    pid = str(server.roots[0].pid)
    _tool("jcmd", pid, "JFR.start", "name=perf", "settings=profile", "jdk.CPUTimeSample#enabled=true",
          "jdk.CPUTimeSample#throttle=1ms")
    try:
        load(SECONDS)
    finally:
        _tool("jcmd", pid, "JFR.stop", "name=perf", f"filename={file}")
    shown = lambda view: _tool("jfr", "view", "--width", "150", "--truncate", "beginning", view, str(file))
    text = "\n".join(map(shown, VIEWS))
    file.with_suffix(".txt").write_text(text)
    return text


def _tool(name: str, *arguments: str) -> str:
    done = subprocess.run([str(machine.jdk() / "bin" / name), *arguments], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=True)
    return done.stdout
