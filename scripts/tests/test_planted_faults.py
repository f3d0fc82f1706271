"""Faults planted in a real server: each turns the check that is there for it red, on that profile, and no other. The control
runs beside it without the fault."""
import subprocess
import unittest

import planted
from program import ProgramTest, docker, server


class PlantedFaults(ProgramTest):
    service = "postgres"

    def stack(self, profile="readonly"):
        return f"{server(self.service)}/{profile}"

    def run_with(self, change, suite, *selection, profile="readonly", tools=None):
        """`change`: what to make of the profile's file, or what to put at its end. `tools`: texts of programs, by name."""
        home = self.copy_of_project()
        folder = home / "compose" / self.service
        file = folder / f"{'compose' if profile == 'baseline' else profile}.yaml"
        before = file.read_text()
        file.write_text(before + change if isinstance(change, str) else change(before))
        self.assertNotEqual(before, file.read_text(), "the change did not change anything")
        for name, text in (tools or {}).items():
            (folder / "planted").mkdir(exist_ok=True)
            (folder / "planted" / name).write_text(text)
            (folder / "planted" / name).chmod(0o755)
        run = self.rootseal("run", "--quick", "--service", self.service, "--profile", profile, "--suite", suite, *selection,
                            env={"ROOTSEAL_HOME": str(home)}, limit=600)
        self.assert_clean_engine(run.record["run"]["id"])
        return run

    @staticmethod
    def not_green(rows):
        return [row for row in rows if row["verdict"] not in ("pass", "skipped")]

    def assert_red(self, run, check, *texts, profile="readonly"):
        self.assertEqual(1, run.status, run.said()[-3000:])
        failed = self.not_green(run.record["checks"])
        self.assertEqual([(self.stack(profile), check, "fail")], [(c["stack"], c["id"], c["verdict"]) for c in failed], failed)
        for text in texts:
            self.assertIn(text, failed[0]["message"])
        self.assertEqual([], self.not_green(a for a in run.record["attacks"] if a["must_be_blocked_by"]))
        if profile != "baseline":
            same = [c["verdict"] for c in run.record["checks"] if c["id"] == check and c["profile"] == "baseline"]
            self.assertEqual({"pass"}, set(same), "the control did not pass what the planted fault fails")


class PostgresFaults(PlantedFaults):
    def test_an_acknowledged_entry_that_is_lost_in_a_crash(self):
        run = self.run_with(planted.LOSES_ONE, "recovery")
        self.assert_red(run, "KillDuringWrites.LosesNothingThatWasAcknowledged", "7 was acknowledged and is lost")

    def test_a_log_that_goes_nowhere(self):
        run = self.run_with(planted.LOGS_NOWHERE, "function", "--scenario", "Logs.Arrive*")
        self.assert_red(run, "Logs.ArriveWhereTheProfileSaysAndNowhereElse", "did not arrive in console")

    def test_a_password_on_the_console(self):
        run = self.run_with(planted.TELLS_ITS_PASSWORD, "function", "--scenario", "Logs.*")
        self.assert_red(run, "Logs.HoldNoPassword", "stands in console")

    def test_a_password_in_a_file_on_the_root(self):
        run = self.run_with(lambda t: t.replace("    ports:\n", planted.WRITES_ITS_PASSWORD + "    ports:\n"), "function",
                            "--scenario", "Logs.*", profile="baseline")
        self.assert_red(run, "Logs.HoldNoPassword", "stands in /var/log/postgresql/start.log", profile="baseline")

    def test_a_restore_that_lacks_a_table(self):
        run = self.run_with(planted.instead_of("psql"), "function", tools={"psql": planted.PSQL_THAT_LEAVES_OUT_A_TABLE})
        self.assert_red(run, "PostgresBackup.ADumpRestoresEverythingIntoAnotherDatabase",
                        "the table public.empty is missing in the restored database")

    def test_a_restore_of_an_archive_that_lacks_a_table(self):
        run = self.run_with(planted.instead_of("pg_restore"), "function", "--scenario",
                            "PostgresDumpFormats.RestoreEverythingIntoAFreshStack",
                            tools={"pg_restore": planted.PG_RESTORE_THAT_LOSES_A_TABLE})
        self.assert_red(run, "PostgresDumpFormats.RestoreEverythingIntoAFreshStack",
                        "custom format: ", "the table public.empty is missing in the restored database",
                        "(and 1 more; ")  # the directory format

    def test_a_program_folder_that_the_profile_declares_writable(self):
        run = self.run_with(lambda t: t.replace("/run/postgresql]", "/run/postgresql, /usr/local/bin]") + planted.PROGRAMS_VOLUME,
                            "security", "--attack", "G01")
        self.assertEqual(1, run.status, run.said()[-3000:])
        self.assertEqual([], self.not_green(run.record["checks"]))
        failed = self.not_green(a for a in run.record["attacks"] if a["must_be_blocked_by"])
        self.assertEqual([(self.stack(), "G01", "root", "succeeded", "fail")],
                         [(a["stack"], a["id"], a["identity"], a["observed"], a["verdict"]) for a in failed])

    def test_a_volume_in_place_of_the_tmpfs(self):
        run = self.run_with(lambda t: t.replace(planted.TMPFS, planted.RUN_VOLUME) + "volumes:\n  run:\n", "recovery",
                            "--scenario", "GracefulRestart.*")
        self.assert_red(run, "Claims.Hold", "claim tmpfs", "no tmpfs")

    def test_a_tmpfs_that_somebody_keeps_from_being_emptied(self):
        name = "rootseal-test-kept-tmpfs"
        subprocess.run(["docker", "volume", "create", "--opt", "type=tmpfs", "--opt", "device=tmpfs", "--opt",
                        "o=size=1m,mode=0775,uid=999,gid=999,noexec,nosuid,nodev", name], check=True, capture_output=True)
        self.addCleanup(docker, "volume", "rm", "--force", name)
        image = docker("image", "ls", "--format", "{{.Repository}}:{{.Tag}}", "rootseal/postgres")[0]
        holder = docker("run", "--detach", "--network", "none", "--volume", f"{name}:/held", "--entrypoint", "sleep", image,
                        "infinity")[0]
        self.addCleanup(docker, "rm", "--force", "--volumes", holder)
        run = self.run_with(lambda t: t.replace(planted.TMPFS, planted.RUN_VOLUME)
                            + f"volumes:\n  run:\n    external: true\n    name: {name}\n", "recovery", "--scenario", "*Restart.*")
        self.assert_red(run, "GracefulRestart.KeepsTheDataAndEmptiesTmpfs",
                        "/run/postgresql is a tmpfs, but what was in it survived the restart")

    def test_an_index_that_is_missing_makes_its_workload_slower_and_no_other(self):
        run = self.run_with(planted.LOSES_AN_INDEX, "performance", "--workload", "*_one_row")
        self.assertEqual(1, run.status, run.said()[-3000:])
        self.assertEqual([], self.not_green(run.record["checks"]))
        failed = [c for c in run.record["comparisons"] if c["verdict"] == "fail"]
        self.assertEqual({(self.stack(), "select_one_row")}, {(c["stack"], c["workload"]) for c in failed}, failed)
        self.assertIn("throughput", [c["metric"] for c in failed])

    def test_a_dump_that_cannot_be_taken_either_way(self):
        run = self.run_with(planted.instead_of("pg_dump"), "workflow", tools={"pg_dump": planted.PG_DUMP_OF_ANOTHER_VERSION})
        self.assert_red(run, "PostgresFiles.ADumpIsTaken", "nor does what to do instead", "server version mismatch")


class RabbitMqFaults(PlantedFaults):
    service = "rabbitmq"

    def test_a_confirmed_message_that_is_lost_in_a_crash(self):
        run = self.run_with(planted.AFTER_A_CRASH, "recovery")
        self.assert_red(run, "KillDuringWrites.LosesNothingThatWasAcknowledged", "1 was acknowledged and is lost")

    def test_a_cold_copy_that_lacks_a_message(self):
        run = self.run_with(planted.ON_A_COPY, "recovery", "--scenario", "ColdCopy.OfTheDataVolumeIsABackup")
        self.assert_red(run, "ColdCopy.OfTheDataVolumeIsABackup", "in the copy: 1 was acknowledged and is lost")

    def test_definitions_that_come_back_without_a_queue(self):
        # readonly.yaml ends with its environment.
        run = self.run_with(planted.FOUND_FIRST + planted.instead_of("rabbitmqctl", folder="/opt/planted"), "function",
                            "--scenario", "RabbitMqDefinitions.ExportedDefinitionsImportIntoAFreshStack",
                            tools={"rabbitmqctl": planted.RABBITMQCTL_THAT_FORGETS_A_QUEUE})
        self.assert_red(run, "RabbitMqDefinitions.ExportedDefinitionsImportIntoAFreshStack", "definition queues",
                        "stray is missing in the fresh broker")

    def test_a_tracer_that_somebody_left_on_makes_publishing_slower(self):
        run = self.run_with(lambda t: t.replace("  logs: console\n", planted.TRACING_IS_DECLARED) + planted.TRACES_EVERYTHING,
                            "performance", "--workload", "confirmed_publish",
                            "--launches", "6")  # it costs a fifth: three launches tell no more than a tenth in a noisy minute
        self.assertEqual(1, run.status, run.said()[-3000:])
        self.assertEqual([], self.not_green(run.record["checks"]))
        failed = [c for c in run.record["comparisons"] if c["verdict"] == "fail"]
        self.assertEqual({(self.stack(), "confirmed_publish")}, {(c["stack"], c["workload"]) for c in failed}, failed)

    def test_a_writable_place_that_the_profile_does_not_declare(self):
        run = self.run_with(planted.TMP, "security", "--attack", "G01")
        self.assert_red(run, "Claims.Hold", "claim writable", "writable but not declared: /tmp")

    def test_a_log_that_the_engine_does_not_keep(self):
        run = self.run_with(planted.LOGS_TO_NOBODY, "workflow")
        self.assert_red(run, "LookInside.TheLogIsRead", "docker logs", "does not work")


if __name__ == "__main__":
    unittest.main()
