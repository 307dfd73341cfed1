"""A scenario as a picture: one bar a system, whiskers from the least to the most; SVG, for light and dark pages."""

from html import escape
from pathlib import Path

from .report import Outcome, goal_text, number

WIDTH, BAR, GAP, TOP = 760, 20, 12, 58
NAMES, FIGURES = 200, 190  # room on the left and on the right of the bars

STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #1f2328 }
  .title { font-weight: 600; font-size: 15px }
  .quiet { fill: #59636e }
  .peer { fill: #9aa7b4 }
  .ours { fill: #0b7a75 }
  .whisker { stroke: #1f2328; stroke-width: 1.5; fill: none }
  .goal { stroke: #bc4c00; stroke-width: 1.5; stroke-dasharray: 4 3 }
  .goal-text { fill: #bc4c00; font-size: 12px }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .quiet { fill: #9198a1 }
    .peer { fill: #56616d }
    .ours { fill: #2aa89f }
    .whisker { stroke: #e6edf3 }
    .goal { stroke: #f0883e }
    .goal-text { fill: #f0883e }
  }
"""


def svg(outcome: Outcome) -> str:
    pairs = sorted(((case, row) for case, row in outcome if row.samples), key=lambda pair: pair[1].median)
    most = max((max(row.values) for _, row in pairs), default=1) or 1
    limit = _limit(outcome)
    most = max(most, limit or 0)
    scale = (WIDTH - NAMES - FIGURES) / most
    height = TOP + len(pairs) * (BAR + GAP) + 24
    scenario = outcome.scenario
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" role="img">',
        f"<title>{escape(scenario.title)}</title><style>{STYLE}</style>",
        f'<text class="title" x="12" y="22">{escape(scenario.name)}: {escape(scenario.title)}</text>',
        f'<text class="quiet" x="12" y="42">{escape(scenario.unit)}; less is better</text>',
    ]
    for n, (case, row) in enumerate(pairs):
        parts += _bar(case, row, TOP + n * (BAR + GAP), scale)
    if limit is not None:
        x, bottom = NAMES + limit * scale, height - 20
        parts.append(f'<path class="goal" d="M{x:.1f} {TOP - 6} V{bottom}"/>')
        parts.append(f'<text class="goal-text" x="{x:.1f}" y="{bottom + 14}" text-anchor="middle">'
                     f"goal {escape(goal_text(scenario.goal))}</text>")
    return "\n".join([*parts, "</svg>", ""])


def _bar(case, row, y: float, scale: float) -> list[str]:
    middle, low, high = y + BAR / 2, NAMES + min(row.values) * scale, NAMES + max(row.values) * scale
    spread = f" ({number(min(row.values))}–{number(max(row.values))})"
    kind, length, ends = "ours" if case.ours else "peer", max(1, row.median * scale), middle - 4
    return [
        f'<text x="{NAMES - 10}" y="{middle + 4.5}" text-anchor="end">{escape(row.label)}</text>',
        f'<rect class="{kind}" x="{NAMES}" y="{y}" width="{length:.1f}" height="{BAR}" rx="3"/>',
        f'<path class="whisker" d="M{low:.1f} {middle} H{high:.1f} M{low:.1f} {ends} v8 M{high:.1f} {ends} v8"/>',
        f'<text x="{high + 10:.1f}" y="{middle + 4.5}">{number(row.median)}'
        f'<tspan class="quiet">{spread}</tspan></text>',
    ]


def _limit(outcome: Outcome) -> float | None:
    """Where the goal lies on the axis, if it is the same for all rows."""
    goal, cases = outcome.scenario.goal, outcome.scenario.cases
    if not goal:
        return None
    if goal.absolute:
        return goal.limit
    bases = {case.against for case in cases}
    base = outcome.base(cases[0]) if len(bases) == 1 else None
    return base.median * goal.limit if base else None


def write(folder: Path, outcomes: list[Outcome]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for outcome in outcomes:
        if any(row.samples for row in outcome.rows):
            (folder / f"{outcome.scenario.name}.svg").write_text(svg(outcome))
