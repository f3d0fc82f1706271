#!/usr/bin/env python3
"""Every test class below tests/ is an entry of ctest: what CMake reads out of the files is held against what unittest finds.

usage: check_test_classes.py ENTRY...     an entry: program.<file without test_>.<class>
"""
import importlib
import pathlib
import sys
import unittest

TESTS = pathlib.Path(__file__).resolve().parent / "tests"


def cases(suite):
    for part in suite:
        yield from cases(part) if isinstance(part, unittest.TestSuite) else [part]


def found():
    sys.path.insert(0, str(TESTS))
    for file in TESTS.glob("test_*.py"):
        for case in cases(unittest.TestLoader().loadTestsFromModule(importlib.import_module(file.stem))):
            yield f"program.{file.stem.removeprefix('test_')}.{type(case).__name__}"


def main():
    entries, classes = set(sys.argv[1:]), set(found())
    for name in sorted(classes - entries):
        print(f"{name}: ctest does not run it; its line must be: class Name(Base):  # idle: SECONDS s")
    for name in sorted(entries - classes):
        print(f"{name}: an entry of ctest without tests")
    print(f"{len(entries & classes)} of {len(classes)} test classes are entries of ctest")
    return 0 if entries == classes and classes else 1


if __name__ == "__main__":
    sys.exit(main())
