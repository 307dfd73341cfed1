"""What the sections of perf/media about players write: one table, to which each adds its part."""

import json
import statistics
from pathlib import Path

from . import corpus, playback, viewers


def write(folder: Path, facts: dict, section: str, said: dict) -> None:
    """Puts what a section said in place of what it said before, or of the films it played beside the others."""
    name = folder / f"{facts['date'][:10]}-playback"
    known = json.loads(name.with_suffix(".json").read_text()) if name.with_suffix(".json").exists() else {}
    if section == "playback" and section in known:
        _merge(known[section]["said"]["films"], said["films"])
        for part in ("others", "broken"):
            known[section]["said"][part] = known[section]["said"].get(part, {}) | said[part]
        known[section]["machine"] = facts
    else:
        known[section] = {"machine": facts, "said": said}
    name.with_suffix(".json").write_text(json.dumps(known, indent=1, ensure_ascii=False) + "\n")
    name.with_suffix(".md").write_text("\n".join(_lines(known)) + "\n")


def _merge(films: dict, others: dict) -> None:
    """Of a film that was played briefly, what else is known of it stays."""
    for name, cells in others.items():
        films[name] = films.get(name, {}) | cells


def _lines(known: dict):
    facts = next(iter(known.values()))["machine"]
    versions = {key: value for each in known.values() for key, value in each["machine"]["versions"].items()
                if value != "unknown"}
    yield f"# Players, measured on {facts['date'][:10]}"
    yield ""
    yield (f"{facts['cores']} cores, {facts['system']}, {facts['jdk']}. "
           + ", ".join(f"{name} {version}" for name, version in versions.items())
           + "; packages of npm as in `perf/load/players/package.json`. Of each section: `perf/media SECTION`.")
    parts = {"playback": _playback, "viewers": _viewers, "first": _first, "library": _library,
             "live": _live}
    for section, tell in parts.items():
        if section in known:
            yield ""
            yield from tell(known[section]["said"])
            machine = known[section]["machine"]
            yield ""
            yield (f"`perf/media {section}`, Darban {machine['darban']}, {machine['processor']}; load average at the "
                   f"start: {machine['load-average']:.2f}.")


def _table(head: list[str], rows: list[list[str]]):
    yield "| " + " | ".join(head) + " |"
    yield "|---" * len(head) + "|"
    for row in rows:
        yield "| " + " | ".join(map(str, row)) + " |"


def _playback(said: dict):
    yield "## Films and players"
    yield ""
    yield ("Milliseconds to the first picture; in brackets how many more than the same player on the same film straight "
           "from nginx, where ffmpeg had packaged it beforehand for HLS and DASH. Browsers: medians of "
           f"{1 + playback.TURNS} ({playback.TURNS} from nginx), in turns; then 12 s of film, or 60 s of the first three, "
           f"eight times as fast as life, without waiting for {playback.STALL} ms in all, and seeks: the picture tells its "
           "time and is read. Programs: from exec to the picture of 7.3 s, once. What differs by more than "
           f"{playback.DOUBT} ms then, either way, is played {playback.MORE} times more of each, in turns, and the medians "
           "are those of all. What is not as it "
           "should be is in the cell, in bold if it is right from nginx. `far`: the film lies behind nginx, and Darban "
           "reads it by ranges. *no seeking*: neither from nginx nor from Darban; *not played here*: as from nginx.")
    yield ""
    films = [film for film in corpus.FILMS if film.name in said["films"]]
    columns = list(dict.fromkeys(name for cells in said["films"].values() for name in cells))
    for part in (columns[:6], columns[6:12], columns[12:]):
        yield from _table(["film", *part], [
            [f"{film.name}: {film.what}", *(said["films"][film.name].get(name, "–") for name in part)] for film in films])
        yield ""
    if said.get("others"):
        yield "Files that are sent as they are, playlists that ffmpeg made and Darban passes on, and its own of other kinds."
        yield ""
        columns = list(dict.fromkeys(name for cells in said["others"].values() for name in cells))
        yield from _table(["", *columns], [
            [what, *(cells.get(name, "–") for name in columns)] for what, cells in said["others"].items()])
        yield ""
    if said["broken"]:
        yield "Broken files; after all of them Darban goes on."
        yield ""
        columns = list(next(iter(said["broken"].values())))
        yield from _table(["file", *columns], [
            [f"{name}: {corpus.BROKEN[name]}", *cells.values()] for name, cells in said["broken"].items()])


def _viewers(said: dict):
    watching, joining, more = said["watching"], said["joining"], said["more"]
    good = [step for step in more if not step["stalls"]]
    yield "## A crowd of HLS players"
    yield ""
    yield (f"Players of one film of {said['rate']:.0f} kbit/s, packaged while they ask, each at its own place in it. Each "
           f"keeps {viewers.AHEAD} s in hand and stalls when a segment is not whole at its time. Darban has one core, all "
           f"players share the other. Lengths are checked; one player in {viewers.EVERY} compares every byte.")
    yield ""
    rows = [("joining, 100 a second", joining), ("watching, 40 s", watching)]
    rows += [("500 more in 8 s", step) for step in more]
    yield from _table(["", "players", "Mbit/s", "Darban's core", "the players' core", "a segment, median / 95th",
                       "both first segments, from connecting", "stalls"],
                      [[name, step["players"], f"{step['mbit']:.0f}", f"{step['cpu']:.2f}", f"{step['load']:.2f}",
                        _ms(step["segment"]), _ms(step["started"]) if step["started"][0] else "–",
                        f"{step['stalls']}" + (f", {step['stalled']:.1f} s" if step["stalls"] else "")]
                       for name, step in rows])
    yield ""
    yield (f"Memory: {said['memory'] / 1000:.1f} kB (PSS) a player, over {said['empty'] / 1e6:.0f} MB before they came. Most "
           f"players without a stall: {max([watching['players'], *(step['players'] for step in good)])}. "
           f"Wrong answers: {'; '.join(said['wrong']) or 'none'}.")


def _first(said: dict):
    yield "## The first segment"
    yield ""
    yield (f"A film of {said['bytes'] / 1e9:.2f} GB with {said['tables'] / 1e6:.1f} MB of tables at its end, one after the other with 0.1 s "
           "between them if they are not known; median and most. "
           "The JVM has served a film before, with short tables: what the first one took is told apart, and what those took "
           "that came soon after it. With one core Darban has it for itself, with two the client and the origin are on the "
           "second.")
    yield ""
    rooms = {name: value for name, value in said.items() if isinstance(value, dict)}
    both = lambda values: f"{statistics.median(values) * 1000:.1f} / {max(values) * 1000:.1f} ms"
    yield from _table(["", *rooms], [
        ["the tables alone, without Darban", *(both(room["tables alone"]) for room in rooms.values())],
        ["first segment, film not known", *(both(room["cold, later"]) for room in rooms.values())],
        ["its processor time: " + ", ".join(next(iter(rooms.values()))["processor"]),
         *(" + ".join(f"{1000 * spent:.1f}" for spent in room["processor"].values()) + " ms" for room in rooms.values())],
        ["the same, soon after a start", *(both(room["cold"]) for room in rooms.values())],
        ["first segment, the very first film", *(f"{room['first of all'] * 1000:.1f} ms" for room in rooms.values())],
        ["first segment, film known", *(both(room["warm"]) for room in rooms.values())]])
    yield ""
    yield ("All segments of a film after another start of Darban, from the folder and through the cache: "
           + ("the same bytes." if said["same after another start"] else "**other bytes**."))


def _library(said: dict):
    yield "## The library"
    yield ""
    yield (f"A page of {said['films']} films in Chromium, each time without anything kept: milliseconds since its address was "
           "entered, median and most of eight, in brackets the first one; of the search, since the last key until it is drawn.")
    yield ""
    rooms = {name: value for name, value in said.items() if isinstance(value, dict)}
    cell = lambda room, key: (f"{statistics.median(look[key] for look in room['later']):.0f} / "
                              f"{max(look[key] for look in room['later']):.0f} ({room['first of all'][key]:.0f})"
                              if key in room["first of all"] else "–")
    yield from _table(["", *rooms], [[what, *(cell(room, key) for room in rooms.values())] for key, what in (
        ("answer", "first byte"), ("paint", "first paint"), ("load", "all of it is there"), ("search", "search"))])


def _live(said: dict):
    yield "## Live"
    yield ""
    yield ("ffmpeg puts low-latency DASH: segments of 2 s in chunks of 0.4 s. 30 s of each player, the latency after the "
           "first 5: median and 95th percentile. The edge is a second Darban on the same core, with signed links and prefetch.")
    yield ""
    yield from _table(["", "first picture", "latency", "stalls", "errors"], [
        [name, f"{one['start']:.0f} ms" if one["start"] else "–",
         " / ".join(f"{value:.2f}" for value in one["latency"]) + " s" if one["latency"] else "–",
         one["stalls"], _errors(one)]
        for name, one in said.items() if isinstance(one, dict) and "start" in one])
    yield ""
    for name in ("strict", "strict through the edge"):
        if name in said:
            yield (f"hls-parser, strict, of the playlists{name.removeprefix('strict')} as they grow, the next state of each by a "
                   f"blocking reload, and a delta update of it: {said[name]}.")
            yield ""
    if "restarted" in said:
        yield "The encoder is killed while a player watches, and another one begins a second and a half later."
        yield ""
        yield from _table(["", "goes on", "stalls", "stalled", "errors"], [
            [name, "yes" if one["plays on"] else "**no**", one["stalls"], f"{one['stalled'] / 1000:.1f} s", _errors(one)]
            for name, one in said["restarted"].items()])
        yield ""
    yield f"A part's way from a publisher to 20 viewers of a segment that is being put: {_ms(said['parts'])}."
    if "hinted parts" in said:
        yield ""
        yield ("The same of parts of a track that is posted, which viewers ask for by their hints before they are there: "
               f"{_ms(said['hinted parts'])}.")


def _errors(one: dict) -> str:
    """In a line of a table: what each says first."""
    return "; ".join(error.partition("\n")[0].partition(" ({")[0] for error in one["errors"]) or "none"


def _ms(pair: list[float]) -> str:
    return f"{pair[0]:.1f} / {pair[1]:.1f} ms"
