"""One quick run over everything, and what its record must say."""
import re
import subprocess
import sys
import unittest

from program import PROJECT, ProgramTest, server


class QuickRun(ProgramTest):  # idle: 139 s
    @classmethod
    def setUpClass(cls):
        cls.place = cls.shared_by_class()
        cls.run_ = cls.place.rootseal("run", "--quick", "--seed", "7")
        cls.record = cls.run_.record

    def rows(self, section, **wanted):
        return [r for r in self.record[section] if all(r[k] == v for k, v in wanted.items())]

    def test_is_green_and_leaves_nothing_on_the_engine(self):
        self.assert_status(0, self.run_)
        self.assertEqual("pass", self.record["run"]["verdict"])
        self.place.assert_clean_engine(self.run_)

    def test_leaves_every_file_and_moves_latest(self):
        latest = self.place.out / "latest"
        for name in ("run.json", "junit.xml", "summary.md", "report.html", "benchmark.json"):
            self.assertTrue((latest / name).stat().st_size > 0, name)

    def test_the_record_fits_its_schema(self):
        checked = subprocess.run([sys.executable, PROJECT / "results/schema/validate.py", self.run_.folder / "run.json"],
                                 capture_output=True, text=True, check=False)
        self.assertEqual(0, checked.returncode, checked.stdout + checked.stderr)

    def test_both_services_ran_on_every_profile(self):
        started = {(s["service"], s["profile"]) for s in self.record["stacks"] if s["started"]}
        for service in ("postgres", "rabbitmq"):
            for profile in ("baseline", "readonly", "hardened"):
                self.assertIn((service, profile), started)
                for suite in ("function", "recovery", "workflow"):
                    self.assertTrue(self.rows("checks", service=service, profile=profile, suite=suite, verdict="pass"))

    def test_every_claim_of_control_and_candidates_was_seen_to_hold(self):
        for stack in self.record["stacks"]:
            if stack["role"] != "specimen":
                self.assertTrue(stack["claims"], stack["id"])
                for claim in stack["claims"]:
                    self.assertIs(True, claim["holds"], (stack["id"], claim))

    def test_every_attack_is_tried_and_what_must_be_blocked_was_live_and_is(self):
        files = [f for f in (PROJECT / "scenarios/attacks").glob("*/*.yaml") if "\nstack: own\n" not in f.read_text()]
        self.assertGreaterEqual(len(files), 24)
        self.assertEqual({f.name.split("-")[0] for f in files}, {a["id"] for a in self.record["attacks"]})
        for file in files:
            rows = self.rows("attacks", id=file.name.split("-")[0])
            self.assertTrue(all("given" in r["credit"] and "seen" in r["liveness"] for r in rows))
            self.assertTrue(any(r["liveness"]["seen"] for r in rows), f"{file.name} was never live")
            expected = [r for r in rows if r["must_be_blocked_by"]]
            self.assertTrue(expected or "\nblocked_when: []\n" in file.read_text(), file.name)
            self.assertTrue(all(r["verdict"] == "pass" for r in expected if r["role"] == "candidate"), file.name)

    def test_per_service_an_attack_succeeded_on_baseline_and_was_blocked_by_erofs_on_readonly(self):
        for service in ("postgres", "rabbitmq"):
            won = {(a["id"], a["identity"]) for a in self.rows("attacks", service=service, profile="baseline", observed="succeeded")}
            stopped = {(a["id"], a["identity"]) for a in self.rows("attacks", service=service, profile="readonly",
                                                                   observed="blocked", stopped_by="EROFS")}
            self.assertTrue(won & stopped, service)
            credited = self.rows("attacks", service=service, profile="readonly")
            self.assertTrue(any(a["credit"]["given"] for a in credited))

    def test_there_is_a_comparison_per_service_with_its_twin(self):
        for service in ("postgres", "rabbitmq"):
            rows = [c for c in self.rows("comparisons", service=service, metric="throughput", profile="readonly")]
            self.assertTrue(rows, service)
            for row in rows:
                self.assertEqual(3, len(row["launches"]))
                self.assertIsNotNone(row["twin"])
                self.assertFalse(row["judged"])
                self.assertTrue(row["ci_low"] <= row["ratio"] <= row["ci_high"])

    def test_the_analysed_compose_file_does_not_start_and_the_finding_names_the_path(self):
        findings = [f for f in self.record["findings"] if f["stack"] == f"{server('postgres')}/as-analysed"]
        self.assertTrue(findings)
        self.assertTrue(any("/run/postgresql" in " ".join([f["text"], *f["evidence"]]) for f in findings), findings)

    def test_no_password_is_in_any_file_of_the_run(self):
        # Passwords are 48 hexadecimal digits; nothing else in the results has that form.
        for file in self.run_.folder.rglob("*"):
            if file.is_file():
                found = re.search(r"(?<![0-9a-f])[0-9a-f]{48}(?![0-9a-f])", file.read_text(errors="replace"))
                self.assertIsNone(found, f"{file}: {found and found.group()}")


if __name__ == "__main__":
    unittest.main()
