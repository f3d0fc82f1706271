#!/usr/bin/env python3
"""Shows that the schema is strict, accepts the sample record and sees damaged copies of it.

  validate_test.py PROGRAM     PROGRAM prints the sample record
"""
import copy
import json
import os
import subprocess
import sys
import tempfile
import unittest

import validate

SAMPLE = None


def set_at(record, path, value):
    *parents, last = path
    for part in parents:
        record = record[part]
    record[last] = value


# Where, what is put there, and the path that the message must name.
DAMAGE = [
    (["schema_version"], 2, "schema_version"),
    (["run", "id"], "latest", "run.id"),
    (["run", "started"], "yesterday", "run.started"),
    (["run", "verdict"], "skipped", "run.verdict"),
    (["run", "size"], "huge", "run.size"),
    (["run", "suites"], ["speed"], "run.suites[0]"),
    (["run", "exit_status"], 256, "run.exit_status"),
    (["stacks", 0, "id"], "postgres", "stacks[0].id"),
    (["stacks", 0, "role"], "judge", "stacks[0].role"),
    (["stacks", 1, "claims", 0, "holds"], "yes", "stacks[1].claims[0].holds"),
    (["stacks", 1, "settings"], {"a": 1}, "stacks[1].settings.a"),
    (["checks", 0, "verdict"], "ok", "checks[0].verdict"),
    (["checks", 0, "seconds"], -1, "checks[0].seconds"),
    (["checks", 0, "suite"], "start", "checks[0].suite"),
    (["checks", 0, "surprise"], 1, "checks[0]"),
    (["tasks", 0, "works"], None, "tasks[0].works"),
    (["tasks", 0, "instead"], "another way", "tasks[0].instead"),
    (["tasks", 1, "instead_works"], "yes", "tasks[1].instead_works"),
    (["tasks", 1, "stack"], "postgres", "tasks[1].stack"),
    (["attacks", 0, "identity"], "nobody", "attacks[0].identity"),
    (["attacks", 0, "stopped_by"], "luck", "attacks[0].stopped_by"),
    (["attacks", 0, "class"], "fine", "attacks[0].class"),
    (["attacks", 0, "credit"], {"given": True}, "attacks[0].credit"),
    (["attacks", 0, "observed"], None, "attacks[0].observed"),
    (["threats", 0, "threat"], "bad luck", "threats[0].threat"),
    (["threats", 0, "residual"], -1, "threats[0].residual"),
    (["surface", 0, "writable_dirs"], -1, "surface[0].writable_dirs"),
    (["surface", 0, "mounts", 0, "size"], "64m", "surface[0].mounts[0].size"),
    (["epochs", 0, "baseline", "p42"], 1, "epochs[0].baseline"),
    (["epochs", 0, "launch"], 0, "epochs[0].launch"),
    (["comparisons", 0, "ci_low"], None, "comparisons[0].ci_low"),
    (["comparisons", 10, "ci_low"], 0.9, "comparisons[10].ci_low"),
    (["comparisons", 0, "verdict"], "pass", "comparisons[0].verdict"),
    (["comparisons", 14, "verdict"], None, "comparisons[14].verdict"),
    (["comparisons", 0, "twin"], {"ratio": 1}, "comparisons[0].twin"),
    (["comparisons", 0, "launches", 0, "ratio"], 0, "comparisons[0].launches[0].ratio"),
    (["findings", 0, "severity"], "bad", "findings[0].severity"),
    (["skipped", 0, "reason"], "", "skipped[0].reason"),
]


def objects(schema, path="schema"):
    """Every subschema that describes an object of the record."""
    if isinstance(schema, list):
        for number, each in enumerate(schema):
            yield from objects(each, f"{path}[{number}]")
    if isinstance(schema, dict):
        if schema.get("type") == "object":
            yield path, schema
        for key, each in schema.items():
            yield from objects(each, f"{path}.{key}")


def only(section):
    """A copy of the sample whose other lists are empty: validating them again takes most of the time."""
    return {key: [] if isinstance(part, list) and key != section else copy.deepcopy(part) for key, part in SAMPLE.items()}


class SchemaTest(unittest.TestCase):
    def test_accepts_the_sample(self):
        self.assertEqual(validate.faults(SAMPLE), [])

    def test_names_the_path_of_every_damage(self):
        for path, value, named in DAMAGE:
            with self.subTest(path=path, value=value):
                record = only(path[0])
                set_at(record, path, value)
                found = validate.faults(record)
                self.assertTrue(any(fault.startswith(named + ":") for fault in found), found)

    def test_misses_every_key_that_is_taken_away(self):
        for section, row in SAMPLE.items():
            row = row[0] if isinstance(row, list) else row
            for key in row if isinstance(row, dict) else []:
                record = only(section)
                holder = record[section][0] if isinstance(record[section], list) else record[section]
                del holder[key]
                self.assertTrue(validate.faults(record), f"{section}.{key} may be missing")

    def test_allows_no_unknown_key_and_no_missing_one(self):
        for path, schema in objects(validate.load_schema()):
            with self.subTest(path=path):
                self.assertIn("additionalProperties", schema)
                if path.endswith((".settings", ".side")):
                    continue  # free names; a side whose CPU time or tail could not be measured leaves it out
                self.assertIs(schema["additionalProperties"], False)
                self.assertEqual(schema["required"], list(schema["properties"]))

    def test_the_program_exits_by_what_it_saw(self):
        script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "validate.py")

        def run(*texts):
            with tempfile.TemporaryDirectory() as folder:
                names = []
                for number, text in enumerate(texts):
                    names.append(os.path.join(folder, f"{number}.json"))
                    with open(names[-1], "w", encoding="utf-8") as file:
                        file.write(text)
                done = subprocess.run([sys.executable, script, *names], capture_output=True, text=True, check=False)
                return done.returncode, done.stdout

        good = json.dumps(SAMPLE)
        self.assertEqual(run(good, good), (0, ""))
        self.assertEqual(run()[0], 64)
        self.assertEqual(run("{")[0], 1)
        self.assertIn("NaN is not JSON", run('{"a": NaN}')[1])
        status, said = run(good, json.dumps({**SAMPLE, "extra": 1}))
        self.assertEqual(status, 1)
        self.assertIn("1.json: top level: ", said)


if __name__ == "__main__":
    SAMPLE = json.loads(subprocess.run([sys.argv.pop()], capture_output=True, check=True).stdout)
    unittest.main(verbosity=1)
