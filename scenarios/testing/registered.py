#!/usr/bin/env python3
"""Checks that every .cpp file of scenarios/<folder> registers at least one scenario, or workload, in the program.

usage: registered.py PROGRAM SCENARIOS_FOLDER [workloads]. A linker that drops self-registering objects, or a TEST_P that was never
instantiated, would make scenarios vanish without a word.
"""
import json
import pathlib
import subprocess
import sys


def main():
    program, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    workloads = sys.argv[3:] == ["workloads"]
    kind = "workload" if workloads else "scenario"
    listed = json.loads(subprocess.run([program, "--list"], check=True, capture_output=True, text=True).stdout)
    registered = {entry["file"] for entry in listed}
    files = {
        path.relative_to(folder.parent).as_posix()
        for path in folder.glob("*/*.cpp")
        if path.parent.name != "testing"
        and not path.stem.endswith("_test")
        and path.stem.endswith("_workload") == workloads
    }
    for name in sorted(files - registered):
        print(f"{name}: registers no {kind}")
    for name in sorted(registered - files):
        print(f"{name}: registered, but not a file of {folder}")
    print(f"{len(registered & files)} of {len(files)} files registered, {len(listed)} {kind}s")
    return 0 if files and files == registered else 1


if __name__ == "__main__":
    sys.exit(main())
