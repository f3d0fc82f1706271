"""Faults planted in a real server: each turns the check that is there for it red, on that profile, and no other."""
import subprocess
import unittest

from program import ProgramTest, docker, server

SERVER = server("postgres")
PROFILE = SERVER + "/readonly"

# After a crash, and only then, an acknowledged entry is taken out of every ledger before the server starts.
LOSES_ONE = r"""    entrypoint:
      - bash
      - -c
      - |
        if [ -e "$$PGDATA/postmaster.pid" ]; then
          setpriv --reuid=postgres --regid=postgres --init-groups postgres --single -D "$$PGDATA" rootseal <<'SQL'
        do $$$$ declare t text; begin for t in select tablename from pg_tables where tablename like 'rs\_%' loop execute format('delete from %I where number = 7', t); end loop; end $$$$
        SQL
        fi
        exec docker-entrypoint.sh postgres
"""
TELLS_ITS_PASSWORD = """    entrypoint: [bash, -c, 'cat /run/secrets/password; exec docker-entrypoint.sh postgres']
"""
WRITES_ITS_PASSWORD = """    entrypoint: [bash, -c, 'cp /run/secrets/password /var/log/postgresql/start.log; exec docker-entrypoint.sh postgres']
"""
LOGS_NOWHERE = """    command: [postgres, -c, log_min_messages=panic]
"""
TMPFS = "      - /var/run/postgresql:size=1m,mode=0775,uid=999,gid=999,noexec,nosuid,nodev\n"


class PlantedFaults(ProgramTest):
    def run_with(self, change, suite, scenario, profile="readonly"):
        home = self.copy_of_project()
        file = home / f"compose/postgres/{'compose' if profile == 'baseline' else profile}.yaml"
        before = file.read_text()
        file.write_text(change(before))
        self.assertNotEqual(before, file.read_text(), "the change did not change anything")
        run = self.rootseal("run", "--quick", "--service", "postgres", "--profile", profile, "--suite", suite,
                            "--scenario", scenario, env={"ROOTSEAL_HOME": str(home)}, limit=600)
        self.assert_clean_engine(run.record["run"]["id"])
        return run

    def assert_red(self, run, check, *texts, stack=PROFILE):
        self.assertEqual(1, run.status, run.said()[-3000:])
        failed = [c for c in run.record["checks"] if c["verdict"] not in ("pass", "skipped")]
        self.assertEqual([(stack, check)], [(c["stack"], c["id"]) for c in failed], failed)
        for text in texts:
            self.assertIn(text, failed[0]["message"])

    def test_an_acknowledged_entry_that_is_lost_in_a_crash(self):
        run = self.run_with(lambda t: t + LOSES_ONE, "recovery", "*")
        self.assert_red(run, "KillDuringWrites.LosesNothingThatWasAcknowledged", "7", "lost")

    def test_a_log_that_goes_nowhere(self):
        run = self.run_with(lambda t: t + LOGS_NOWHERE, "function", "Logs.Arrive*")
        self.assert_red(run, "Logs.ArriveWhereTheProfileSaysAndNowhereElse", "did not arrive in console")

    def test_a_password_on_the_console(self):
        run = self.run_with(lambda t: t + TELLS_ITS_PASSWORD, "function", "Logs.*")
        self.assert_red(run, "Logs.HoldNoPassword", "stands in console")

    def test_a_password_in_a_file_on_the_root(self):
        run = self.run_with(lambda t: t.replace("    ports:\n", WRITES_ITS_PASSWORD + "    ports:\n"), "function", "Logs.*",
                            profile="baseline")
        self.assert_red(run, "Logs.HoldNoPassword", "stands in /var/log/postgresql/start.log", stack=SERVER + "/baseline")

    def test_a_volume_in_place_of_the_tmpfs(self):
        run = self.run_with(lambda t: t.replace("    tmpfs:\n" + TMPFS, "    volumes:\n      - run:/var/run/postgresql\n")
                            + "volumes:\n  run:\n", "recovery", "GracefulRestart.*")
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
        run = self.run_with(lambda t: t.replace("    tmpfs:\n" + TMPFS, "    volumes:\n      - run:/var/run/postgresql\n")
                            + f"volumes:\n  run:\n    external: true\n    name: {name}\n", "recovery", "*Restart.*")
        self.assert_red(run, "GracefulRestart.KeepsTheDataAndEmptiesTmpfs",
                        "/run/postgresql is a tmpfs, but what was in it survived the restart")


if __name__ == "__main__":
    unittest.main()
