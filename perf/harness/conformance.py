"""The command line of `perf/cache-tests`: the public suite http-tests/cache-tests, run through each system.

The suite is not ours to ship: unpack it somewhere, with `npm i --no-save undici@7` in it.
"""

import argparse
import collections
import json
import os
import signal
import subprocess
import sys
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from . import machine, systems
from .bench import Bench, Server, await_port, free_ports, process
from .systems import DARBAN, HAPROXY, HTTPD, NGINX, SQUID, TRAFFIC_SERVER, VARNISH, Setup, System

LOAD = systems.ROOT / "perf/load"
KINDS = ("required", "optimal", "check")
PASSED, FAILED = {"pass", "yes"}, {"fail", "optional_fail", "no"}  # all else is not scored


@dataclass(frozen=True)
class Case:
    label: str
    system: System
    via: str = "h1"


CASES = [
    Case("darban", DARBAN),
    Case("darban, TLS and HTTP/2", DARBAN, "h2"),
    Case("darban, forward proxy", DARBAN, "forward"),
    *(Case(system.name, system) for system in (NGINX, SQUID, VARNISH, TRAFFIC_SERVER, HTTPD, HAPROXY)),
]


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="perf/cache-tests", description=__doc__)
    parser.add_argument("suite", type=Path, help="an unpacked http-tests/cache-tests")
    parser.add_argument("--systems", metavar="A,B", type=lambda text: text.split(","))
    parser.add_argument("--runs", type=int, default=1, help="a test came out as in most of them")
    parser.add_argument("--record", action="store_true", help="write into perf/results instead of target/perf")
    arguments = parser.parse_args(argv)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    machine.prepare()
    suite = arguments.suite.resolve()
    if not (suite / "node_modules/undici").is_dir() or not (suite / "tests/index.mjs").is_file():
        print(f"perf: no suite in {suite}, or `npm i --no-save undici@7` was not run in it", file=sys.stderr)
        return 2
    cases = [case for case in CASES if not arguments.systems or case.system.name in arguments.systems]
    used = list(dict.fromkeys(case.system for case in cases))
    machine.demand(systems.needs([*used, NGINX]) | {"node": "nodejs"})
    facts = machine.facts([*systems.programs(used), "node"])
    facts["suite"] = machine.output("git", "-C", str(suite), "rev-parse", "--short", "HEAD") or "unknown"
    with Bench() as bench:
        outcomes = _run(bench, suite, cases, arguments.runs)
    name = machine.results(arguments.record) / f"{facts['date'][:10]}-cache-tests"
    raw = {"machine": facts, "failures": _failures(outcomes)}
    name.with_suffix(".json").write_text(json.dumps(raw, indent=1) + "\n")
    name.with_suffix(".md").write_text(_markdown(facts, arguments.runs, outcomes))
    print(name.with_suffix(".md").read_text())
    return 0


def _run(bench: Bench, suite: Path, cases: list[Case], runs: int) -> dict[str, list[dict]]:
    port = free_ports(1)[0]
    environment = os.environ | {"npm_config_protocol": "http", "npm_config_port": str(port),
                                "npm_config_pidfile": str(bench.dir / "suite.pid")}
    argv = ["node", "--import", str(LOAD / "loopback.mjs"), "test-engine/server/server.mjs"]
    outcomes = {}
    with process(argv, suite, environment, log=bench.dir / "suite.log"):
        await_port(port)
        for case in cases:
            with bench.server(case.system, Setup(profile="conformance"), origin=port) as server:
                played = [_play(suite, case, server) for _ in range(runs)]
            outcomes[case.label] = _most(played)
            counts = _counts(outcomes[case.label]).items()
            print(f"{case.label}: {', '.join(f'{kind} {count}' for kind, count in counts)}", flush=True)
    return outcomes


def _play(suite: Path, case: Case, server: Server) -> list[dict]:
    base = {"h1": f"http://127.0.0.1:{server.ports['plain']}", "h2": f"https://127.0.0.1:{server.ports['tls']}",
            "forward": f"http://127.0.0.1:{server.place.origin}"}[case.via]
    environment = os.environ | {"SUITE": str(suite), "BASE": base, "VIA": case.via,
                                "PROXY": f"http://127.0.0.1:{server.ports['tunnel']}"}
    done = subprocess.run(["node", "--no-warnings", str(LOAD / "cache-tests.mjs")], cwd=suite, env=environment,
                          capture_output=True, text=True, timeout=900)
    if done.returncode:
        raise SystemExit(f"perf: the suite broke on {case.label}:\n{done.stderr[-2000:]}")
    if case.via == "h2" and _requests(server, "h2") < 300:
        raise SystemExit("perf: HTTP/2 was not agreed on")
    return json.loads(done.stdout)


def _requests(server: Server, protocol: str) -> float:
    """How many requests Darban's own metrics count for a version of HTTP."""
    with urllib.request.urlopen(f"http://127.0.0.1:{server.ports['admin']}/metrics") as answer:
        lines = answer.read().decode().splitlines()
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines
               if line.startswith("darban_http_requests_total") and f'proto="{protocol}"' in line)


def _most(played: list[list[dict]]) -> list[dict]:
    """Each test as it came out in most runs."""
    merged = []
    for tests in zip(*played):
        outcome, _ = collections.Counter(test["outcome"] for test in tests).most_common(1)[0]
        merged.append(next(test for test in tests if test["outcome"] == outcome))
    return merged


def _counts(tests: list[dict]) -> dict[str, str]:
    """Passed / failed / not scored, by kind."""
    counted = {}
    for kind in KINDS:
        found = [test["outcome"] for test in tests if test["kind"] == kind]
        passed, failed = (sum(outcome in group for outcome in found) for group in (PASSED, FAILED))
        counted[kind] = f"{passed} / {failed} / {len(found) - passed - failed}"
    return counted


def _failures(outcomes: dict[str, list[dict]]) -> dict[str, dict[str, str]]:
    return {label: {test["id"]: f"{test['kind']} {test['outcome']} {test['why'][:160]}".strip()
                    for test in tests if test["outcome"] not in PASSED} for label, tests in outcomes.items()}


def _markdown(facts: dict, runs: int, outcomes: dict[str, list[dict]]) -> str:
    total = collections.Counter(test["kind"] for test in next(iter(outcomes.values())))
    versions = ", ".join(f"{name} {version}" for name, version in facts["versions"].items())
    lines = [
        f"# HTTP caching, measured on {facts['date'][:10]}", "",
        f"The suite [http-tests/cache-tests](https://github.com/http-tests/cache-tests) at {facts['suite']}, "
        f"{runs} run(s), systems configured as in its `docker/` folder. Darban {facts['darban']}, {versions}, "
        f"{facts['system']}. Passed / failed / not scored; of checks: yes / no / not scored.", "",
        "| system | " + " | ".join(f"{kind} ({total[kind]})" for kind in KINDS) + " |", "|---|---|---|---|",
    ]
    for label, tests in outcomes.items():
        counts = _counts(tests)
        lines.append(f"| {label} | " + " | ".join(counts[kind] for kind in KINDS) + " |")
    lines += ["", "The four tests of interim responses need a client that hands them on; undici's does not over "
              "HTTP/2."]
    lines += ["", "## What Darban does not pass", "", "That of the others is in the JSON file beside this one.", ""]
    for label, tests in outcomes.items():
        if not label.startswith("darban"):
            continue
        for kind in KINDS[:2]:
            ids = [test["id"] + ("" if test["outcome"] in FAILED else " (not scored)") for test in tests
                   if test["kind"] == kind and test["outcome"] not in PASSED]
            lines.append(f"- {label}, {kind}: {', '.join(ids) or 'none'}")
    return "\n".join(lines) + "\n"
