"""Results as JSON for machines and as Markdown for people."""

import json
from dataclasses import dataclass
from pathlib import Path

from .rounds import Options, Row, warmth
from .scenarios import Case, Goal, Scenario


@dataclass(frozen=True)
class Outcome:
    """A scenario that was run."""

    scenario: Scenario
    rows: list[Row]

    def __iter__(self):
        return iter(zip(self.scenario.cases, self.rows))

    def base(self, case: Case) -> Row | None:
        """What a row is compared with: the row it names, or the best peer."""
        if case.against:
            return next((row for row in self.rows if row.label == case.against and row.samples), None)
        peers = [row for other, row in self if not other.ours and other.peer and row.samples]
        return min(peers, key=lambda row: row.median, default=None)

    def ratio(self, case: Case, row: Row) -> float | None:
        base = self.base(case)
        return row.median / base.median if base and row.samples and base.median else None

    def distance(self) -> float | None:
        """How far Darban is from the goal: 1 is at it, 2 is twice as much. The worst of its rows."""
        goal, found = self.scenario.goal, []
        for case, row in self:
            value = self.measure(case, row)
            if goal and case.ours and value is not None and row.label != case.against:
                found.append(value / goal.limit)
        return max(found, default=None)

    def measure(self, case: Case, row: Row) -> float | None:
        """What the goal speaks of: the figure itself, or its ratio."""
        if not row.samples:
            return None
        return row.median if self.scenario.goal and self.scenario.goal.absolute else self.ratio(case, row)


def as_json(facts: dict, options: Options, outcomes: list[Outcome]) -> str:
    return json.dumps({
        "machine": facts,
        "options": {key: value for key, value in vars(options).items() if key != "profiles"},
        "scenarios": [{
            "name": outcome.scenario.name,
            "title": outcome.scenario.title,
            "unit": outcome.scenario.unit,
            "goal": vars(outcome.scenario.goal) if outcome.scenario.goal else None,
            "rows": [_row(outcome, case, row) for case, row in outcome],
        } for outcome in outcomes],
    }, indent=1) + "\n"


def _row(outcome: Outcome, case: Case, row: Row) -> dict:
    ratio = outcome.ratio(case, row)
    return {
        "system": row.label,
        "median": round(row.median, 3) if row.samples else None,
        "ratio": round(ratio, 3) if ratio else None,
        "samples": [{key: round(value, 3) for key, value in vars(sample).items()} for sample in row.samples],
        "warm-up": {"seconds": round(row.warmed, 1), "settled": row.settled,
                    "windows": [round(window, 2) for window in row.windows]} if row.windows else None,
        "instructions": round(row.instructions) if row.instructions else None,
        "failure": row.failure or None,
    }


def as_markdown(facts: dict, options: Options, outcomes: list[Outcome]) -> str:
    return "\n".join([*_preface(facts, options), *_summary(outcomes), *(line for o in outcomes for line in _table(o))])


def _preface(facts: dict, options: Options) -> list[str]:
    versions = ", ".join(f"{name} {version}" for name, version in facts["versions"].items())
    return [
        f"# Measured on {facts['date'][:10]}",
        "",
        f"{facts['processor']}, {facts['cores']} cores{', virtual' if facts['virtual'] else ''}, "
        f"{facts['memory-mib'] // 1024} GiB, {facts['system']}, kernel {facts['kernel']}, {facts['jdk']}, "
        f"Darban {facts['darban']}. Load average at the start: {facts['load-average']:.2f}. "
        f"At most {options.rounds} rounds of {options.seconds:g} s. "
        + ("" if facts["instructions-counted"] else "Instructions cannot be counted on this machine. "),
        "",
        f"Versions: {versions}.",
        "",
    ]


def _summary(outcomes: list[Outcome]) -> list[str]:
    lines = [_cells("scenario", "unit", "Darban", "compared with", "ratio", "goal", "of the goal"), "|---" * 7 + "|"]
    far = lambda outcome: -(outcome.distance() or 0)
    for outcome in sorted(outcomes, key=far):
        for case, row in outcome:
            if case.ours and row.label != case.against:
                lines.append(_summary_line(outcome, case, row))
    return ["## Summary, what is farthest from its goal first", "", *lines, ""]


def _summary_line(outcome: Outcome, case: Case, row: Row) -> str:
    scenario, base = outcome.scenario, outcome.base(case)
    ratio, measure = outcome.ratio(case, row), outcome.measure(case, row)
    return _cells(
        f"{scenario.name}" + (f" ({row.label})" if row.label != "darban" else ""),
        scenario.unit,
        number(row.median) if row.samples else "failed",
        f"{base.label} {number(base.median)}" if base else "–",
        f"{ratio:.2f}" if ratio else "–",
        goal_text(scenario.goal),
        f"{measure / scenario.goal.limit:.2f}" if measure is not None and scenario.goal else "–",
    )


def _table(outcome: Outcome) -> list[str]:
    scenario = outcome.scenario
    lines = [f"## {scenario.name}: {scenario.title}", "",
             f"| system | {scenario.unit}, median (min–max) | ratio | in the kernel | per second | core busy | rounds | errors |",
             "|---|---|---|---|---|---|---|---|"]
    done = [(case, row) for case, row in outcome if row.samples]
    for case, row in sorted(done, key=lambda pair: pair[1].median):
        last = sorted(row.samples, key=lambda sample: sample.rate)[len(row.samples) // 2]
        ratio = outcome.ratio(case, row)
        lines.append(_cells(
            f"**{row.label}**" if case.ours else row.label,
            f"{number(row.median)} ({number(min(row.values))}–{number(max(row.values))})",
            f"{ratio:.2f}" if ratio else "–",
            number(row.median * row.kernel) if row.kernel else "–",
            number(last.rate) if last.rate else "–",
            f"{last.busy:.2f}" if last.busy else "–",
            str(len(row.samples)),
            str(row.errors),
        ))
    return [*lines, "", *(note for case, row in outcome for note in _notes(outcome, row)), ""]


def _notes(outcome: Outcome, row: Row):
    if row.windows and row.warmed:
        yield f"- {row.label}: {warmth(row, outcome.scenario.unit)}"
    if any(sample.origin for sample in row.samples):
        yield f"- {row.label}: {sum(s.origin for s in row.samples)} requests reached the origin: not only hits"
    if row.instructions:
        yield f"- {row.label}: {row.instructions:,.0f} instructions"
    if row.failure:
        yield f"- {row.label}: **failed**: {row.failure.splitlines()[0]}"


def goal_text(goal: Goal | None) -> str:
    if not goal:
        return "–"
    then = f", then ≤ {goal.then:g}" if goal.then else ""
    return f"≤ {goal.limit:g}{'' if goal.absolute else ' ×'}{then}"


def number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def _cells(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"


def write(folder: Path, name: str, facts: dict, options: Options, outcomes: list[Outcome]) -> list[Path]:
    written = []
    for suffix, text in (("json", as_json(facts, options, outcomes)), ("md", as_markdown(facts, options, outcomes))):
        written.append(folder / f"{facts['date'][:10]}-{name}.{suffix}")
        written[-1].write_text(text)
    return written
