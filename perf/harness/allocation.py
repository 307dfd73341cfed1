"""The command line of `perf/allocation`: bytes allocated by each hot pure part, against the committed figures.

The time of a benchmark depends on the machine and its neighbours; what it allocates does not, once it is compiled.
"""

import argparse
import json
import subprocess
import sys

from .machine import ROOT

COMMITTED = ROOT / "perf/jmh/allocation.json"
MEASURED = ROOT / "target/jmh.json"
# Compilation in the foreground: what is measured is compiled code, however busy the machine.
ARGUMENTS = f"HotPath -wi 5 -w 300ms -i 2 -r 300ms -prof gc -jvmArgsAppend -Xbatch -rf json -rff {MEASURED}"
NORM = "gc.alloc.rate.norm"  # bytes per operation
TOLERANCE, SLACK = 0.10, 4  # a tenth, and half the header of an object


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="perf/allocation", description=__doc__)
    parser.add_argument("--update", action="store_true", help="commit to what is measured now")
    update = parser.parse_args(argv).update
    # What is committed is the most of three JVMs: each inlines as it likes, and escapes hang on that.
    arguments = f"{ARGUMENTS} -f {3 if update else 1}"
    maven = ["mvn", "-B", "-q", "-ntp", "-Pjmh", "test-compile", "exec:exec", f"-Djmh.args={arguments}"]
    done = subprocess.run(maven, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        print(done.stdout[-4000:], file=sys.stderr)
        return 1
    measured = {
        run["benchmark"].removeprefix("darban.jmh."): round(max(map(max, run["secondaryMetrics"][NORM]["rawData"])))
        for run in json.loads(MEASURED.read_text())
    }
    committed = json.loads(COMMITTED.read_text()) if COMMITTED.exists() else {}
    if update:
        COMMITTED.write_text(json.dumps(measured, indent=1, sort_keys=True) + "\n")
    worse = [_line(name, bytes, committed.get(name)) for name, bytes in sorted(measured.items())]
    gone = committed.keys() - measured.keys()
    for name in gone:
        print(f"{name:38} is committed and was not measured")
    return int(not update and (any(worse) or bool(gone)))


def _line(name: str, measured: int, committed: int | None) -> bool:
    """Shows one; whether it is a reason to fail."""
    if committed is None:
        verdict = "new: perf/allocation --update"
    elif measured > committed * (1 + TOLERANCE) + SLACK:
        verdict = f"MORE than {committed} before"
    elif measured < committed * (1 - TOLERANCE) - SLACK:
        verdict = f"less than {committed} before: perf/allocation --update keeps it so"
    else:
        verdict = ""
    print(f"{name:38} {measured:7} bytes/op  {verdict}")
    return verdict.startswith(("MORE", "new"))
