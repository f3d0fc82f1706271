#!/usr/bin/env python3
"""Prints the entry of one run in the table of scripts/soak.sh: a line, and below it why the run was not green.

  soak_rows.py NUMBER LOAD STATUS FOLDER     FOLDER holds run.json
"""
import datetime
import json
import sys
from pathlib import Path

LONGEST = 500  # characters of a reason


def took(run):
    try:
        began, ended = (datetime.datetime.fromisoformat(run[key].rstrip("Z")) for key in ("started", "finished"))
    except ValueError:
        return "did not end"
    minutes, seconds = divmod(round((ended - began).total_seconds()), 60)
    return f"{minutes} min {seconds:02} s"


def first_line(reason):
    line = reason.split("\n", 1)[0]
    return line if len(line) <= LONGEST else line[:LONGEST - 3] + "..."


def entry(number, load, status, folder):
    """`run.reasons` has every row that is not green, the weightiest first, and no specimen's."""
    try:
        run = json.loads((Path(folder) / "run.json").read_text(encoding="utf-8"))["run"]
        time, reasons = took(run), run["reasons"]
        if run["verdict"] == "interrupted":
            reasons = reasons + ["the run was interrupted: its record was not judged"]
    except (OSError, ValueError, KeyError) as error:
        time, reasons = "-", [f"the record cannot be read: {error}"]
    lines = [f"{number:>3}  {time:>13}  {load:>6}  {status:>6}  {folder}"]
    return "\n".join(lines + [f"       - {first_line(reason)}" for reason in reasons])


if __name__ == "__main__":
    if len(sys.argv) != 5:
        print(__doc__, file=sys.stderr)
        sys.exit(64)
    print(entry(*sys.argv[1:]))
