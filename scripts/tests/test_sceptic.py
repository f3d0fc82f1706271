"""A sceptic breaks something: rootseal must say so and name it."""
import subprocess
import unittest

from planted import Fault, FaultyProfiles
from program import ProgramTest, docker, server

POSTGRES = ("run", "--quick", "--service", "postgres", "--profile", "readonly")


class BrokenProfiles(FaultyProfiles):  # idle: 20 s
    RUNS = ((("--quick", "--suite", "function,security", "--attack", "G01"), {
        "writable-root": Fault(lambda t: "\n".join(l for l in t.splitlines() if l.strip() != "read_only: true") + "\n"),
        "undeclared-mount": Fault(lambda t: t.replace("    tmpfs:\n", "    tmpfs:\n      - /srv:size=1m\n", 1)),
        "executable-tmpfs": Fault(lambda t: t.replace(",noexec,nosuid", ",exec,nosuid", 1)),
        # Both lead to the same place: /var/run is a link to /run.
        "tmpfs-under-volume": Fault(lambda t: t.replace("- /var/run/postgresql:", "- /run/postgresql:", 1)
                                    + "    volumes:\n      - scratch:/var/run/postgresql\n\nvolumes:\n  scratch:\n"),
        "bound-folder": Fault("    volumes:\n      - ./open:/usr/share/open\n"),
    }),)

    def claims(self, run, profile):
        stack = next(s for s in run.record["stacks"] if s["profile"] == profile)
        return {c["name"]: c for c in stack["claims"]}

    def broken(self, profile):
        """Its claims, after the run has failed and said so."""
        run = self.run_with(profile)
        self.assert_fails_the_run(run, profile)
        return self.claims(run, profile)

    def test_a_root_that_is_not_read_only_fails_the_run_and_is_named(self):
        self.assertIs(False, self.broken("writable-root")["root"]["holds"])
        run = self.run_with("writable-root")
        self.assertIn(f"claim root: read-only does not hold on {self.stack('writable-root')}", run.why())
        self.assertEqual([], [a for a in run.record["attacks"] if a["profile"] == "writable-root"],
                         "something ran in a stack whose claim does not hold")

    def test_an_undeclared_writable_mount_fails_the_run_and_is_named(self):
        self.assertIn("/srv", self.broken("undeclared-mount")["writable"]["evidence"])

    def test_a_tmpfs_that_is_executable_fails_the_run(self):
        self.assertIs(False, self.broken("executable-tmpfs")["tmpfs"]["holds"])

    def test_a_tmpfs_under_a_volume_fails_the_run_and_is_named(self):
        claims = self.broken("tmpfs-under-volume")
        self.assertIs(True, claims["writable"]["holds"], claims["writable"])
        self.assertIs(False, claims["tmpfs"]["holds"])
        self.assertIn("/run/postgresql is declared as a tmpfs, but there is /run/postgresql ext4", claims["tmpfs"]["evidence"])

    def test_a_folder_below_the_root_that_is_bound_writable_fails_the_run_and_is_named(self):
        self.assertIn("writable but not declared: /usr/share/open", self.broken("bound-folder")["writable"]["evidence"])

    def test_an_image_that_brings_a_writable_folder_fails_the_run_and_is_named(self):
        base = docker("images", "--format", "{{.Repository}}:{{.Tag}}", "rootseal/postgres")[0]
        image = "rootseal-test/postgres:with-a-volume"
        built = subprocess.run(["docker", "build", "-q", "-t", image, "-"], input=f"FROM {base}\nVOLUME /opt/cache\n",
                               capture_output=True, text=True, check=False)
        self.assertEqual(0, built.returncode, built.stderr)
        self.addCleanup(docker, "rmi", "-f", image)
        run = self.rootseal(*POSTGRES, "--image", f"postgres={image}", "--suite", "security", "--attack", "G01")
        self.assert_status(1, run)
        self.assertIn("writable but not declared: /opt/cache", self.claims(run, "readonly")["writable"]["evidence"])


class RemountedInMidRun(ProgramTest):  # idle: 10 s
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
        run = self.end_of(process)
        self.assert_status(1, run)
        failed = [c for c in run.record["checks"] if c["id"] == "Claims.Hold" and c["verdict"] == "fail"]
        self.assertEqual([f"{server('postgres')}/readonly"], sorted({c["stack"] for c in failed}))
        self.assertIn("claim root: read-only does not hold", failed[0]["message"])
        self.assert_clean_engine(run)


class SlowerSides(ProgramTest):  # idle: 60 s
    """What makes one side slower, or unlike the other, is named. test_measuring.py has the verdicts that need a quiet machine."""

    def throughput(self, run, service, workload):
        rows = [c for c in run.record["comparisons"] if c["workload"] == workload and c["metric"] == "throughput"
                and c["stack"] == f"{server(service)}/readonly"]
        self.assertEqual(1, len(rows))
        return rows[0]

    def slowed_down(self, service, workload):
        """A side that does its work twice. No noise hides that it is slower; how sure one can be of it is another question."""
        run = self.rootseal("run", "--service", service, "--profile", "readonly", "--suite", "performance", "--workload", workload,
                            "--launches", "6", "--plant", f"{server(service)}/readonly=1")
        row = self.throughput(run, service, workload)
        self.assertLess(row["ratio"], 0.8, row)
        self.assertNotEqual("pass", row["verdict"], row)
        self.assert_clean_engine(run)

    def test_a_database_that_does_its_work_twice_is_seen_to_be_slower(self):
        self.slowed_down("postgres", "select_one_row")

    def test_a_broker_that_does_its_work_twice_is_seen_to_be_slower(self):
        self.slowed_down("rabbitmq", "confirmed_publish")

    def test_a_setting_that_only_one_side_has_is_named_and_nothing_is_concluded(self):
        home = self.copy_of_project()
        file = home / "compose/postgres/readonly.yaml"
        file.write_text(file.read_text() + "    command: [postgres, -c, synchronous_commit=off]\n")
        run = self.rootseal(*POSTGRES, "--suite", "performance", "--workload", "select_one_row", env={"ROOTSEAL_HOME": str(home)})
        self.assert_status(2, run)
        row = self.throughput(run, "postgres", "select_one_row")
        self.assertEqual("inconclusive", row["verdict"], row)
        self.assertIn("synchronous_commit", row["note"])


if __name__ == "__main__":
    unittest.main()
