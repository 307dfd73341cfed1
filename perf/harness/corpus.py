"""Films as people have them, made by ffmpeg in a folder of the bench: each kind that a player may stumble over.

The picture tells its time: below the test picture lies a row of ten fields, which are the bits of the number of fifths
of a second since the beginning, the least first, white for one. A player's picture is read there.
"""

import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

WIDTH, HEIGHT, FIELD, BITS, RATE = 320, 200, 32, 10, 5
STEP = 1 / RATE

AVC = "-c:v libx264 -preset veryfast -pix_fmt yuv420p -g 50 -keyint_min 50 -sc_threshold 0 -b:v 250k"
AAC = "-c:a aac -b:a 64k -ac 2"
TONE = "-f lavfi -i sine=frequency={}:beep_factor=4:sample_rate=48000:duration={}"


@dataclass(frozen=True)
class Film:
    """A file of the corpus.

    `inputs` and `options` are ffmpeg's; `{picture}` and `{name}` stand for the input of pictures and for the file that
    another film made. `plays` says what there is of it: "all" or "sound".
    """

    name: str
    what: str
    options: str
    inputs: str = "{picture}"
    seconds: int = 20
    plays: str = "all"
    codec: str = "h264"
    begins: float = 0  # what the first picture tells
    streamed: float = 0  # and that of a stream, which begins with a key frame


def _film(name: str, what: str, options: str = "", **named) -> Film:
    seconds = named.get("seconds", 20)
    named.setdefault("inputs", "{picture} " + TONE.format(440, seconds))
    return Film(name, what, options or f"-bf 2 {AVC} {AAC}", **named)


COPY = "-map 0 -c copy"
FILMS = [
    _film("last.mp4", "moov at the end, B-frames", seconds=75),
    Film("first.mp4", "moov in front", f"{COPY} -movflags +faststart", "-i {last.mp4}", 75),
    Film("fragmented.mp4", "fragments instead of tables", f"{COPY} -movflags +frag_keyframe+empty_moov+default_base_moof",
         "-i {last.mp4}", 75),
    Film("huge-moov.mp4", "a moov of 4 MB, at the end", f"{COPY} -map_metadata 1", "-i {last.mp4} -i {words}", 20),
    _film("no-b-frames.mp4", "pictures in order", f"-bf 0 {AVC} {AAC}"),
    Film("edit-list.mp4", "an edit list begins within a group of pictures", COPY, "-ss 3.4 -i {last.mp4}", begins=3.4,
         streamed=2),
    Film("late-pictures.mp4", "the pictures begin 0.6 s after the sound", f"{COPY} -ss 3.4", "-i {last.mp4}",
         begins=3.4, streamed=3.4),
    _film("late-sound.mp4", "an empty edit: the sound begins 2 s later", f"-bf 2 {AVC} {AAC}",
          inputs="{picture} -itsoffset 2 " + TONE.format(440, 18)),
    _film("two-sounds.mp4", "sound in two languages", f"-map 0 -map 1 -map 2 -bf 2 {AVC} {AAC} "
          "-metadata:s:a:0 language=eng -metadata:s:a:1 language=fas",
          inputs="{picture} " + TONE.format(440, 20) + " " + TONE.format(880, 20)),
    _film("long-groups.mp4", "one key frame in ten seconds",
          f"-bf 3 {AVC.replace('-g 50 -keyint_min 50', '-g 250 -keyint_min 250')} {AAC}"),
    _film("open-groups.mp4", "open groups of pictures", f"-bf 3 -x264-params open-gop=1 {AVC} {AAC}"),
    _film("odd-rate.mp4", "29.97 pictures a second", f"-bf 2 -r 30000/1001 {AVC} {AAC}"),
    Film("pictures-only.mp4", "no sound", f"-bf 2 {AVC}"),
    Film("sound-only.m4a", "no pictures", AAC, TONE.format(440, 20), plays="sound", codec="aac"),
    _film("hevc.mp4", "HEVC", f"-c:v libx265 -preset ultrafast -x265-params log-level=error:keyint=50 -tag:v hvc1 {AAC}",
          codec="hevc"),
    _film("av1.mp4", "AV1", f"-c:v libsvtav1 -preset 12 -g 50 -b:v 250k -svtav1-params lp=1 {AAC}", codec="av1"),
    _film("opus.mp4", "Opus in MP4", f"-bf 2 {AVC} -c:a libopus -b:a 64k"),
    _film("captions.mp4", "subtitles beside it, left to right and right to left"),
]
"""In this order: those that are copied from others come after them."""

_sound = lambda name, what, options: Film(name, what, options, TONE.format(330, 20), plays="sound", codec="")
FILES = [
    _film("film.mkv", "Matroska with subtitles in it", f"-map 0 -map 1 -map 2 -bf 2 {AVC} {AAC} -c:s srt",
          inputs="{picture} " + TONE.format(440, 20) + " -i {captions.fa.srt}"),
    _film("film.webm", "WebM: VP8, Vorbis", "-c:v libvpx -deadline realtime -cpu-used 8 -g 50 -b:v 300k -c:a libvorbis", codec="vp8"),
    _film("film.ts", "a transport stream"),
    _sound("tone.mp3", "MP3", "-c:a libmp3lame -b:a 128k"),
    _sound("tone.ogg", "Vorbis in Ogg", "-c:a libvorbis"),
    _sound("tone.opus", "Opus in Ogg", "-c:a libopus -b:a 96k"),
    _sound("tone.flac", "FLAC", "-c:a flac"),
]
"""What is sent as it is."""

LISTS = {
    "ts": "",
    "fmp4": "-hls_segment_type fmp4",
    "byte-range": "-hls_segment_type fmp4 -hls_flags single_file",
    "aes": "-hls_key_info_file key-info",
}
"""Playlists that ffmpeg makes of `last.mp4`, and its options for each."""

BROKEN = {
    "truncated.mp4": "its end is missing, and moov with it",
    "cut-samples.mp4": "moov in front, half of the samples missing",
    "garbage.mp4": "noise",
    "garbage-moov.mp4": "noise in the middle of moov",
    "empty.mp4": "no byte",
}

WORDS = {"en": "time {}", "fa": "زمان {}", "he": "זמן {}"}


def made(folder: Path, names: list[str] | None = None) -> list[Film]:
    """Makes the films, or those of these names and what they are copied from; those that were asked for."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    (folder / "words").write_text(";FFMETADATA1\ncomment=" + "words " * 700_000)
    chosen = [film for film in FILMS if not names or film.name in names]
    needed = [film for film in FILMS if film in chosen or film.name in ("last.mp4", "first.mp4", "captions.mp4")]
    copied = [film for film in needed if "{last.mp4}" in film.inputs]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda film: _make(folder, film), [film for film in needed if film not in copied]))
    for film in copied:
        _make(folder, film)
    if not names or "broken" in names:
        _break(folder)
    _subtitles(folder)
    if not names or "others" in names:
        for film in FILES:
            _make(folder, film)
    return chosen


def listed(film: Path, to: Path) -> None:
    """Makes a folder for each of the LISTS."""
    for name, options in LISTS.items():
        (to / name).mkdir(parents=True)
        (to / name / "key").write_bytes(b"0123456789abcdef")
        (to / name / "key-info").write_text("key\nkey\n")
        argv = ["ffmpeg", "-v", "error", "-nostdin", "-i", str(film), "-c", "copy", "-f", "hls", "-hls_time", "4",
                "-hls_playlist_type", "vod", *options.split(), "index.m3u8"]
        subprocess.run(argv, cwd=to / name, check=True)


def _make(folder: Path, film: Film) -> None:
    inputs = film.inputs
    for name in ("last.mp4", "words", "captions.fa.srt"):
        inputs = inputs.replace(f"{{{name}}}", str(folder / name))
    before, has, after = inputs.partition("{picture}")
    argv = ["ffmpeg", "-hide_banner", "-loglevel", "error", "-nostdin", "-y", *before.split()]
    argv += ["-f", "lavfi", "-i", picture(film.seconds)] if has else []
    argv += [*after.split(), "-t", str(film.seconds), *film.options.split(), "-fflags", "+bitexact"]
    argv += [*(["-f", "mp4"] if film.name.endswith((".mp4", ".m4a")) else []), str(folder / film.name)]
    subprocess.run(argv, check=True, stdout=subprocess.DEVNULL, env=os.environ | {"SVT_LOG": "1"})


def picture(seconds: int) -> str:
    """The moving picture that tells its time."""
    fields = [f"drawbox=x=0:y={HEIGHT - FIELD}:w={WIDTH}:h={FIELD}:color=black:t=fill"]
    for bit in range(BITS):
        # A picture belongs to the fifth of a second that it begins in, however its time was rounded.
        on = f"mod(floor(floor(t*{RATE}+0.01)/{1 << bit})\\,2)"
        fields.append(f"drawbox=x={bit * FIELD}:y={HEIGHT - FIELD}:w={FIELD}:h={FIELD}:color=white:t=fill:enable='{on}'")
    return f"testsrc2=size={WIDTH}x{HEIGHT}:rate=25:duration={seconds}," + ",".join(fields)


def told(gray: bytes) -> float | None:
    """The time that a picture tells, from its pixels in gray, of WIDTH × HEIGHT; None if it tells none."""
    number, row = 0, HEIGHT - FIELD // 2
    for bit in range(BITS):
        value = gray[row * WIDTH + bit * FIELD + FIELD // 2]
        if 80 < value < 170:
            return None
        number |= (value >= 170) << bit
    return round(number * STEP, 1)


def _break(folder: Path) -> None:
    whole, front = (folder / "last.mp4").read_bytes(), (folder / "first.mp4").read_bytes()
    moov = front.index(b"moov")
    noise = bytes((n * n * 7919 >> 5) & 255 for n in range(100_000))
    contents = {
        "truncated.mp4": whole[: len(whole) * 2 // 3],
        "cut-samples.mp4": front[: len(front) // 2],
        "garbage.mp4": noise,
        "garbage-moov.mp4": front[: moov + 2000] + noise[:3000] + front[moov + 5000:],
        "empty.mp4": b"",
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)


def _subtitles(folder: Path) -> None:
    clock = lambda second: f"00:00:{second:02d},000"
    for language, words in WORDS.items():
        cues = [f"{n + 1}\n{clock(n)} --> {clock(n + 1)}\n{words.format(n)}\n" for n in range(20)]
        (folder / f"captions.{language}.srt").write_text("\n".join(cues), encoding="utf-8")
