"""Faults planted in a real server: each turns the check that is there for it red, on its profile, and no other. The control
runs beside them without a fault."""
import os
import subprocess
import unittest

import planted
from planted import Fault, FaultyProfiles
from program import docker

TOOLS = "/usr/local/sbin"  # first in the PATH of the PostgreSQL image
KEPT_TMPFS = f"rootseal-test-kept-tmpfs-{os.getpid()}"


class PlantedFaults(FaultyProfiles):
    def assert_red(self, profile, check, *texts):
        run = self.run_with(profile)
        self.assert_fails_the_run(run, profile)
        red = self.not_green(c for c in run.record["checks"] if c["profile"] in (profile, "baseline"))
        self.assertEqual([(self.stack(profile), check, "fail")], [(c["stack"], c["id"], c["verdict"]) for c in red], red)
        for text in texts:
            self.assertIn(text, red[0]["message"])
        self.assertEqual([], self.not_green(a for a in run.record["attacks"] if a["profile"] in (profile, "baseline")
                                            and a["must_be_blocked_by"]))
        same = [c["verdict"] for c in run.record["checks"] if c["id"] == check and c["profile"] == "baseline"]
        self.assertEqual({"pass"}, set(same), "the control did not pass what the planted fault fails")


class PostgresFaults(PlantedFaults):  # idle: 160 s
    FUNCTION = {
        "password-on-console": Fault(planted.TELLS_ITS_PASSWORD),
        "password-in-file": Fault(planted.on_a_writable_root(planted.WRITES_ITS_PASSWORD), base="compose"),
        "psql": Fault(tools={f"{TOOLS}/psql": planted.PSQL_THAT_LEAVES_OUT_A_TABLE}),
    }
    RECOVERY = {
        "loses-one": Fault(planted.LOSES_ONE),
        "volume-for-tmpfs": Fault(lambda t: t.replace(planted.TMPFS, planted.RUN_VOLUME) + "volumes:\n  run:\n"),
        "kept-tmpfs": Fault(lambda t: t.replace(planted.TMPFS, planted.RUN_VOLUME)
                            + f"volumes:\n  run:\n    external: true\n    name: {KEPT_TMPFS}\n"),
    }
    SECURITY = {
        "writable-programs": Fault(lambda t: t.replace("/run/postgresql]", "/run/postgresql, /usr/local/bin]")
                                   + planted.PROGRAMS_VOLUME),
    }
    RUNS = (
        (("--quick", "--suite", "function"), FUNCTION),
        # Apart, because every other scenario that looks for a log line would wait for it in vain, a minute each.
        (("--quick", "--suite", "function", "--scenario", "Logs.Arrive*"), {"log-nowhere": Fault(planted.LOGS_NOWHERE)}),
        # Apart, because a quick run has a longer scenario only where it is named in full; and `psql` would fail this one too.
        (("--quick", "--suite", "function", "--scenario", "PostgresDumpFormats.RestoreEverythingIntoAFreshStack"),
         {"pg-restore": Fault(tools={f"{TOOLS}/pg_restore": planted.PG_RESTORE_THAT_LOSES_A_TABLE})}),
        (("--quick", "--suite", "recovery"), RECOVERY),
        (("--quick", "--suite", "security", "--attack", "G01"), SECURITY),
        (("--quick", "--suite", "workflow"), {"pg-dump": Fault(tools={f"{TOOLS}/pg_dump": planted.PG_DUMP_OF_ANOTHER_VERSION})}),
        # A quick run measures one candidate.
        (("--quick", "--suite", "performance", "--workload", "*_one_row", "--launches", "2"),
         {"lost-index": Fault(planted.LOSES_AN_INDEX)}),
    )

    def test_an_acknowledged_entry_that_is_lost_in_a_crash(self):
        self.assert_red("loses-one", "KillDuringWrites.LosesNothingThatWasAcknowledged", "7 was acknowledged and is lost")

    def test_a_log_that_goes_nowhere(self):
        self.assert_red("log-nowhere", "Logs.ArriveWhereTheProfileSaysAndNowhereElse", "did not arrive in console")

    def test_a_password_on_the_console(self):
        self.assert_red("password-on-console", "Logs.HoldNoPassword", "stands in console")

    def test_a_password_in_a_file_on_the_root(self):
        self.assert_red("password-in-file", "Logs.HoldNoPassword", "stands in /var/log/postgresql/start.log")

    def test_a_restore_that_lacks_a_table(self):
        self.assert_red("psql", "PostgresBackup.ADumpRestoresEverythingIntoAnotherDatabase",
                        "the table public.empty is missing in the restored database")

    def test_a_restore_of_an_archive_that_lacks_a_table(self):
        self.assert_red("pg-restore", "PostgresDumpFormats.RestoreEverythingIntoAFreshStack",
                        "custom format: ", "the table public.empty is missing in the restored database",
                        "(and 1 more; ")  # the directory format

    def test_a_program_folder_that_the_profile_declares_writable(self):
        profile = "writable-programs"
        run = self.run_with(profile)
        self.assert_fails_the_run(run, profile)
        self.assertEqual([], self.not_green(run.record["checks"]))
        failed = self.not_green(a for a in run.record["attacks"] if a["must_be_blocked_by"])
        self.assertEqual([(self.stack(profile), "G01", "root", "succeeded", "fail")],
                         [(a["stack"], a["id"], a["identity"], a["observed"], a["verdict"]) for a in failed])

    def test_a_volume_in_place_of_the_tmpfs(self):
        self.assert_red("volume-for-tmpfs", "Claims.Hold", "claim tmpfs", "no tmpfs")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        subprocess.run(["docker", "volume", "create", "--opt", "type=tmpfs", "--opt", "device=tmpfs", "--opt",
                        "o=size=1m,mode=0775,uid=999,gid=999,noexec,nosuid,nodev", KEPT_TMPFS], check=True, capture_output=True)
        cls.addClassCleanup(docker, "volume", "rm", "--force", KEPT_TMPFS)
        image = docker("image", "ls", "--format", "{{.Repository}}:{{.Tag}}", "rootseal/postgres")[0]
        holder = docker("run", "--detach", "--network", "none", "--volume", f"{KEPT_TMPFS}:/held", "--entrypoint", "sleep", image,
                        "infinity")[0]
        cls.addClassCleanup(docker, "rm", "--force", "--volumes", holder)

    def test_a_tmpfs_that_somebody_keeps_from_being_emptied(self):
        self.assert_red("kept-tmpfs", "GracefulRestart.KeepsTheDataAndEmptiesTmpfs",
                        "/run/postgresql is a tmpfs, but what was in it survived the restart")

    def test_an_index_that_is_missing_makes_its_workload_slower_than_the_other(self):
        run = self.run_with("lost-index")
        self.assertEqual([], self.not_green(run.record["checks"]))
        rows = {c["workload"]: c for c in run.record["comparisons"]
                if c["metric"] == "throughput" and c["stack"] == self.stack("lost-index")}
        slow, other = rows["select_one_row"], rows["update_one_row"]
        self.assertNotEqual("pass", slow["verdict"], slow)
        self.assertLess(slow["ratio"], other["ratio"] / 2, (slow, other))  # it reads 10,000 rows for one

    def test_a_dump_that_cannot_be_taken_either_way(self):
        self.assert_red("pg-dump", "PostgresFiles.ADumpIsTaken", "nor does what to do instead", "server version mismatch")


class RabbitMqFaults(PlantedFaults):  # idle: 100 s
    service = "rabbitmq"
    RUNS = (
        (("--quick", "--suite", "recovery"), {"after-a-crash": Fault(planted.AFTER_A_CRASH)}),
        # Apart, because a quick run has a longer scenario only where it is named in full.
        (("--quick", "--suite", "recovery", "--scenario", "ColdCopy.OfTheDataVolumeIsABackup"),
         {"on-a-copy": Fault(planted.ON_A_COPY)}),
        (("--quick", "--suite", "function", "--scenario", "RabbitMqDefinitions.ExportedDefinitionsImportIntoAFreshStack"),
         {"forgets-a-queue": Fault(planted.FOUND_FIRST,  # readonly.yaml ends with its environment
                                   tools={"/opt/planted/rabbitmqctl": planted.RABBITMQCTL_THAT_FORGETS_A_QUEUE})}),
        (("--quick", "--suite", "security", "--attack", "G01"), {"undeclared-tmp": Fault(planted.TMP)}),
        (("--quick", "--suite", "workflow"), {"logs-to-nobody": Fault(planted.LOGS_TO_NOBODY)}),
    )

    def test_a_confirmed_message_that_is_lost_in_a_crash(self):
        self.assert_red("after-a-crash", "KillDuringWrites.LosesNothingThatWasAcknowledged", "1 was acknowledged and is lost")

    def test_a_cold_copy_that_lacks_a_message(self):
        self.assert_red("on-a-copy", "ColdCopy.OfTheDataVolumeIsABackup", "in the copy: 1 was acknowledged and is lost")

    def test_definitions_that_come_back_without_a_queue(self):
        self.assert_red("forgets-a-queue", "RabbitMqDefinitions.ExportedDefinitionsImportIntoAFreshStack", "definition queues",
                        "stray is missing in the fresh broker")

    def test_a_writable_place_that_the_profile_does_not_declare(self):
        self.assert_red("undeclared-tmp", "Claims.Hold", "claim writable", "writable but not declared: /tmp")

    def test_a_log_that_the_engine_does_not_keep(self):
        self.assert_red("logs-to-nobody", "LookInside.TheLogIsRead", "docker logs", "does not work")


if __name__ == "__main__":
    unittest.main()
