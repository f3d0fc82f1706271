#!/usr/bin/env python3
"""scripts/soak.sh with a program in place of rootseal that leaves records as the test wants them."""
import contextlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

SCRIPTS = pathlib.Path(__file__).resolve().parent
PATIENCE = 60  # seconds; only a script that hangs needs them
RECORD = {"started": "2026-11-26T05:04:31.981Z", "finished": "2026-11-26T05:07:35.796Z", "verdict": "pass", "reasons": []}
# Takes the first of the statuses in the file `statuses`, and leaves the record in the file of that name.
PROGRAM = """#!/bin/bash
cd "$(dirname "$0")/../../.." || exit 99
echo "$*" >>arguments
read -r status <statuses
sed -i 1d statuses
[[ $status != none ]] || exit 3
[[ $status != 64 ]] || { echo 'unknown profile' >&2; exit 64; }
mkdir -p results/runs/id
[[ ! -e "$status.json" ]] || cp "$status.json" results/runs/id/run.json
echo "12:00:00 I run id: results in $PWD/results/runs/id" >&2
trap 'exit 130' INT
[[ $status != wait ]] || { touch waiting; until [[ -e go ]]; do sleep 0.1; done; status=2; }
exit "$status"
"""


class Soak(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="rootseal-soak-test-")
        self.addCleanup(scratch.cleanup)
        self.home = pathlib.Path(scratch.name)
        (self.home / "scripts").mkdir()
        for name in ("soak.sh", "soak_rows.py", "lib.sh"):
            shutil.copy(SCRIPTS / name, self.home / "scripts" / name)
        self.program("scripts/run.sh", '#!/bin/bash\necho "$*" >"$(dirname "$0")/../prepared"\nmkdir -p "$(dirname "$0")/../build/logs"\n')
        self.program("build/release/bin/rootseal", PROGRAM)
        self.record(0)

    def program(self, path, text):
        (self.home / path).parent.mkdir(parents=True, exist_ok=True)
        (self.home / path).write_text(text)
        (self.home / path).chmod(0o755)

    def record(self, status, **changes):
        (self.home / f"{status}.json").write_text(json.dumps({"run": {**RECORD, **changes}}))

    def command(self, *arguments):
        return [str(self.home / "scripts/soak.sh"), *arguments]

    def soak(self, statuses, *arguments):
        (self.home / "statuses").write_text("".join(f"{status}\n" for status in statuses))
        return subprocess.run(self.command(*arguments), capture_output=True, text=True, timeout=PATIENCE, check=False)

    def test_runs_as_often_as_asked_with_the_arguments_given(self):
        done = self.soak([0, 0], "--runs", "2", "--quick", "--service", "postgres")
        self.assertEqual(0, done.returncode, done.stderr)
        self.assertEqual("--prepare --quick --service postgres\n", (self.home / "prepared").read_text())
        self.assertEqual("run --quick --service postgres\n" * 2, (self.home / "arguments").read_text())
        head, *rows = done.stdout.splitlines()
        self.assertEqual("run time load status record", " ".join(head.split()))
        self.assertEqual([["1", "3", "min", "04", "s"], ["2", "3", "min", "04", "s"]], [row.split()[:5] for row in rows])
        self.assertEqual([["0", f"{self.home}/results/runs/id"]] * 2, [row.split()[6:] for row in rows])

    def test_goes_on_after_a_run_that_was_not_green_and_says_why(self):
        self.record(1, verdict="fail", reasons=["check A.B failed on postgres-17/readonly: lost\nentry 7", "x" * 1000])
        done = self.soak([0, 1, 0], "--runs", "3")
        self.assertEqual(1, done.returncode, done.stderr)
        rows = done.stdout.splitlines()
        self.assertEqual(["1", "2", "-", "-", "3"], [row.split()[0] for row in rows[1:]])
        self.assertEqual("       - check A.B failed on postgres-17/readonly: lost", rows[3])
        self.assertEqual("       - " + "x" * 497 + "...", rows[4])
        self.assertIn(rows[3], done.stderr, "each entry is shown when its run ends")

    def test_a_record_that_is_not_complete_is_named(self):
        self.record(137, verdict="interrupted", finished="")
        (self.home / "139.json").write_text("{")
        done = self.soak([137, 139], "--runs", "2")
        self.assertEqual(1, done.returncode, done.stderr)
        self.assertIn("did not end", done.stdout)
        self.assertIn("- the run was interrupted", done.stdout)
        self.assertIn("- the record cannot be read: ", done.stdout)

    def test_without_a_record_it_stops_and_prints_what_it_has(self):
        done = self.soak([0, "none", 0], "--runs", "3")
        self.assertEqual(3, done.returncode, done.stderr)
        self.assertEqual(2, len(done.stdout.splitlines()))
        self.assertIn("no record", done.stderr)

    def test_wrong_usage_is_refused(self):
        for arguments in (["--runs", "0"], ["--runs"], ["--runs", "many"], ["--busy", "-1"]):
            done = self.soak([0], *arguments)
            self.assertEqual((64, ""), (done.returncode, done.stdout), arguments)
            self.assertFalse((self.home / "prepared").exists(), arguments)
        done = self.soak([64], "--profile", "wrong")
        self.assertEqual(64, done.returncode)
        self.assertIn("unknown profile", done.stderr)

    @staticmethod
    def there(session):
        """How many processes of the session bear the script's name: itself and its loops."""
        count = 0
        for line in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
            with contextlib.suppress(OSError):  # a process that has just ended
                count += os.getsid(int(line.parent.name)) == session and b"soak.sh" in line.read_bytes()
        return count

    def wait_until(self, condition):
        end = time.monotonic() + PATIENCE
        while not condition() and time.monotonic() < end:
            time.sleep(0.05)
        self.assertTrue(condition())

    def stop_in_the_second_run(self, stop):
        (self.home / "statuses").write_text("0\nwait\n0\n")
        with subprocess.Popen(self.command("--runs", "3", "--busy", "2"), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              text=True, start_new_session=True,
                              # Whoever runs this test in the background may have it ignored.
                              preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)) as script:
            try:
                self.wait_until((self.home / "waiting").exists)
                self.assertEqual(3, self.there(script.pid), "the script and its two loops")
                stop(script)
                printed, _ = script.communicate(timeout=PATIENCE)
                self.wait_until(lambda: self.there(script.pid) == 0)
                return script.returncode, printed
            finally:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(script.pid, signal.SIGKILL)

    def test_ctrl_c_ends_the_run_and_the_loops_and_prints_the_table_so_far(self):
        self.record("wait", verdict="interrupted")
        status, printed = self.stop_in_the_second_run(lambda script: os.killpg(script.pid, signal.SIGINT))
        self.assertEqual(130, status)
        self.assertEqual(["run", "1", "2", "-"], [row.split()[0] for row in printed.splitlines()])

    def test_the_loops_end_with_the_last_run(self):
        status, printed = self.stop_in_the_second_run(lambda script: (self.home / "go").touch())
        self.assertEqual((1, 4), (status, len(printed.splitlines())))

    def test_the_loops_end_also_when_the_script_is_killed(self):
        self.stop_in_the_second_run(lambda script: script.kill())


if __name__ == "__main__":
    unittest.main()
