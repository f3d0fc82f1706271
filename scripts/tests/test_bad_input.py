"""Bad input: each a message that names the thing and the next move, the right exit status, nothing left, nothing harmed."""
import os
import shutil
import subprocess
import unittest

from program import BIN, PROJECT, ProgramTest, server

QUICK = ("run", "--quick", "--service", "postgres", "--profile", "readonly", "--suite", "security", "--attack", "G01")


class WrongUsage(ProgramTest):  # idle: 1 s
    def test_an_unknown_verb_is_named_with_the_nearest_one(self):
        self.assert_refused(self.rootseal("lsit"), 64, "unknown verb 'lsit'", "did you mean 'list'?")

    def test_an_unknown_option_is_named(self):
        self.assert_refused(self.rootseal("run", "--quik"), 64, "--quik", "--help")

    def test_no_verb_at_all_is_wrong_usage(self):
        self.assert_refused(self.rootseal(), 64, "--help")

    def test_an_unknown_service_is_named_with_the_known_ones(self):
        self.assert_refused(self.rootseal("run", "--service", "postgers"), 64, "service 'postgers'", "did you mean 'postgres'?")

    def test_an_unknown_profile_is_named_with_the_known_ones(self):
        self.assert_refused(self.rootseal("run", "--profile", "readnoly"), 64, "profile 'readnoly'", "did you mean 'readonly'?")

    def test_an_unknown_suite_is_named(self):
        self.assert_refused(self.rootseal("run", "--suite", "speed"), 64, "suite 'speed'", "performance")

    def test_globs_that_match_nothing_are_named(self):
        for option, listing in (("--scenario", "scenarios"), ("--attack", "attacks"), ("--workload", "workloads")):
            with self.subTest(option=option):
                self.assert_refused(self.rootseal("run", option, "Nothing*"), 64, "Nothing*", "matches nothing",
                                    f"rootseal list {listing}")

    def test_a_glob_that_would_mean_something_else_to_the_frameworks_is_refused(self):
        for glob in ("A*:-B*", "Logs.[AH]*"):
            with self.subTest(glob=glob):
                self.assert_refused(self.rootseal("run", "--scenario", glob), 64, "not a plain glob", "'*' and '?'")

    def test_an_image_without_a_service_is_refused(self):
        self.assert_refused(self.rootseal("run", "--image", "postgres:15"), 64, "SERVICE=REFERENCE")

    def test_an_unknown_keep_is_refused(self):
        self.assert_refused(self.rootseal("run", "--keep", "sometimes"), 64, "sometimes", "on-failure")

    def test_a_planted_slowdown_that_is_none_is_refused(self):
        for plant in ("x-1/readonly", "x-1/readonly=much", "=0.1", "x-1/readonly=0"):
            with self.subTest(plant=plant):
                self.assert_refused(self.rootseal("run", "--plant", plant), 64, f"--plant '{plant}'", "STACK=SHARE")

    def test_a_record_that_cannot_be_rendered_is_named(self):
        self.scratch.joinpath("cut.json").write_text('{"schema_version": 1,')
        for record, words in (("nowhere.json", "nowhere.json"), ("cut.json", "cut.json"), (".", "run.json")):
            with self.subTest(record=record):
                self.assert_refused(self.rootseal("report", str(self.scratch / record), out=False), 64, words)

    def test_an_unknown_format_is_named_with_the_known_ones(self):
        reference = str(PROJECT / "results/reference")
        self.assert_refused(self.rootseal("report", reference, "--format", "htm", out=False), 64, "htm: reading --format",
                            "did you mean 'html'?")

    def test_wrong_usage_leaves_no_folder_and_does_not_ask_the_engine(self):
        # An engine that nobody can reach would end the run with status 3.
        run = self.rootseal("run", "--service", "postgers", env={"DOCKER_HOST": "unix:///nonexistent/docker.sock"})
        self.assert_refused(run, 64, "service 'postgers'")
        self.assertFalse(self.out.exists())


def file_name():
    return next((PROJECT / "scenarios/attacks/any").glob("G01*.yaml")).name


class MalformedFiles(ProgramTest):  # idle: 1 s
    def broken_attack(self, change):
        home = self.copy_of_project()
        file = next((home / "scenarios/attacks/any").glob("G01*.yaml"))
        file.write_text(change(file.read_text()))
        return self.rootseal(*QUICK, env={"ROOTSEAL_HOME": str(home)})

    def test_an_unknown_key_in_an_attack_names_file_line_and_nearest_key(self):
        run = self.broken_attack(lambda text: text + "\nseverety: high\n")
        self.assert_refused(run, 64, file_name(), "severety", "severity")

    def test_yaml_that_cannot_be_parsed_names_file_and_line(self):
        run = self.broken_attack(lambda text: "id: [G01\n")
        self.assert_refused(run, 64, file_name() + ":2", "not YAML")

    def test_an_attack_without_expectations_is_refused_because_there_is_no_default(self):
        run = self.broken_attack(lambda text: "".join(
            part for part in text.splitlines(keepends=True)
            if not part.startswith(("blocked_when", "  - claims", "    identities"))))
        self.assert_refused(run, 64, "blocked_when")

    def test_an_unknown_claim_in_a_profile_is_named(self):
        home = self.copy_of_project()
        file = home / "compose/postgres/readonly.yaml"
        file.write_text(file.read_text().replace("root: read-only", "rooot: read-only"))
        run = self.rootseal(*QUICK, env={"ROOTSEAL_HOME": str(home)})
        self.assert_refused(run, 64, "readonly.yaml", "rooot", "root")


class Environment(ProgramTest):  # idle: 2 s
    def earlier_result(self):
        earlier = self.out / "runs/20200101T000000Z-000000"
        earlier.mkdir(parents=True)
        (earlier / "run.json").write_text("earlier")
        (self.out / "latest").symlink_to("runs/20200101T000000Z-000000")

    def assert_unharmed(self):
        self.assertEqual("earlier", (self.out / "latest/run.json").read_text())

    def test_no_engine_is_named_with_the_next_move(self):
        self.earlier_result()
        run = self.rootseal(*QUICK, env={"DOCKER_HOST": "unix:///nonexistent/docker.sock"})
        self.assert_refused(run, 3, "engine")
        self.assert_unharmed()

    def test_an_engine_without_compose_is_named_with_the_next_move(self):
        tools = self.scratch / "bin"
        tools.mkdir()
        for name in ("sh", "bash", "env"):
            (tools / name).symlink_to(shutil.which(name))
        (tools / "docker").symlink_to(shutil.which("docker"))
        run = self.rootseal(*QUICK, env={"PATH": str(tools), "DOCKER_CONFIG": str(self.scratch), "HOME": str(self.scratch),
                                          "ROOTSEAL_HOME": str(self.copy_of_project())})
        self.assert_refused(run, 3, "ompose")

    def test_an_image_that_cannot_be_had_is_named(self):
        self.earlier_result()
        run = self.rootseal(*QUICK, "--image", "postgres=rootseal-test/no-such-image:1")
        self.assert_refused(run, 3, "rootseal-test/no-such-image:1", "docker load")
        self.assert_clean_engine(run)
        self.assertEqual("error", run.record["run"]["verdict"])
        self.assert_unharmed()

    def test_a_slowdown_planted_on_a_stack_that_is_not_measured_is_refused(self):
        stack = server("postgres")
        run = self.rootseal(*QUICK, "--plant", f"{stack}/readnoly=0.1")
        self.assert_refused(run, 3, f"{stack}/readnoly", f"{stack}/readonly")
        self.assert_clean_engine(run)

    def test_an_image_of_another_contract_is_refused(self):
        run = self.rootseal(*QUICK, "--image", "postgres=" + self.rabbitmq_image())
        self.assert_refused(run, 3, "version")

    @staticmethod
    def rabbitmq_image():
        line = subprocess.run([PROJECT / "scripts/images.sh", "--print", "rabbitmq"], capture_output=True, text=True,
                              check=True).stdout.splitlines()[0]
        return line.split()[2]

    def test_an_output_folder_that_cannot_be_made_is_named(self):
        self.out.parent.mkdir(exist_ok=True)
        self.out.write_text("a file is in the way")
        run = self.rootseal(*QUICK)
        self.assert_refused(run, 3, str(self.out), "--out")
        self.assertEqual("a file is in the way", self.out.read_text())


class Children(ProgramTest):  # idle: 11 s
    def with_child(self, script):
        """The programs in a folder of their own, with a scenarios child that misbehaves."""
        build = self.scratch / "build"
        (build / "bin").mkdir(parents=True)
        for program in BIN.iterdir():
            if program.name.startswith("rootseal"):
                shutil.copy2(program, build / "bin" / program.name)
        (build / "tools-mount").symlink_to(BIN.parent / "tools-mount")
        real = build / "bin/real-scenarios"
        os.rename(build / "bin/rootseal-scenarios", real)
        child = build / "bin/rootseal-scenarios"
        child.write_text(f'#!/bin/bash\nif [ "$1" = --list ]; then exec "{real}" --list; fi\n{script}\n')
        child.chmod(0o755)
        return self.rootseal("run", "--quick", "--service", "postgres", "--profile", "baseline", "--suite", "function",
                             program=build / "bin/rootseal", env={"ROOTSEAL_HOME": str(PROJECT)})

    STARTED = """echo '{"started":{"check":"Made.Up","stack":"x-1/baseline"}}' >&3"""

    def verdicts(self, run):
        return {c["id"]: c for c in run.record["checks"]}

    def test_garbage_costs_the_check_it_was_in_and_is_named(self):
        run = self.with_child(f'case "$*" in *Made.Up*) exit 0;; esac\n{self.STARTED}\necho "%%% garbage" >&3\nsleep 60')
        self.assert_status(2, run)
        self.assertEqual("inconclusive", self.verdicts(run)["Made.Up"]["verdict"])
        self.assertIn("garbage", self.verdicts(run)["Made.Up"]["message"])
        self.assert_clean_engine(run)

    def test_a_crash_costs_the_check_it_was_in(self):
        run = self.with_child(f'case "$*" in *Made.Up*) exit 0;; esac\n{self.STARTED}\nkill -SEGV $$')
        self.assert_status(2, run)
        self.assertEqual("inconclusive", self.verdicts(run)["Made.Up"]["verdict"])
        self.assertIn("signal 11", self.verdicts(run)["Made.Up"]["message"])

    def test_a_child_that_says_nothing_is_not_green(self):
        run = self.with_child("exit 0")
        self.assert_status(2, run)


if __name__ == "__main__":
    unittest.main()
