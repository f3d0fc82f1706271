"""What the tests of the whole program share: running it, copies of the project to break, a look at the engine.

ROOTSEAL_BIN names the folder of the built programs; the project is the parent of scripts/.
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import time
import unittest

PROJECT = pathlib.Path(__file__).resolve().parent.parent.parent
BIN = pathlib.Path(os.environ.get("ROOTSEAL_BIN", PROJECT / "build/release/bin"))
LABEL = "dev.rootseal.run"


def server(service):
    """"postgres-17": the service in the version that a run takes where no registry answers, the newest."""
    printed = subprocess.run([str(PROJECT / "scripts/images.sh"), "--print", service], capture_output=True, text=True,
                             check=True).stdout.split()
    return f"{service}-{printed[1]}"


def docker(*args):
    return subprocess.run(["docker", *args], capture_output=True, text=True, check=False).stdout.split()


def labelled(run=""):
    """Ids of everything on the engine that carries a run's label."""
    wanted = f"label={LABEL}" + (f"={run}" if run else "")
    return (docker("ps", "-aq", "--filter", wanted) + docker("volume", "ls", "-q", "--filter", wanted)
            + docker("network", "ls", "-q", "--filter", wanted))


def anonymous(volumes):
    return [v for v in volumes if re.fullmatch("[0-9a-f]{64}", v)]


class AnonymousVolumes:
    """Watches the engine for volumes without a name: they carry no label, so whose they are is known from who mounts them."""

    def __init__(self, log):
        self.log, self.before = log, self.unused()
        wanted = ("type=container", "type=volume", "event=create", "event=mount")
        with open(log, "w", encoding="utf-8") as out:
            self.events = subprocess.Popen(["docker", "events", "--since", str(int(time.time())), "--format", "{{json .Actor}}",
                                            *(word for w in wanted for word in ("--filter", w))], stdout=out)

    @staticmethod
    def unused():
        return set(anonymous(docker("volume", "ls", "--quiet", "--filter", "dangling=true")))

    def mounted(self, run):
        """Who mounted what since then: {volume: containers}; and which containers are the run's, "": any run's."""
        actors = [json.loads(line) for line in self.log.read_text().splitlines(keepends=True) if line.endswith("\n")]
        users = {}
        for actor in actors:
            if "container" in actor["Attributes"]:
                users.setdefault(actor["ID"], set()).add(actor["Attributes"]["container"])
        return users, {a["ID"] for a in actors if a["Attributes"].get(LABEL) and run in ("", a["Attributes"][LABEL])}

    def used(self, run=""):
        users, ours = self.mounted(run)
        return anonymous(volume for volume in users if users[volume] & ours)

    def left(self, run=""):
        """What nobody uses any more, unless somebody else alone has used it."""
        users, ours = self.mounted(run)
        return sorted(v for v in self.unused() - self.before if v not in users or users[v] & ours)

    def stop(self):
        self.events.terminate()
        self.events.wait()


class Run:
    """A finished program: exit status, both streams, and the record if it left one."""

    def __init__(self, done, out):
        self.status, self.stdout, self.stderr = done.returncode, done.stdout, done.stderr
        self.folder = None
        runs = sorted((out / "runs").glob("*")) if out else []
        if runs:
            self.folder = runs[-1]

    @property
    def record(self):
        return json.loads((self.folder / "run.json").read_text())

    def said(self):
        return self.stdout + self.stderr


class ProgramTest(unittest.TestCase):
    """Each test gets a results folder of its own; nothing labelled may be left on the engine afterwards."""

    def setUp(self):
        self.scratch = pathlib.Path(tempfile.mkdtemp(prefix="rootseal-test-"))
        self.addCleanup(shutil.rmtree, self.scratch, ignore_errors=True)
        self.out = self.scratch / "results"
        self.volumes = AnonymousVolumes(self.scratch / "events.log")
        self.addCleanup(self.volumes.stop)

    def command(self, *args, program=None):
        return [str(program or BIN / "rootseal"), *args]

    def rootseal(self, *args, env=None, program=None, limit=900, out=True):
        full = [*args, "--out", str(self.out)] if out and args and args[0] == "run" else list(args)
        done = subprocess.run(self.command(*full, program=program), capture_output=True, text=True, timeout=limit,
                              env={**os.environ, **(env or {})}, check=False, stdin=subprocess.DEVNULL)
        return Run(done, self.out)

    def start(self, *args, env=None):
        """Starts a run in the background; returns the process."""
        log = open(self.scratch / "stderr.log", "w", encoding="utf-8")
        self.addCleanup(log.close)
        process = subprocess.Popen(self.command(*args, "--out", str(self.out)), stdout=log, stderr=log,
                                   env={**os.environ, **(env or {})}, stdin=subprocess.DEVNULL)
        self.addCleanup(process.kill)
        return process

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

    def wait_for(self, what, condition, limit=120):
        end = time.monotonic() + limit
        while time.monotonic() < end:
            found = condition()
            if found:
                return found
            time.sleep(0.1)
        log = self.scratch / "stderr.log"
        self.fail(f"waited {limit} s for {what}; it said: {log.read_text()[-2000:] if log.exists() else ''}")

    def assert_clean_engine(self, run=""):
        self.assertEqual([], labelled(run), "left on the engine")
        # Of a run beside this one there may be volumes for a moment whose container is not made yet, or gone already.
        end = time.monotonic() + 10
        while self.volumes.left(run) and time.monotonic() < end:
            time.sleep(0.5)
        self.assertEqual([], self.volumes.left(run), "volumes without a name, left on the engine")

    def assert_refused(self, run, status, *texts):
        self.assertEqual(status, run.status, run.said()[-3000:])
        for text in texts:
            self.assertIn(text, run.said())
