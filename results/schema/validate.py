#!/usr/bin/env python3
"""Validates records against run.schema.json.

  validate.py FILE...     exit status 0: all valid; 1: at least one is not; 64: wrong usage

Each fault is a line "FILE: PATH: what is wrong". Needs Debian's python3-jsonschema.
"""
import json
import os
import sys

import jsonschema

SCHEMA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "run.schema.json")


def load_schema():
    with open(SCHEMA, encoding="utf-8") as file:
        return json.load(file)


def refuse_constant(name):
    raise ValueError(f"{name} is not JSON")


def path_of(error):
    text = ""
    for part in error.absolute_path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.lstrip(".") or "top level"


def faults(record, schema=None):
    """The faults of one record, as "PATH: what is wrong", in the order of the record."""
    validator = jsonschema.Draft7Validator(schema or load_schema(), format_checker=jsonschema.FormatChecker())
    errors = sorted(validator.iter_errors(record), key=lambda error: [str(part) for part in error.absolute_path])
    return [f"{path_of(error)}: {error.message[:300]}" for error in errors]


def faults_of_file(name):
    try:
        with open(name, encoding="utf-8") as file:
            record = json.load(file, parse_constant=refuse_constant)
    except (OSError, ValueError) as error:
        return [f"top level: {error}"]
    return faults(record)


def main(names):
    if not names:
        print(__doc__, file=sys.stderr)
        return 64
    bad = 0
    for name in names:
        for fault in faults_of_file(name):
            print(f"{name}: {fault}")
            bad = 1
    return bad


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
