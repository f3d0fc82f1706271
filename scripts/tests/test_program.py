"""What the other tests stand on: they see what their own run left and nothing else, and a failure says why."""
import unittest

from program import LABEL, ProgramTest, Run, docker

OURS, OTHERS = "20200101T000000Z-0000aa", "20200101T000000Z-0000bb"


class OwnRun(ProgramTest):  # idle: 1 s
    def test_what_it_left_is_seen_and_what_others_left_is_not(self):
        volume = docker("volume", "create", "--label", f"{LABEL}={OURS}")[0]
        self.addCleanup(docker, "volume", "rm", volume)
        self.assert_clean_engine(OTHERS)
        with self.assertRaisesRegex(AssertionError, volume):
            self.assert_clean_engine(OURS)

    def test_a_volume_without_a_name_is_that_of_the_run_whose_container_mounted_it(self):
        image = docker("images", "-q", "rootseal/postgres")[0]
        container = docker("run", "-d", "--label", f"{LABEL}={OURS}", "-v", "/scratch", "--entrypoint", "sleep", image, "600")[0]
        self.addCleanup(docker, "rm", "-f", "-v", container)
        self.wait_for("its volume", lambda: self.volumes.left(OURS))
        self.assertEqual([], self.volumes.left(OTHERS))

    def test_an_engine_that_refuses_is_no_empty_answer(self):
        with self.assertRaisesRegex(RuntimeError, "docker inspect no-such-thing: exit status 1: .*no-such-thing"):
            docker("inspect", "no-such-thing")

    def test_why_needs_no_record(self):
        folder = self.out / "runs" / OURS
        for text in (None, "earlier", "[]", '{"run": {"reasons": null}}', '{"run": {"reasons": ["it is named"]}}'):
            with self.subTest(record=text):
                if text is not None:
                    folder.mkdir(parents=True, exist_ok=True)
                    (folder / "run.json").write_text(text)
                why = Run(1, "stdout", "stderr", self.out).why()
                self.assertIn("stdoutstderr", why)
                self.assertEqual(text is not None and "it is named" in text, "it is named" in why)


if __name__ == "__main__":
    unittest.main()
