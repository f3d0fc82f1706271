"""What a person at a terminal sees while a run goes on, and what files and pipes get in its place."""
import os
import pty
import re
import select
import subprocess
import time
import unittest

from program import A_RUN, PATIENCE, ProgramTest

RUN = ("run", "--quick", "--service", "postgres", "--profile", "readonly", "--suite", "function")
ERASE = "\r\x1b[2K"
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
STATUS = re.compile(r"\d+:\d\d  checks and attacks \d+/\d+[^\r\n]*")


class Progress(ProgramTest):  # idle: 41 s
    @classmethod
    def setUpClass(cls):
        cls.piped = cls.shared_by_class().rootseal(*RUN, env={"TERM": "xterm"})

    def at_a_terminal(self, **env):
        """Runs with stderr on a pseudo-terminal and stdout on a pipe; returns both, and the status."""
        ours, theirs = pty.openpty()
        # The terminal is this test's: what the caller's environment says of his own is not asked.
        environment = {k: v for k, v in os.environ.items() if k != "NO_COLOR"}
        process = subprocess.Popen(self.command(*RUN, "--out", str(self.out)), stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=theirs, text=True,
                                   env={**environment, "TERM": "xterm", **env})
        os.close(theirs)
        shown, end = b"", time.monotonic() + A_RUN
        while time.monotonic() < end:
            if not select.select([ours], [], [], 0.5)[0]:
                continue
            try:
                part = os.read(ours, 4096)
            except OSError:  # the other side is closed: it has ended
                break
            if not part:
                break
            shown += part
        os.close(ours)
        out, _ = process.communicate(timeout=PATIENCE)
        return shown.decode(), out, process.returncode

    def test_a_terminal_has_a_line_that_changes_and_is_gone_at_the_end(self):
        shown, out, status = self.at_a_terminal()
        self.assertEqual(0, status, shown[-3000:])
        lines = STATUS.findall(shown)
        self.assertTrue(lines, shown[-3000:])
        self.assertTrue(any(" starting" in line for line in lines), lines)
        self.assertTrue(any(re.search(r"function-postgres-\d+-\S+ \w+", line) for line in lines), lines)
        last = [int(n) for n in re.search(r" (\d+)/(\d+)", lines[-1]).groups()]
        self.assertGreater(last[1], 1)
        self.assertTrue(all(len(line) < 80 for line in lines), lines)
        # What stands on the screen in the end holds no status line.
        screen = [line.split(ERASE)[-1] for line in shown.replace("\r\n", "\n").split("\n")]
        self.assertFalse([line for line in screen if STATUS.search(line)], screen)
        self.assertRegex(shown, COLOUR)
        self.assertNotIn("\x1b", out)

    def test_no_color_is_honoured(self):
        shown, _, _ = self.at_a_terminal(NO_COLOR="1")
        self.assertNotRegex(shown, COLOUR)
        self.assertRegex(shown, STATUS)

    def test_a_pipe_and_the_files_get_plain_lines(self):
        run = self.piped
        self.assert_status(0, run)
        self.assertNotIn("\x1b", run.said())
        self.assertNotIn("\r", run.said())
        self.assertRegex(run.stderr, r": function \w+\.\w+: pass in")
        for file in run.folder.rglob("*"):
            if file.is_file():
                self.assertNotRegex(file.read_text(errors="replace"), STATUS, file)

    def test_the_console_says_where_the_page_is(self):
        run = self.piped
        page = re.search(r"^report: (\S+)$", run.stdout, re.M)
        self.assertTrue(page, run.stdout)
        with open(page.group(1), encoding="utf-8") as file:
            self.assertIn(self.rootseal("report", str(run.folder), "--format", "html", out=False).stdout, file.read())


if __name__ == "__main__":
    unittest.main()
