"""What the tests of the whole program share: running it, copies of the project to break, a look at the engine.

ROOTSEAL_BIN names the folder of the built programs; the project is the parent of scripts/.
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

PROJECT = pathlib.Path(__file__).resolve().parent.parent.parent
BIN = pathlib.Path(os.environ.get("ROOTSEAL_BIN", PROJECT / "build/release/bin"))
FAILED = PROJECT / "build/logs/failed"
LABEL = "dev.rootseal.run"
# Seconds until something counts as a hang. They judge no speed: the slowest machine that works is far below them.
PATIENCE = 300  # for one thing: an answer of the engine, a stack that comes up or goes
A_RUN = 12 * PATIENCE


def server(service):
    """"postgres-17": the service in the version that a run takes where no registry answers, the newest."""
    printed = subprocess.run([str(PROJECT / "scripts/images.sh"), "--print", service], capture_output=True, text=True,
                             check=True).stdout.split()
    return f"{service}-{printed[1]}"


def docker(*args):
    """The words that it printed. Raises with what it complained of, so that a failure is not taken for "nothing there"."""
    done = subprocess.run(["docker", *args], capture_output=True, text=True, timeout=PATIENCE, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"docker {' '.join(args)}: exit status {done.returncode}: {done.stderr.strip()}")
    return done.stdout.split()


def labelled(run):
    """Ids of everything on the engine that carries this run's label."""
    wanted = f"label={LABEL}={run}"
    return (docker("ps", "-aq", "--filter", wanted) + docker("volume", "ls", "-q", "--filter", wanted)
            + docker("network", "ls", "-q", "--filter", wanted))


class AnonymousVolumes:
    """Watches the engine for volumes without a name: they carry no label, so whose they are is known from who mounts them."""

    def __init__(self, log):
        self.log = log
        wanted = ("type=container", "type=volume", "event=create", "event=mount")
        with open(log, "w", encoding="utf-8") as out:
            self.events = subprocess.Popen(["docker", "events", "--since", str(int(time.time())), "--format", "{{json .Actor}}",
                                            *(word for w in wanted for word in ("--filter", w))], stdout=out)

    def used(self, run):
        """Those that containers of this run have mounted since then."""
        actors = [json.loads(line) for line in self.log.read_text().splitlines(keepends=True) if line.endswith("\n")]
        ours = {a["ID"] for a in actors if a["Attributes"].get(LABEL) == run}
        mounted = {a["ID"] for a in actors if a["Attributes"].get("container") in ours}
        return {v for v in mounted if re.fullmatch("[0-9a-f]{64}", v)}

    def left(self, run):
        return sorted(self.used(run).intersection(docker("volume", "ls", "--quiet")))

    def stop(self):
        self.events.terminate()
        self.events.wait()


class Run:
    """A finished program: exit status, both streams, and the folder of the newest run if there is one."""

    def __init__(self, status, stdout, stderr, out):
        self.status, self.stdout, self.stderr = status, stdout, stderr
        runs = sorted((out / "runs").glob("*"))
        self.folder = runs[-1] if runs else None

    @property
    def id(self):
        return self.folder.name

    @property
    def record(self):
        return json.loads((self.folder / "run.json").read_text())

    def said(self):
        return self.stdout + self.stderr

    def why(self):
        """For messages about its exit status: the reasons that the record gives, then the end of what it said."""
        try:
            reasons = [str(reason) for reason in self.record["run"]["reasons"]]
        except Exception as error:  # no record, half of one, or none of ours: it is said, no more
            reasons = [f"no reasons in a record: {error!r}"]
        return "\n".join(["", *reasons, self.said()[-3000:]])


class ProgramTest(unittest.TestCase):
    """Each test gets a results folder of its own."""

    def setUp(self):
        self.scratch = pathlib.Path(tempfile.mkdtemp(prefix="rootseal-test-"))
        self.addCleanup(shutil.rmtree, self.scratch, ignore_errors=True)
        self.out = self.scratch / "results"
        self.failures_before = self.failures_so_far()
        self.addCleanup(self.keep_if_red)
        self.volumes = AnonymousVolumes(self.scratch / "events.log")
        self.addCleanup(self.volumes.stop)

    def failures_so_far(self):
        result = self._outcome and self._outcome.result  # None: no test of its own, see shared_by_class()
        return len(result.failures) + len(result.errors) if result else 0

    def keep_if_red(self):
        """Copies what the runs of a failed test left to build/logs/failed/, before the scratch folder goes."""
        if self.failures_so_far() == self.failures_before:
            return
        for place in {self, getattr(self, "shared", self)}:
            target = FAILED / self.id() / place.scratch.name
            if (place.out / "runs").is_dir():
                shutil.copytree(place.out / "runs", target / "runs", symlinks=True)
            for log in place.scratch.glob("*.log"):
                target.mkdir(parents=True, exist_ok=True)
                shutil.copy(log, target)
            print(f"kept of {self.id()}: {target}", file=sys.stderr)

    def command(self, *args, program=None):
        return [str(program or BIN / "rootseal"), *args]

    @classmethod
    def shared_by_class(cls):
        """For setUpClass: a place for runs that several tests look at. It is there until the class is done."""
        place = ProgramTest()
        place.setUp()
        cls.shared = place
        cls.addClassCleanup(place.doCleanups)
        return place

    def rootseal(self, *args, env=None, program=None, out=True):
        full = [*args, "--out", str(self.out)] if out and args and args[0] == "run" else list(args)
        done = subprocess.run(self.command(*full, program=program), capture_output=True, text=True, timeout=A_RUN,
                              env={**os.environ, **(env or {})}, check=False, stdin=subprocess.DEVNULL)
        return Run(done.returncode, done.stdout, done.stderr, self.out)

    def start(self, *args, env=None):
        """Starts a run in the background; returns the process."""
        log = open(self.scratch / "stderr.log", "w", encoding="utf-8")
        self.addCleanup(log.close)
        process = subprocess.Popen(self.command(*args, "--out", str(self.out)), stdout=log, stderr=log,
                                   env={**os.environ, **(env or {})}, stdin=subprocess.DEVNULL)
        self.addCleanup(process.kill)
        return process

    def end_of(self, process):
        """Waits for what start() returned."""
        status = process.wait(timeout=A_RUN)
        return Run(status, "", (self.scratch / "stderr.log").read_text(), self.out)

    def copy_of_project(self):
        """A folder for ROOTSEAL_HOME whose compose/ and attacks can be broken; the rest points to the project."""
        home = self.scratch / "home"
        (home / "scenarios").mkdir(parents=True)
        shutil.copytree(PROJECT / "compose", home / "compose")
        shutil.copytree(PROJECT / "scenarios/attacks", home / "scenarios/attacks")
        for name in ("scripts", "fixtures", "harness"):
            (home / name).symlink_to(PROJECT / name)
        return home

    def live_record(self):
        """The record of the run in progress, or None before it is there."""
        files = sorted((self.out / "runs").glob("*/run.json")) if (self.out / "runs").exists() else []
        return json.loads(files[-1].read_text()) if files else None

    def wait_for(self, what, condition, limit=PATIENCE):
        end = time.monotonic() + limit
        while time.monotonic() < end:
            found = condition()
            if found:
                return found
            time.sleep(0.1)
        log = self.scratch / "stderr.log"
        self.fail(f"waited {limit} s for {what}; it said: {log.read_text()[-2000:] if log.exists() else ''}")

    def assert_clean_engine(self, run):
        """Nothing of this run is left. What others leave, before it or beside it, is not looked at. `run`: its id, or a Run."""
        run = run.id if isinstance(run, Run) else run
        self.assertEqual([], labelled(run), "left on the engine")
        # The engine forgets a container before it deletes the volumes that go with it.
        end = time.monotonic() + PATIENCE
        while self.volumes.left(run) and time.monotonic() < end:
            time.sleep(0.5)
        self.assertEqual([], self.volumes.left(run), "volumes without a name, left on the engine")

    def assert_status(self, status, run):
        self.assertEqual(status, run.status, run.why())

    def assert_refused(self, run, status, *texts):
        self.assert_status(status, run)
        for text in texts:
            self.assertIn(text, run.said())
