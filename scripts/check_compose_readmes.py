#!/usr/bin/env python3
"""Every line of every shipped profile has its reason in the README beside it, or in compose/README.md."""
import pathlib
import re
import unittest

import yaml

COMPOSE = pathlib.Path(__file__).resolve().parent.parent / "compose"


def volume(text):
    """What is mounted; by its name inside where the name outside is a variable's."""
    source, target = (re.sub(r"\$\{[^}]*\}", "$", text).split(":") + [""])[:2]
    return target.rsplit("/", 1)[-1] if source.startswith("$") else source


SHORT = {
    "volumes": volume,
    "command": lambda text: text.split("=")[0],  # the setting
    "tmpfs": lambda text: text.split(":")[0],
    "security_opt": lambda text: text.split(":")[0],
    "ports": lambda text: text.rsplit(":", 1)[0].rstrip(":"),
}


def lines_of(server):
    """What a reader would look for: each key, and each entry of a list or a map under it."""
    for key, value in server.items():
        yield key
        for entry in value if isinstance(value, (dict, list)) else ():
            if key == "command" and (entry == "-c" or entry == value[0]):
                continue
            yield SHORT.get(key, str)(str(entry))


def missing(server, readme):
    return sorted({line for line in lines_of(server) if not re.search(rf"(?<![\w-]){re.escape(line)}(?![\w-])", readme)})


class ComposeReadmes(unittest.TestCase):
    def test_every_line_of_every_profile_has_its_reason(self):
        common = (COMPOSE / "README.md").read_text()
        profiles = sorted(COMPOSE.glob("*/*.yaml"))
        self.assertTrue(profiles)
        for profile in profiles:
            with self.subTest(profile=str(profile.relative_to(COMPOSE))):
                readme = (profile.parent / "README.md").read_text() + common
                server = yaml.safe_load(profile.read_text())["services"]["server"]
                self.assertEqual([], missing(server, readme), "give each a line with its reason and its evidence")

    def test_a_line_without_a_reason_is_seen(self):
        server = {"read_only": True, "tmpfs": ["/var/cache/x:size=1m"], "command": ["postgres", "-c", "fsync=off"],
                  "volumes": ["${X:?set it}/y.conf:/etc/z.conf:ro"]}
        self.assertEqual(["/var/cache/x", "command", "fsync", "volumes", "z.conf"],
                         missing(server, "`read_only: true`, `y.conf` and a tmpfs"))


if __name__ == "__main__":
    unittest.main()
