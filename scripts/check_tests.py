#!/usr/bin/env python3
"""What ctest knows: every test class below tests/ is an entry of its own, and every name is one that a person can read and type.

usage: check_tests.py CTEST BUILD_FOLDER
"""
import importlib
import json
import pathlib
import re
import subprocess
import sys
import unittest

TESTS = pathlib.Path(__file__).resolve().parent / "tests"
PLAIN = re.compile("[A-Za-z0-9_./+-]{1,140}")


def cases(suite):
    for part in suite:
        yield from cases(part) if isinstance(part, unittest.TestSuite) else [part]


def classes():
    """As unittest finds them: "program.<file without test_>.<class>"."""
    sys.path.insert(0, str(TESTS))
    for file in TESTS.glob("test_*.py"):
        for case in cases(unittest.TestLoader().loadTestsFromModule(importlib.import_module(file.stem))):
            yield f"program.{file.stem.removeprefix('test_')}.{type(case).__name__}"


def main():
    ctest, folder = sys.argv[1:]
    listed = subprocess.run([ctest, "--show-only=json-v1"], cwd=folder, capture_output=True, text=True, check=True).stdout
    names = {test["name"] for test in json.loads(listed)["tests"]}
    entries, wanted = {name for name in names if name.startswith("program.")}, set(classes())
    wrong = [f"{name}: no entry of ctest; its line must be: class Name(Base):  # idle: SECONDS s" for name in wanted - entries]
    wrong += [f"{name}: an entry of ctest without tests" for name in entries - wanted]
    wrong += [f"{name}: not a plain name; the parameter needs a name generator" for name in names if not PLAIN.fullmatch(name)]
    print("\n".join([*sorted(wrong), f"{len(names)} tests of ctest, {len(entries & wanted)} of {len(wanted)} test classes"]))
    return 1 if wrong or not wanted else 0


if __name__ == "__main__":
    sys.exit(main())
