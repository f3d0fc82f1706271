"""What the README says of the program is what the program says."""
import subprocess
import unittest

from program import PROJECT, ProgramTest


class Readme(ProgramTest):  # idle: 1 s
    def test_shows_the_help_of_run_as_it_is(self):
        readme = (PROJECT / "README.md").read_text()
        self.assertIn(self.rootseal("run", "--help", out=False).stdout.strip(), readme,
                      "paste the output of 'rootseal run --help' into README.md")

    def test_the_script_shows_it_without_building_anything(self):
        shown = subprocess.run([PROJECT / "scripts" / "run.sh", "--quick", "--help"], capture_output=True, text=True, check=True)
        self.assertIn(self.rootseal("run", "--help", out=False).stdout.split("\n", 1)[1].strip(), shown.stdout)
        self.assertEqual(shown.stderr, "")

    def test_names_every_verb_status_and_suite_that_there_is(self):
        readme = (PROJECT / "README.md").read_text()
        for word in ("`interrupted`", "`function`", "`recovery`", "`security`", "`performance`", "`workflow`", "| 64 |", "| 130 |"):
            self.assertIn(word, readme)


if __name__ == "__main__":
    unittest.main()
