"""The section `playback` of perf/media: each film of the corpus, each player.

Each film comes four ways from Darban: HLS, DASH, HLS of transport streams, and the file; and once more from a plain web
server through Darban. What a player needs to begin is compared with the same player on what ffmpeg packaged of the
same film beforehand, straight from nginx, in turns.
"""

import re
import statistics
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from . import corpus, players
from .bench import Bench, Server
from .corpus import Film
from .players import PROGRAMS, SLACK, Chromium, Program, Seen
from .systems import DARBAN, Setup

RATE = 8  # times faster than life
TURNS = 4
DOUBT = 50  # milliseconds: what differs by more, either way, is played again in MORE turns, and all of them count
MORE = 10
TRIES = 8  # of a program that shows another picture than it was asked for
STALL = 50  # milliseconds; a browser says "waiting" for one or two of them where nobody sees anything
LONG = ("last.mp4", "first.mp4", "fragmented.mp4")

# A player, what it opens of a film from Darban, and what is the same from nginx.
BROWSERS = {
    "hls.js": ("hls", "/films/{}/index.m3u8", "/packaged/{}/hls/index.m3u8"),
    "dash.js": ("dash", "/films/{}/index.mpd", "/packaged/{}/dash/index.mpd"),
    "Shaka, HLS": ("shaka", "/films/{}/index.m3u8", "/packaged/{}/hls/index.m3u8"),
    "Shaka, DASH": ("shaka", "/films/{}/index.mpd", "/packaged/{}/dash/index.mpd"),
    "`<video>`": ("file", "/films/{}", "/films/{}"),
    "hls.js, far": ("hls", "/far/{}/index.m3u8", "/packaged/{}/hls/index.m3u8"),
}
WAYS = {"HLS": ("/films/{}/index.m3u8", "/packaged/{}/hls/index.m3u8"),
        "DASH": ("/films/{}/index.mpd", "/packaged/{}/dash/index.mpd"),
        "file": ("/films/{}", "/films/{}")}

# What is no film of MP4 as Darban packages it for most: what it is, the film whose pictures are in it, ours, and nginx's.
LAST = corpus.FILMS[0]
OTHERS = [(f"{film.what}, {where}", film, f"{path}{film.name}", f"/films/{film.name}")
          for film in corpus.FILES for where, path in (("in a folder", "/films/"), ("far", "/far/"))]
OTHERS += [(f"HLS of nginx's: {name}", LAST, f"/lists/{name}/index.m3u8", f"/lists/{name}/index.m3u8") for name in corpus.LISTS]
OTHERS += [("HLS of ours: transport streams", LAST, "/films/last.mp4/ts.m3u8", "/lists/ts/index.m3u8"),
           ("HLS of ours: AES-128", LAST, "/sealed/last.mp4/index.m3u8", "/lists/fmp4/index.m3u8"),
           ("HLS of ours: AES-128, transport streams", LAST, "/sealed/last.mp4/ts.m3u8", "/lists/aes/index.m3u8")]


def run(bench: Bench, say, names: list[str] | None, brief: bool, shots: Path, write) -> None:
    """Plays all films, or those of these names; brief is in browsers only, and once.

    Writes what is known after each: {"films": {film: {player: cell}}, "others": …, "broken": …, "chromium": …}.
    """
    shots.mkdir(parents=True, exist_ok=True)
    folder = bench.files / "films"
    films = corpus.made(folder, names)
    for film in films:
        _package(folder / film.name, bench.files / "packaged" / film.name)
    corpus.listed(folder / "last.mp4", bench.files / "lists")
    subprocess.run(["chmod", "-R", "a+rX", str(bench.files)], check=True)
    said: dict = {"films": {}, "others": {}, "broken": {}}
    with bench.server(DARBAN, Setup(profile="films")) as server, Chromium(bench.folder("chromium")) as chromium:
        said["chromium"] = chromium.version
        stage = Stage(bench, server, chromium, shots, brief)
        for engine in ("hls", "dash", "shaka", "file"):  # the browser's first page of a kind takes it longer
            chromium.play(engine, stage.url("/films/captions.mp4" if engine == "file" else BROWSERS["hls.js"][1]
                                            .format("captions.mp4")), 1)
        for film in films:
            began = time.monotonic()
            said["films"][film.name] = stage.film(film)
            say(f"{film.name}, {time.monotonic() - began:.0f} s: {said['films'][film.name]}")
            write(said)
        for other in OTHERS if not names or "others" in names else []:
            said["others"][other[0]] = stage.other(*other)
            say(f"{other[0]}: {said['others'][other[0]]}")
            write(said)
        if not names or "broken" in names:
            said["broken"] = {name: stage.broken(name) for name in corpus.BROKEN}
            server.check()
            write(said)


def _package(file: Path, to: Path) -> None:
    """What ffmpeg makes of a film beforehand: each sound apart from the pictures, and subtitles, as Darban has it."""
    for kind in ("hls", "dash"):
        (to / kind).mkdir(parents=True)
    probe = subprocess.run(["ffprobe", "-v", "error", "-show_entries", "stream=codec_type", "-of", "csv=p=0", str(file)],
                           capture_output=True, text=True, check=True).stdout.split()
    tracks = [f"{kind[0]}:{n}" for kind in ("video", "audio") for n in range(probe.count(kind))]
    together = ",agroup:a" if "video" in probe and "audio" in probe else ""
    default = lambda track: {"a:0": ",default:yes", "a:1": ",default:no"}.get(track, "")
    variants = " ".join(track + together + default(track) for track in tracks)
    maps = [word for track in tracks for word in ("-map", f"0:{track}")]
    head = ["ffmpeg", "-v", "quiet", "-nostdin", "-y", "-i", str(file), *maps, "-c", "copy", "-strict", "-2"]
    # In its folder, since it gives the init segment the name that it is given.
    subprocess.run([*head, "-f", "hls", "-hls_time", "4", "-hls_playlist_type", "vod", "-hls_segment_type", "fmp4",
                    "-hls_fmp4_init_filename", "init-%v.mp4" if tracks[1:] else "init-0.mp4", "-var_stream_map", variants,
                    "-master_pl_name", "index.m3u8", "-hls_segment_filename", "%v-%d.m4s", "%v.m3u8"], cwd=to / "hls", check=False)
    subprocess.run([*head, "-f", "dash", "-seg_duration", "4", "index.mpd"], cwd=to / "dash", check=False)
    _name_codecs(to)
    _add_subtitles(file, to)


def _name_codecs(packaged: Path) -> None:
    """Says in the playlist which codings there are, as ffmpeg does in its manifest.

    It leaves them out of playlists where it copies H.264. Then hls.js begins as soon as it has pictures, and fails with
    the sound when that comes: a start that is no start of the film.
    """
    playlist, manifest = packaged / "hls/index.m3u8", packaged / "dash/index.mpd"
    codecs = ",".join(dict.fromkeys(re.findall(r'<Representation [^>]*codecs="([^"]+)"', manifest.read_text())))
    said = re.sub(r"^(#EXT-X-STREAM-INF:(?!.*CODECS).*RESOLUTION=\w+)", rf'\1,CODECS="{codecs}"', playlist.read_text(),
                  flags=re.MULTILINE)
    playlist.write_text(said)


def _add_subtitles(file: Path, packaged: Path) -> None:
    """Puts those that lie beside the film into playlist and manifest: ffmpeg's muxers take none from another file."""
    languages = [found.suffixes[0][1:] for found in sorted(file.parent.glob(f"{file.stem}.*.srt"))]
    for kind in ("hls", "dash"):
        for language in languages:
            subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-y", "-i", str(file.with_suffix(f".{language}.srt")),
                            str(packaged / kind / f"{language}.vtt")], check=True)
    for language in languages:
        (packaged / f"hls/{language}.m3u8").write_text(
            "#EXTM3U\n#EXT-X-TARGETDURATION:20\n#EXT-X-PLAYLIST-TYPE:VOD\n"
            f"#EXTINF:20,\n{language}.vtt\n#EXT-X-ENDLIST\n")
    playlist, manifest = packaged / "hls/index.m3u8", packaged / "dash/index.mpd"
    if languages:
        media = "".join(f'#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="s",LANGUAGE="{each}",NAME="{each}",AUTOSELECT=YES,'
                        f'URI="{each}.m3u8"\n' for each in languages)
        said = re.sub(r"^(#EXT-X-STREAM-INF:.*)", r'\1,SUBTITLES="s"', playlist.read_text(), flags=re.MULTILINE)
        playlist.write_text(said.replace("#EXT-X-MEDIA", media + "#EXT-X-MEDIA", 1))
        sets = "".join(f'<AdaptationSet contentType="text" mimeType="text/vtt" lang="{each}"><Representation id="{each}" '
                       f'bandwidth="256"><BaseURL>{each}.vtt</BaseURL></Representation></AdaptationSet>'
                       for each in languages)
        manifest.write_text(manifest.read_text().replace("</Period>", sets + "</Period>"))


@dataclass
class Starts:
    """How long a player took to its first picture, from Darban and from nginx, in milliseconds."""

    play: Callable[[str], float | None]
    our_url: str
    their_url: str
    ours: list[float]
    theirs: list[float]

    @property
    def more(self) -> float | None:
        """How much more it takes from Darban, of medians."""
        return statistics.median(self.ours) - statistics.median(self.theirs) if self.ours and self.theirs else None

    def compare(self, turns: int) -> None:
        """Plays both in so many turns, and in some more if they differ then: one start may tell of the machine alone."""
        self._play(turns)
        if abs(self.more or 0) > DOUBT:
            self._play(MORE)

    def _play(self, turns: int) -> None:
        for _ in range(turns):
            for url, found in ((self.our_url, self.ours), (self.their_url, self.theirs)):
                start = self.play(url)
                found += [start] if start is not None else []


class Stage:
    """Where films are played: Darban, nginx, and players."""

    def __init__(self, bench: Bench, server: Server, chromium: Chromium, shots: Path, brief: bool):
        self.brief = brief
        self.bench, self.server, self.chromium, self.shots = bench, server, chromium, shots
        self.work = bench.folder("players")

    def url(self, path: str, direct: bool = False) -> str:
        return f"http://127.0.0.1:{self.bench.origin.port if direct else self.server.ports['plain']}{path}"

    def film(self, film: Film) -> dict[str, str]:
        cells = {name: self._browser(film, name) for name in BROWSERS}
        if film.plays == "all" and not self.brief:
            cells |= {f"{program.name}, {way}": self._program(film, program, way) for program in PROGRAMS for way in WAYS}
        if film.plays == "all":
            cells["ffmpeg, all pictures"] = self._frames(film)
        cells["hls-parser"] = self._strict(film)
        return cells

    def other(self, what: str, film: Film, ours: str, theirs: str) -> dict[str, str]:
        """A file that is sent as it is, or a playlist."""
        engines = {"hls.js": "hls", "Shaka, HLS": "shaka"} if ours.endswith(".m3u8") else {"`<video>`": "file"}
        shot = what.replace(": ", "-").replace(", ", "-").replace(" ", "-")
        cells = {name: self._watched(film, engine, ours, theirs, f"{shot}-{engine}") for name, engine in engines.items()}
        if film.plays == "all" and not self.brief:
            cells |= {program.name: self._shown(program, ours, theirs, 0) for program in PROGRAMS}
        return cells

    def _browser(self, film: Film, name: str) -> str:
        engine, ours, theirs = BROWSERS[name]
        shot = f"{film.name}-{name.strip('`<>').replace(', ', '-')}"
        return self._watched(film, engine, ours.format(film.name), theirs.format(film.name), shot)

    def _watched(self, film: Film, engine: str, ours: str, theirs: str, shot: str) -> str:
        """In a browser."""
        ours, theirs = self.url(ours), self.url(theirs, direct=True)
        long = film.seconds > 60 and film.name in LONG
        seeks = [3.3, 13.5] + ([62.5, 31.1] if long else [])
        seen = self.chromium.play(engine, ours, 60 if long else 12, rate=RATE, seeks=seeks,
                                  screenshot=str(self.shots / f"{shot}.png"))
        if film.codec == "hevc" and (seen.start is None or seen.more["size"] == [0, 0]):
            return "no HEVC here"
        if seen.start is None:
            beside = self.chromium.play(engine, theirs, 1)
            return "not played here" if beside.start is None else f"**does not play**: {'; '.join(seen.errors[:2])}"
        starts = Starts(lambda url: self.chromium.play(engine, url, 0.1).start, ours, theirs, [seen.start], [])
        if not self.brief:
            starts.compare(TURNS)
        seen.seeks = [(to + (film.begins if engine == "file" else film.streamed), told) for to, told in seen.seeks]
        return _cell(seen, starts)

    def _program(self, film: Film, program: Program, way: str) -> str:
        ours, theirs = WAYS[way]
        begins = film.begins if way == "file" else film.streamed
        return self._shown(program, ours.format(film.name), theirs.format(film.name), begins)

    def _shown(self, program: Program, ours: str, theirs: str, begins: float) -> str:
        """By a program: the picture of 7.3 s."""
        ours, theirs, wanted = self.url(ours), self.url(theirs, direct=True), 7.3 + begins
        right = lambda told: _right(told, wanted - (0 if program.exact(ours) else 4), wanted)
        seen, beside = self._picture(program, ours, right), self._picture(program, theirs, right)
        (_, told), (_, other) = seen.seeks[0], beside.seeks[0]
        if seen.start is None and beside.start is None:
            return "no seeking"
        if not right(told):
            return f"shows {told} of {wanted:g}, from nginx {other}" if other in (told, None) else \
                f"**shows {told} of {wanted:g}**, from nginx {other}"
        starts = Starts(lambda url: program.picture(url, 7.3, self.work).start, ours, theirs, [seen.start],
                        [beside.start] if beside.start is not None else [])
        starts.compare(0)
        return _cell(Seen(seen.start), starts)

    def _picture(self, program: Program, url: str, right: Callable[[float | None], bool]) -> Seen:
        """The right picture, or another one if it comes again and again: VLC shows what it is not asked for now and then."""
        for _ in range(TRIES):
            seen = program.picture(url, 7.3, self.work)
            if seen.start is None or right(seen.seeks[0][1]):
                break
        return seen

    def _frames(self, film: Film) -> str:
        """Whether ffmpeg decodes all pictures, none of them twice, in each way there is."""
        shown = players.frames(str(self.bench.files / "films" / film.name))
        counts = {way: players.frames(self.url(path.format(film.name))) for way, (path, _) in WAYS.items()}
        if film.codec == "h264":
            counts["TS"] = players.frames(self.url(f"/films/{film.name}/ts.m3u8"))
        hidden = round(max(0, film.begins - film.streamed) * 25)  # by the edit list, and not of streams
        counts = {way: count for way, count in counts.items() if count != shown + (0 if way == "file" else hidden)}
        return "right" if not counts else f"**{shown} pictures**; " + ", ".join(f"{w} {c}" for w, c in counts.items())

    def _strict(self, film: Film) -> str:
        names = ["index"] if film.codec != "h264" and film.plays == "all" else ["index", "ts"]
        urls = [self.url(f"/{room}/{film.name}/{name}.m3u8") for room in ("films", "sealed") for name in names]
        wrong = [f"{'/'.join(url.split('/')[3:])}: {what}" for url, what in
                 players.strict(urls, self.chromium.packages).items() if what]
        return "right" if not wrong else f"**{'; '.join(wrong)}**"

    def broken(self, name: str) -> dict[str, str]:
        """What is answered, and what players make of it."""
        cells = {"answer": self._answer(f"/films/{name}/index.m3u8"), "far": self._answer(f"/far/{name}/index.m3u8")}
        for player in ("hls.js", "dash.js", "Shaka, HLS", "`<video>`"):
            engine, ours, _ = BROWSERS[player]
            seen = self.chromium.play(engine, self.url(ours.format(name)), 4, rate=4)
            wrong = seen.errors[0] if seen.errors else "no error"
            cells[player] = wrong if seen.start is None else f"plays {seen.played:.0f} s, {wrong}"
        return cells

    def _answer(self, path: str) -> str:
        try:
            with urllib.request.urlopen(self.url(path), timeout=20) as answer:
                return str(answer.status)
        except urllib.error.HTTPError as refused:
            lines = [line for line in refused.read().decode(errors="replace").splitlines() if line.strip()]
            return f"{refused.code} {lines[-1] if lines else ''}"
        except OSError as broken:
            return f"**{broken}**"


def _right(told: float | None, first: float, last: float) -> bool:
    return told is not None and first - SLACK <= told <= last + SLACK


def _cell(seen: Seen, starts: Starts) -> str:
    """`312 (+12)`: milliseconds to the first picture, how many more than from nginx; and all that is not as it should be."""
    more = "" if starts.more is None else f" ({starts.more:+.0f})"
    wrong = [f"**stalled {seen.stalled:.0f} ms**"] if seen.stalled >= STALL else []
    saw = lambda told: "nothing" if told is None else f"{told:.1f}"
    wrong += [f"**sought {to:.1f}, saw {saw(told)}**" for to, told in seen.seeks if not _right(told, to, to)]
    wrong += [f"**{each}**" for each in seen.errors[:1]]
    return f"{statistics.median(starts.ours):.0f}{more}" + "".join(f"; {each}" for each in wrong)
