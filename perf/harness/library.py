"""The section `library` of perf/media: a page of a thousand films, as a browser draws and searches it."""

import os
import statistics

from . import corpus
from .bench import Bench
from .players import Chromium
from .systems import DARBAN, Setup

FILMS = 1000
TURNS = 9
WORDS = "film 777"


def run(bench: Bench, say) -> dict:
    """Milliseconds since the address was entered, of each turn, on a desk, on a phone; and of nginx's own list."""
    folder = bench.files / "films"
    film = corpus.made(folder, ["last.mp4"])[0].name
    for number in range(FILMS):
        os.link(folder / film, folder / f"Film {number:03} of many.mp4")
    for each in folder.iterdir():
        if not each.name.startswith("Film "):
            each.unlink()
    folder.chmod(0o755)
    said: dict = {"films": FILMS}
    with bench.server(DARBAN, Setup(profile="films")) as server, Chromium(bench.folder("chromium")) as chromium:
        library = f"http://127.0.0.1:{server.ports['plain']}/films/"
        plain = f"http://127.0.0.1:{bench.origin.port}/films/"
        desk, phone = {"size": [1280, 860]}, {"size": [390, 844]}
        rooms = {"a desk": (library, desk | {"words": WORDS}), "a phone": (library, phone | {"words": WORDS}),
                 "nginx's list": (plain, desk)}
        seen: dict = {name: [] for name in rooms}
        for _ in range(TURNS):
            for name, (url, job) in rooms.items():
                seen[name].append(chromium.look(url, **job))
        for name, each in seen.items():
            if any(look.get("cards", FILMS) != FILMS or look.get("found", 1) != 1 for look in each):
                raise SystemExit(f"library: not all films are there, or not the one that was looked for: {each}")
            said[name] = {"first of all": each[0], "later": each[1:]}
            say(f"{name}: " + ", ".join(f"{key} {statistics.median(look[key] for look in each):.0f}" for key in each[0]))
    return said
