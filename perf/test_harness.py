"""The harness itself: what it measures, what it takes for wrong, how it counts. Seconds: two.

python3 -B -m unittest discover perf
"""

import contextlib
import io
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import xml.dom.minidom
from pathlib import Path
from types import SimpleNamespace

sys.path.insert(0, str(Path(__file__).parent))

from harness import audience, bench, command, playback, plot, report, rounds, scenarios, sockets, systems, watching
from harness.measure import Tree
from harness.rounds import Options, Row, Sample
from harness.scenarios import Case, Goal, Scenario
from harness.tally import Wrong

BUSY = "import sys, time\nend = time.process_time() + float(sys.argv[1])\nwhile time.process_time() < end: pass"


class MeasureTest(unittest.TestCase):
    def test_processor_time_of_a_tree_counts_children_and_reaped_ones(self):
        reaping = f"import subprocess, sys, time\nsubprocess.run([sys.executable, '-c', '''{BUSY}''', '0.2'])\n" \
                  "print('reaped', flush=True); time.sleep(30)"
        with subprocess.Popen(["sh", "-c", f'"{sys.executable}" -c "$0"; true', reaping],
                              stdout=subprocess.PIPE, text=True, start_new_session=True) as shell:
            shell.stdout.readline()
            measured = Tree(shell.pid).cpu()
            os.killpg(shell.pid, signal.SIGKILL)
        self.assertGreater(measured, 0.19)
        self.assertLess(measured, 0.6)

    def test_time_in_programs_and_in_the_kernel_are_told_apart(self):
        own = Tree(os.getpid())
        user, system = own.modes()
        sum(range(20_000_000))
        user, system = own.modes()[0] - user, own.modes()[1] - system
        self.assertGreater(user, 0.1)
        self.assertLess(system, user / 2)

    def test_memory_grows_by_what_is_touched(self):
        before = Tree(os.getpid()).pss()
        held = b"x" * (32 << 20)
        self.assertAlmostEqual((Tree(os.getpid()).pss() - before) / len(held), 1, delta=0.1)


class BenchTest(unittest.TestCase):
    def test_a_process_is_ended_with_what_it_started_even_if_it_ignores_to_be_asked(self):
        with tempfile.TemporaryDirectory() as folder:
            stubborn = ["sh", "-c", "sleep 300 & sleep 301 & wait"]
            with bench.process(stubborn, Path(folder), dict(os.environ)) as started:
                while len(pids := Tree(started.pid).pids()) < 3:
                    time.sleep(0.01)
            end = time.monotonic() + 5
            while left := [pid for pid in pids if Path(f"/proc/{pid}/exe").exists()]:
                self.assertLess(time.monotonic(), end, f"{left} live")

    def test_a_template_with_an_unknown_name_is_refused(self):
        self.assertEqual(bench.filled("listen @plain@;", {"plain": 80}), "listen 80;")
        with self.assertRaises(KeyError):
            bench.filled("@nix@", {})


class SocketsTest(unittest.TestCase):
    def test_a_short_body_and_a_wrong_status_are_wrong(self):
        for sent in (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfour", b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n",
                     b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Le"):
            with self.subTest(sent), _answering(sent) as port, self.assertRaises(Wrong):
                sockets.fetch(port, "/")

    def test_the_right_answer_is_measured_to_the_byte(self):
        head = "HTTP/1.1 200 OK\r\ncontent-length: 70000\r\n\r\n"
        with _answering(head.encode() + b"x" * 70000) as port:
            self.assertEqual(sockets.fetch(port, "/"), sockets.Answer(head, 70000))

    def test_slow_readers_take_what_is_due_and_no_more(self):
        with _answering(b"HTTP/1.1 200 OK\r\nContent-Length: 900000\r\n\r\n" + b"x" * 900000) as port:
            server = SimpleNamespace(ports={"plain": port})
            with sockets.SlowReaders(server, "/", 1, 100_000) as slow:
                slow.read(1)
        self.assertAlmostEqual(slow.bytes, 100_000, delta=20_000)


class WatchingTest(unittest.TestCase):
    CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nb\r\ndefghijklmn\r\n0\r\n\r\n"
    PLAIN = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabcdefghijklmn"

    def test_a_body_is_the_same_at_every_split_and_parts_arrive_when_they_are_whole(self):
        for answer in (self.CHUNKED, self.PLAIN):
            for split in range(len(answer)):
                watcher = watching.Watcher(7)
                watcher.take(answer[:split])
                self.assertEqual(len(watcher.arrived), len(watcher.body) // 7)
                watcher.take(answer[split:])
                watcher.end()
                self.assertEqual((watcher.body, len(watcher.arrived)), (b"abcdefghijklmn", 2), f"split at {split}")

    def test_an_answer_that_is_cut_or_no_200_is_wrong(self):
        for answer in (b"", self.CHUNKED[:50], self.CHUNKED[:-5], b"HTTP/1.1 404 Not Found\r\n\r\n"):
            with _answering(answer) as port:
                watcher, = watching.watch(port, "/x", [time.monotonic()], 7)
                self.assertIsInstance(watcher.wrong, Wrong, answer)

    def test_clients_come_at_their_times(self):
        with _answering(self.PLAIN) as port:
            at = time.monotonic() + 0.2
            watcher, = watching.watch(port, "/x", [at], 7)
            self.assertGreaterEqual(watcher.asked, at)
            self.assertIsNone(watcher.wrong)


class ListenerTest(unittest.TestCase):
    SONG = b"".join(b"%04d" % number for number in range(1000))

    def heard(self, stream: bytes, split: int) -> audience.Listener:
        listener, answer = audience.Listener(self.SONG, 1_000_000), b"HTTP/1.0 200 OK\r\n\r\n" + stream
        for at in range(0, len(answer), split):
            listener.data_received(answer[at : at + split])
        return listener

    def test_a_song_that_repeats_is_heard_from_anywhere_at_every_split(self):
        stream = (self.SONG * 3)[3500:]
        for split in (1, 7, 21, 100, 5000):
            listener = self.heard(stream, split)
            self.assertEqual((listener.wrong, listener.heard), (False, len(stream)), f"pieces of {split}")

    def test_what_is_left_out_or_no_200_is_wrong(self):
        self.assertTrue(self.heard(self.SONG[100:200] + self.SONG[204:], 50).wrong)
        listener = audience.Listener(self.SONG, 1000)
        listener.data_received(b"HTTP/1.0 404 Not Found\r\n\r\n" + self.SONG[:100])
        self.assertTrue(listener.wrong)


class RoundsTest(unittest.TestCase):
    def test_flat_is_three_windows_within_a_twentieth(self):
        self.assertFalse(rounds.flat([10, 10]))
        self.assertFalse(rounds.flat([10, 10, 10.6]))
        self.assertTrue(rounds.flat([40, 10.4, 10, 10.5]))

    def test_one_system_that_fails_does_not_stop_the_others(self):
        scenario = Recorded("x", "", "", [Case(systems.NGINX), Case(systems.SQUID)])
        scenario.broken.add("squid")
        nginx, squid = rounds.measured(scenario, None, Options(rounds=3), lambda _: None)
        self.assertEqual((len(nginx.samples), len(squid.samples), squid.failure), (3, 0, "no"))

    def test_each_round_is_begun_by_another_system(self):
        scenario = Recorded("x", "", "", [Case(systems.NGINX), Case(systems.SQUID), Case(systems.VARNISH)])
        rounds.measured(scenario, None, Options(rounds=3), lambda _: None)
        self.assertEqual(scenario.order[::3], ["nginx", "squid", "varnish"])

    def test_what_takes_long_is_sampled_at_the_same_time(self):
        together = threading.Barrier(2)

        class Meeting(Recorded):
            def sample(self, *_):
                together.wait(10)
                return Sample(1)

        scenario = Meeting("x", "", "", [Case(systems.NGINX), Case(systems.SQUID)], at_once=True)
        rows = rounds.measured(scenario, None, Options(rounds=2), lambda _: None)
        self.assertEqual([len(row.samples) for row in rows], [2, 2])


class ReportTest(unittest.TestCase):
    def setUp(self):
        cases = [Case(systems.DARBAN), Case(systems.NGINX), Case(systems.SQUID), Case(systems.CADDY, peer=False)]
        self.outcome = report.Outcome(Scenario("S1", "hits & misses", "µs", cases, Goal(0.8)),
                                      [_row("darban", 12, 10, 11), _row("nginx", 20, 10), _row("squid"), _row("caddy", 1)])

    def test_the_ratio_is_of_medians_to_the_best_peer(self):
        darban, nginx = list(self.outcome)[:2]
        self.assertAlmostEqual(self.outcome.ratio(*darban), 11 / 15)
        self.assertEqual(self.outcome.ratio(*nginx), 1)
        self.assertAlmostEqual(self.outcome.distance(), 11 / 15 / 0.8)

    def test_a_growth_row_is_compared_with_the_row_it_names(self):
        cases = [Case(systems.DARBAN, label="few", against="few"), Case(systems.DARBAN, label="many", against="few")]
        outcome = report.Outcome(Scenario("g", "", "µs", cases, Goal(1.15)), [_row("few", 10), _row("many", 23)])
        self.assertAlmostEqual(outcome.distance(), 2)

    def test_json_and_table_hold_every_row(self):
        facts = {"date": "2026-01-01", "processor": "p", "cores": 2, "virtual": True, "memory-mib": 2048, "system": "s",
                 "kernel": "k", "jdk": "j", "darban": "d", "load-average": 0.1, "instructions-counted": False, "versions": {}}
        self.outcome.rows[2].failure = "did not start"
        read = json.loads(report.as_json(facts, Options(), [self.outcome]))
        self.assertEqual([row["median"] for row in read["scenarios"][0]["rows"]], [11, 15, None, 1])
        table = report.as_markdown(facts, Options(), [self.outcome])
        self.assertIn("| **darban** | 11.0 (10.0–12.0) | 0.73 |", table)
        self.assertIn("- squid: **failed**: did not start", table)

    def test_the_plot_is_well_formed_and_keeps_bars_in_order(self):
        drawn = xml.dom.minidom.parseString(plot.svg(self.outcome))
        widths = [float(bar.getAttribute("width")) for bar in drawn.getElementsByTagName("rect")]
        self.assertEqual(widths, sorted(widths))
        self.assertEqual(len(widths), 3)


class StartsTest(unittest.TestCase):
    def test_a_player_is_started_in_turns_and_more_often_only_where_it_seems_slower(self):
        for first, later, often, more in ((100, 100, 4, 0), (140, 140, 4, 40), (400, 100, 4, 0), (None, 160, 14, 60)):
            played = []

            def play(url):
                played.append(url)
                return 100 if url == "nginx" else later

            starts = playback.Starts(play, "darban", "nginx", [first or later], [])
            starts.compare(playback.TURNS)
            self.assertEqual((["darban", "nginx"] * often, more), (played, starts.more))

    def test_of_one_start_each_which_differ_the_median_of_all_is_told(self):
        starts = playback.Starts(lambda url: {"darban": 500, "nginx": 480}[url], "darban", "nginx", [590], [480])
        starts.compare(0)
        self.assertEqual((11, 11, 20), (len(starts.ours), len(starts.theirs), starts.more))

    def test_who_never_starts_is_compared_with_nobody(self):
        starts = playback.Starts(lambda url: None, "darban", "nginx", [300], [])
        starts.compare(playback.TURNS)
        self.assertIsNone(starts.more)


class CommandTest(unittest.TestCase):
    def test_every_scenario_has_templates_for_its_systems(self):
        for scenario in scenarios.ALL:
            for case in scenario.cases:
                folder = bench.PEERS / case.system.family / case.setup.profile
                self.assertTrue(any(folder.iterdir()), folder)

    def test_names_of_scenarios_are_told_apart(self):
        names = [scenario.name for scenario in scenarios.ALL]
        self.assertEqual(len(names), len(set(names)))
        with contextlib.redirect_stdout(io.StringIO()) as said:
            self.assertEqual(command.main(["S99"]), 2)
        self.assertIn("S99", said.getvalue())

    def test_another_checkout_does_what_darban_does(self):
        cases = command.narrowed(scenarios.named("growth-routes"), ["darban@/tmp"]).cases
        self.assertEqual([case.against for case in cases], ["darban@/tmp, 10 routes"] * 2)
        self.assertTrue(all(case.ours for case in cases))


class Recorded(Scenario):
    """A scenario that only notes whose turn it is."""

    broken: set[str] = set()
    order: list[str] = []

    def __init__(self, *arguments, **named):
        super().__init__(*arguments, **named)
        object.__setattr__(self, "broken", set())
        object.__setattr__(self, "order", [])

    def sample(self, bench, case, server, row, options):
        if case.name in self.broken:
            raise Wrong("no")
        self.order.append(case.name)
        return Sample(1)


def _row(label: str, *values: float) -> Row:
    return Row(label, [Sample(value) for value in values])


@contextlib.contextmanager
def _answering(sent: bytes):
    """A port at which each connection is sent these bytes once it has said something, and is closed."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        def serve():
            with contextlib.suppress(OSError):
                connection, _ = listening.accept()
                with connection:
                    connection.recv(4096)
                    connection.sendall(sent)
        thread = threading.Thread(target=serve)
        thread.start()
        yield listening.getsockname()[1]
        listening.close()
        thread.join()


if __name__ == "__main__":
    unittest.main()
