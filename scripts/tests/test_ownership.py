"""Whatever ends a run, what it started is gone, and what is not ours is untouched."""
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest

from program import A_RUN, LABEL, PATIENCE, ProgramTest, docker, server

ARGS = ("run", "--quick", "--service", "postgres", "--suite", "function,security,recovery")


def children():
    """{process: the processes whose parent it is} of the whole machine."""
    found = {}
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = stat.read_text(encoding="utf-8", errors="replace").rsplit(")", 1)[1].split()[1]
        except OSError:  # it has ended
            continue
        found.setdefault(int(parent), []).append(int(stat.parent.name))
    return found


def send(pid, which):
    try:
        os.kill(pid, which)
    except ProcessLookupError:
        pass


def kill_tree(root):
    """As ctest and CI runners do it: each process is stopped before its children are looked up; then all are killed."""
    tree = [root]
    for pid in tree:
        send(pid, signal.SIGSTOP)
        tree += children().get(pid, [])
    for pid in tree:
        send(pid, signal.SIGKILL)


def alive(pattern):
    return subprocess.run(["pgrep", "--full", "--list-full", pattern], capture_output=True, text=True, check=False).stdout


class KilledRuns(ProgramTest):  # idle: 40 s
    def setUp(self):
        super().setUp()
        image = subprocess.run(["docker", "images", "-q", "rootseal/postgres"], capture_output=True, text=True,
                               check=True).stdout.split()[0]
        self.foreign = docker("run", "-d", "--entrypoint", "sleep", image, "infinity")[0]
        self.addCleanup(docker, "rm", "-f", "-v", self.foreign)

    def started_run(self):
        process = self.start(*ARGS)
        self.wait_for("a record", self.live_record)
        run = self.live_record()["run"]["id"]
        wanted = f"label={LABEL}={run}"
        self.wait_for("stacks in the middle of the run", lambda: len(docker("ps", "-q", "--filter", wanted)) >= 2)
        return process, run

    def reaper_log(self):
        return next((self.out / "runs").glob("*/logs/reaper.log")).read_text()

    def assert_reaped(self, run):
        """Waits for the reaper's end, then looks once."""
        began = time.monotonic()
        self.wait_for("the reaper's end", lambda: not alive(f"rootseal-reaper {run}"), 2 * PATIENCE)
        log = self.reaper_log()
        print(f"the reaper ended {time.monotonic() - began:.1f} s after the run; it says:\n{log}", file=sys.stderr)
        self.assertRegex(log, r"removed \d+ containers, \d+ networks, \d+ volumes in [\d.]+ s\n$")
        self.assert_nothing_left(run)

    def assert_nothing_left(self, run):
        self.assert_clean_engine(run)
        self.assertFalse(os.path.exists(os.path.join(tempfile.gettempdir(), "rootseal-" + run)), "secrets were left")
        self.assertEqual("", alive(run), "processes of the run were left")
        self.assertEqual("interrupted", self.live_record()["run"]["verdict"])
        self.assertEqual(["true"], docker("inspect", "-f", "{{.State.Running}}", self.foreign))

    def test_after_kill_9_the_reaper_leaves_nothing(self):
        process, run = self.started_run()
        process.kill()
        process.wait()
        self.assert_reaped(run)

    def test_after_kill_9_of_the_whole_process_tree_the_reaper_leaves_nothing(self):
        process, run = self.started_run()
        self.wait_for("a child of the run", lambda: children().get(process.pid))
        kill_tree(process.pid)
        process.wait()
        self.assert_reaped(run)

    def test_ctrl_c_winds_down_and_leaves_nothing(self):
        process, run = self.started_run()
        process.send_signal(signal.SIGINT)
        self.assertEqual(130, process.wait(timeout=A_RUN))
        self.assertEqual("", self.reaper_log())
        self.assert_nothing_left(run)

    def test_a_second_ctrl_c_ends_at_once_and_the_reaper_cleans(self):
        process, run = self.started_run()
        while process.poll() is None:
            process.send_signal(signal.SIGINT)
            time.sleep(0.05)
        self.assertEqual(130, process.returncode)
        self.assert_reaped(run)


class FinishedRuns(ProgramTest):  # idle: 71 s
    def test_a_run_of_the_default_size_leaves_no_volume_either(self):
        run = self.rootseal("run", "--service", "postgres", "--profile", "readonly", "--suite", "function,recovery")
        self.assertIn(run.status, (0, 1, 2), run.why())  # what is red in it is not the question here
        self.assertTrue(self.volumes.used(run.id), "there was no volume without a name to be left")
        self.assert_clean_engine(run)


class Clean(ProgramTest):  # idle: 7 s
    def container(self, **labels):
        image = docker("images", "-q", "rootseal/postgres")[0]
        flags = [f for k, v in labels.items() for f in ("--label", f"dev.rootseal.{k}={v}")]
        made = docker("run", "-d", *flags, "--entrypoint", "sleep", image, "600")[0]
        self.addCleanup(subprocess.run, ["docker", "rm", "-f", "-v", made], capture_output=True, check=False)  # it may be gone
        return made

    def exists(self, container):
        return bool(docker("ps", "-aq", "--no-trunc", "--filter", f"id={container}"))

    @staticmethod
    def owner(pid):
        with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
            start = stat.read().rsplit(")", 1)[1].split()[19]
        with open("/proc/sys/kernel/random/boot_id", encoding="utf-8") as boot:
            return f"{pid}:{start}:{boot.read().strip()}"

    def test_removes_what_dead_runs_left_and_only_that(self):
        dead = self.container(run="20200101T000000Z-aaaaaa", owner="999999:1:no-such-boot", stack="postgres-15/readonly")
        alive = self.container(run="20200101T000000Z-bbbbbb", owner=self.owner(os.getpid()), stack="postgres-15/readonly")
        kept = self.container(run="20200101T000000Z-cccccc", owner="999999:1:no-such-boot", kept="true", stack="x/y")
        foreign = self.container()
        run = self.rootseal("clean")
        self.assert_status(0, run)
        self.assertEqual([False, True, True, True], [self.exists(c) for c in (dead, alive, kept, foreign)])
        self.assertRegex(run.stdout, r"removed: [1-9]\d* containers")  # of other dead runs there may be some too

    def test_down_refuses_an_id_that_two_runs_have_until_it_is_told_which(self):
        dead = "999999:1:no-such-boot"
        first = self.container(run="20200101T000000Z-aaaaaa", owner=dead, kept="true", stack="x-1/twice")
        second = self.container(run="20200101T000000Z-bbbbbb", owner=dead, kept="true", stack="x-1/twice")
        run = self.rootseal("down", "x-1/twice")
        self.assert_refused(run, 64, "--run 20200101T000000Z-aaaaaa")
        self.assertTrue(self.exists(first) and self.exists(second))
        run = self.rootseal("down", "x-1/twice", "--run", "20200101T000000Z-bbbbbb")
        self.assert_status(0, run)
        self.assertEqual([True, False], [self.exists(c) for c in (first, second)])

    def test_a_stack_of_up_is_usable_survives_clean_and_goes_with_down(self):
        up = self.rootseal("up", "--service", "postgres", "--profile", "readonly")
        self.assert_status(0, up)
        stack, run = re.search(r"rootseal down (\S+) --run (\S+)", up.stdout).groups()
        self.addCleanup(self.rootseal, "down", stack, "--run", run)
        self.assertEqual(f"{server('postgres')}/readonly", stack)
        self.rootseal("clean")
        self.assertTrue(docker("ps", "-q", "--filter", f"label={LABEL}={run}"))
        context = up.stdout.split("--context ")[1].splitlines()[0]
        by_hand = subprocess.run([self.command("x")[0] + "-scenarios", "--context", context, "--gtest_filter=function/PostgresCrud*"],
                                 capture_output=True, text=True, check=False)
        self.assertEqual(0, by_hand.returncode, by_hand.stdout + by_hand.stderr)
        self.assertIn("PASSED", by_hand.stdout)
        self.assert_status(0, self.rootseal("down", stack, "--run", run))
        self.assert_clean_engine(run)


if __name__ == "__main__":
    unittest.main()
