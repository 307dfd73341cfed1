"""The command line of `perf/run`."""

import argparse
import signal
import subprocess
import sys
import time
from dataclasses import replace

from . import machine, plot, report, scenarios, systems
from .bench import Bench
from .rounds import Options, measured
from .scenarios import Scenario

TOOLS = {"taskset": "util-linux", "openssl": "openssl", "nginx": "nginx-light", "wrk": "wrk", "curl": "curl",
         "h2load": "nghttp2-client", "gtlsclient": "ngtcp2-client"}


def main(argv: list[str]) -> int:
    arguments = _parser().parse_args(argv)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    machine.prepare()
    if arguments.scenario == ["list"]:
        return _list()
    try:
        chosen = [narrowed(scenario, arguments.systems) for scenario in _chosen(arguments.scenario)]
    except LookupError as wrong:
        say(f"perf: {wrong.args[0]}")
        return 2
    used = {case.system.name: case.system for scenario in chosen for case in scenario.cases}
    machine.demand(systems.needs(used.values()) | TOOLS)
    for system in used.values():
        if isinstance(system, systems.Darban):
            subprocess.run([str(system.home / "darban"), "version"], check=True, stdout=subprocess.DEVNULL)
    try:
        return _run(chosen, used, arguments)
    except KeyboardInterrupt:
        say("stopped; everything that was started is ended")
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="perf/run", description="Darban beside other proxies; see perf/README.md.")
    parser.add_argument("scenario", nargs="+", help="names of scenarios, `all`, or `list` to see them")
    parser.add_argument("--systems", metavar="A,B", type=lambda text: text.split(","),
                        help="only these; `darban@FOLDER` is the Darban of another checkout")
    parser.add_argument("--rounds", type=int, metavar="N", help="samples of each system (5)")
    parser.add_argument("--seconds", type=float, metavar="S", help="of a sample (1)")
    parser.add_argument("--warm", type=float, metavar="S", help="the most a JVM may take to settle (60)")
    parser.add_argument("--quick", action="store_true", help="two short rounds, hardly warmed: to see that it works")
    parser.add_argument("--profile", action="store_true", help="flight recordings of Darban in target/perf/profiles")
    parser.add_argument("--record", action="store_true", help="write into perf/results instead of target/perf")
    return parser


def _chosen(names: list[str]) -> list[Scenario]:
    return scenarios.ALL if names == ["all"] else [scenarios.named(name) for name in names]


def narrowed(scenario: Scenario, names: list[str] | None) -> Scenario:
    """The scenario with these systems only; other checkouts of Darban do what Darban does."""
    if not names:
        return scenario
    cases = []
    for system in map(systems.named, names):
        for case in scenario.cases:
            if case.system.name == system.name:
                cases.append(case)
            elif case.ours and system.name.startswith("darban@"):
                renamed = lambda label: label.replace("darban", system.name, 1)
                cases.append(replace(case, system=system, label=renamed(case.label), against=renamed(case.against)))
    return replace(scenario, cases=cases)


def _list() -> int:
    for scenario in scenarios.ALL:
        names = ", ".join(dict.fromkeys(case.system.name for case in scenario.cases))
        say(f"{scenario.name:19} {scenario.title}")
        say(f"{'':19} {scenario.unit}, goal {report.goal_text(scenario.goal)}: {names}")
    return 0


def _options(arguments) -> Options:
    options = Options.quick() if arguments.quick else Options()
    if arguments.profile:
        options = replace(options, profiles=systems.ROOT / "target/perf/profiles")
    given = {"rounds": arguments.rounds, "seconds": arguments.seconds, "warm_cap": arguments.warm}
    return replace(options, **{key: value for key, value in given.items() if value is not None})


def _run(chosen: list[Scenario], used: dict, arguments) -> int:
    options, outcomes = _options(arguments), []
    facts = machine.facts([*systems.programs(used.values()), "wrk", "h2load", "curl"])
    if facts["load-average"] > 0.5:
        say(f"perf: the machine is busy (load average {facts['load-average']:.1f}): compare ratios, not figures")
    folder = machine.results(arguments.record)
    name = "-".join(arguments.scenario)[:60] + ("-quick" if arguments.quick else "")
    with Bench() as bench:
        for scenario in filter(lambda scenario: scenario.cases, chosen):
            began = time.monotonic()
            say(f"{scenario.name}: {scenario.title}")
            outcomes.append(report.Outcome(scenario, measured(scenario, bench, options, say)))
            say(_shown(outcomes[-1]) + f"\n  took {time.monotonic() - began:.0f} s\n")
            written = report.write(folder, name, facts, options, outcomes)
    plot.write(folder / "plots", outcomes)
    say("\n".join(f"written: {path.relative_to(systems.ROOT)}" for path in [*written, folder / "plots"]))
    return int(any(row.failure or row.errors for outcome in outcomes for row in outcome.rows))


def _shown(outcome: report.Outcome) -> str:
    lines = []
    pairs = [(case, row) for case, row in outcome if row.samples]
    for case, row in sorted(pairs, key=lambda pair: pair[1].median):
        ratio = outcome.ratio(case, row)
        spread = f"({report.number(min(row.values))}–{report.number(max(row.values))})"
        compared, errors = f"{ratio:.2f} ×" if ratio else "", f"{row.errors} errors" if row.errors else ""
        lines.append(f"  {row.label:32} {report.number(row.median):>9} {spread:21} {compared:8} {errors}".rstrip())
    distance = outcome.distance()
    lines.append(f"  {outcome.scenario.unit}; goal {report.goal_text(outcome.scenario.goal)}"
                 + (f", we are at {distance:.2f} of it" if distance is not None else ""))
    return "\n".join(lines)


def say(text: str) -> None:
    print(text, flush=True)
