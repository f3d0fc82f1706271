"""A sceptic breaks something: rootseal must say so and name it."""
import subprocess
import unittest

from program import ProgramTest, docker, server

POSTGRES = ("run", "--quick", "--service", "postgres", "--profile", "readonly")


class BrokenProfiles(ProgramTest):
    def with_profile(self, change, *args):
        home = self.copy_of_project()
        file = home / "compose/postgres/readonly.yaml"
        before = file.read_text()
        file.write_text(change(before))
        self.assertNotEqual(before, file.read_text(), "the change did not change anything")
        return self.rootseal(*POSTGRES, *args, env={"ROOTSEAL_HOME": str(home)})

    def claims(self, run):
        stack = next(s for s in run.record["stacks"] if s["profile"] == "readonly")
        return {c["name"]: c for c in stack["claims"]}

    def test_a_root_that_is_not_read_only_fails_the_run_and_is_named(self):
        run = self.with_profile(lambda t: "\n".join(l for l in t.splitlines() if l.strip() != "read_only: true") + "\n",
                                "--suite", "function,security", "--attack", "G01")
        self.assertEqual(1, run.status, run.said()[-3000:])
        self.assertIs(False, self.claims(run)["root"]["holds"])
        self.assertIn("claim root: read-only does not hold", run.said())
        readonly_rows = [a for a in run.record["attacks"] if a["profile"] == "readonly"]
        self.assertEqual([], readonly_rows, "something ran in a stack whose claim does not hold")

    def test_an_undeclared_writable_mount_fails_the_run_and_is_named(self):
        run = self.with_profile(lambda t: t.replace("    tmpfs:\n", "    tmpfs:\n      - /srv:size=1m\n", 1),
                                "--suite", "security", "--attack", "G01")
        self.assertEqual(1, run.status, run.said()[-3000:])
        self.assertIn("/srv", self.claims(run)["writable"]["evidence"])

    def test_a_tmpfs_that_is_executable_fails_the_run(self):
        run = self.with_profile(lambda t: t.replace(",noexec,nosuid", ",exec,nosuid", 1), "--suite", "security", "--attack", "G01")
        self.assertEqual(1, run.status, run.said()[-3000:])
        self.assertIs(False, self.claims(run)["tmpfs"]["holds"])

    def test_a_tmpfs_under_a_volume_fails_the_run_and_is_named(self):
        # Both lead to the same place: /var/run is a link to /run.
        run = self.with_profile(lambda t: t.replace("- /var/run/postgresql:", "- /run/postgresql:", 1)
                                + "    volumes:\n      - scratch:/var/run/postgresql\n\nvolumes:\n  scratch:\n",
                                "--suite", "security", "--attack", "G01")
        self.assertEqual(1, run.status, run.said()[-3000:])
        claims = self.claims(run)
        self.assertIs(True, claims["writable"]["holds"], claims["writable"])
        self.assertIs(False, claims["tmpfs"]["holds"])
        self.assertIn("/run/postgresql is declared as a tmpfs, but there is /run/postgresql ext4", claims["tmpfs"]["evidence"])

    def test_a_folder_below_the_root_that_is_bound_writable_fails_the_run_and_is_named(self):
        (self.scratch / "open").mkdir()
        run = self.with_profile(lambda t: t + f"    volumes:\n      - {self.scratch}/open:/usr/share/open\n",
                                "--suite", "security", "--attack", "G01")
        self.assertEqual(1, run.status, run.said()[-3000:])
        self.assertIn("writable but not declared: /usr/share/open", self.claims(run)["writable"]["evidence"])

    def test_an_image_that_brings_a_writable_folder_fails_the_run_and_is_named(self):
        base = docker("images", "--format", "{{.Repository}}:{{.Tag}}", "rootseal/postgres")[0]
        image = "rootseal-test/postgres:with-a-volume"
        built = subprocess.run(["docker", "build", "-q", "-t", image, "-"], input=f"FROM {base}\nVOLUME /opt/cache\n",
                               capture_output=True, text=True, check=False)
        self.addCleanup(docker, "rmi", "-f", image)
        self.assertEqual(0, built.returncode, built.stderr)
        run = self.rootseal(*POSTGRES, "--image", f"postgres={image}", "--suite", "security", "--attack", "G01")
        self.assertEqual(1, run.status, run.said()[-3000:])
        self.assertIn("writable but not declared: /opt/cache", self.claims(run)["writable"]["evidence"])


class RemountedInMidRun(ProgramTest):
    def readonly_container(self):
        found = docker("ps", "-q", "--filter", f"label=dev.rootseal.stack={server('postgres')}/readonly",
                       "--filter", "label=dev.rootseal.run=" + self.live_record()["run"]["id"])
        return found[0] if found else None

    def first_claims_hold(self):
        record = self.live_record()
        return record and any(c["id"] == "Claims.Hold" and c["profile"] == "readonly" for c in record["checks"])

    def test_a_root_remounted_writable_from_outside_is_noticed_though_the_engine_says_read_only(self):
        process = self.start(*POSTGRES, "--suite", "function,security", "--attack", "G01")
        self.wait_for("the first verification", self.first_claims_hold)
        container = self.readonly_container()
        pid = docker("inspect", "-f", "{{.State.Pid}}", container)[0]
        subprocess.run(["nsenter", "-t", pid, "-m", "mount", "-o", "remount,bind,rw", "/"], check=True)
        self.assertEqual(["true"], docker("inspect", "-f", "{{.HostConfig.ReadonlyRootfs}}", container))
        process.wait(timeout=300)
        record = self.live_record()
        self.assertEqual(1, process.returncode)
        failed = [c for c in record["checks"] if c["id"] == "Claims.Hold" and c["verdict"] == "fail"]
        self.assertEqual([f"{server('postgres')}/readonly"], sorted({c["stack"] for c in failed}))
        self.assertIn("claim root: read-only does not hold", failed[0]["message"])
        self.assert_clean_engine()


class SlowerSides(ProgramTest):
    """What makes one side slower, or unlike the other, is named."""
    MEASURE = (*POSTGRES, "--suite", "performance", "--workload", "select_one_row")

    def throughput(self, run):
        rows = [c for c in run.record["comparisons"] if c["workload"] == "select_one_row" and c["metric"] == "throughput"
                and c["profile"] == "readonly"]
        self.assertEqual(1, len(rows))
        return rows[0]

    def test_a_side_that_does_half_of_its_work_twice_fails_the_run_and_is_named(self):
        run = self.rootseal(*self.MEASURE, "--launches", "6", "--plant", f"{server('postgres')}/readonly=0.5", limit=600)
        self.assertEqual(1, run.status, run.said()[-3000:])
        row = self.throughput(run)
        self.assertEqual("fail", row["verdict"], row)
        self.assertLess(row["ci_high"], 1 - row["margin"])
        self.assertTrue(any(f"{server('postgres')}/readonly" in r and "select_one_row" in r for r in run.record["run"]["reasons"]),
                        run.record["run"]["reasons"])
        self.assert_clean_engine()

    def test_a_setting_that_only_one_side_has_is_named_and_nothing_is_concluded(self):
        home = self.copy_of_project()
        file = home / "compose/postgres/readonly.yaml"
        file.write_text(file.read_text() + "    command: [postgres, -c, synchronous_commit=off]\n")
        run = self.rootseal(*self.MEASURE, env={"ROOTSEAL_HOME": str(home)}, limit=600)
        self.assertEqual(2, run.status, run.said()[-3000:])
        row = self.throughput(run)
        self.assertEqual("inconclusive", row["verdict"], row)
        self.assertIn("synchronous_commit", row["note"])


if __name__ == "__main__":
    unittest.main()
