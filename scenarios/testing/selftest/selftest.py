#!/usr/bin/env python3
"""Runs the child's program over its self-test scenarios and checks every message that it writes on descriptor 3."""
import json
import os
import re
import subprocess
import sys
import tempfile

STACK = {"id": "alpha-1/readonly", "service": "alpha", "version": "1", "profile": "readonly", "role": "candidate",
         "project": "p", "container": "c", "image": "i", "port": 1, "user": "u", "database": "d",
         "password_file": "/nowhere", "claims": {"root": "read-only", "tmpfs": "noexec, nosuid"}, "writable": [], "logs": "console"}
CONTEXT = {"run": "20261123T194500Z-3f9a2c", "suite": "function", "size": "quick", "seed": 7, "work_dir": "/nowhere",
           "stacks": [STACK], "launch": 0, "client_cpus": [], "server_cpus": [],
           "prepared": False, "transport": "auto",
           "profiles": [{"name": "plain", "role": "control"}]}
# check -> verdict, what the message must match
EXPECTED = {
    "Ends.ByPassing": ("pass", r"^$"),
    "Ends.ByAFailedAssertion": ("fail", r"^scenarios/testing/selftest/alpha\.cpp:\d+: (.|\n)*\(and 1 more"),
    "Ends.ByAServerThatRefused": ("fail", r"alpha\.cpp: alpha-1/readonly: connecting: refused$"),
    "Ends.ByAFaultOfTheHarness": ("inconclusive", r"alpha\.cpp: docker: asking: no answer$"),
    "Ends.ByAFaultOfTheEnvironment": ("inconclusive", r"alpha\.cpp: the disk is full$"),
    "Ends.ByABugOfTheScenario": ("inconclusive", r"alpha\.cpp: row 3$"),
    "Ends.ByAFailureAndThenAFault": ("fail", r"alpha\.cpp:\d+: row 7 was altered$"),
    "Ends.BySkipping": ("skipped", r"^keeps no ledger$"),
    "Tries.TheUsualWay": ("pass", r"^$"),
    "Tries.AnotherWay": ("pass", r"^$"),
    "Tries.NeitherWay": ("fail", r"alpha\.cpp:\d+: alpha-1/readonly: a: does not work: read-only.*nor .*\(b\): read"),
    "Tries.AWayThatIsMissing": ("fail", r"alpha\.cpp:\d+: alpha-1/readonly: a: does not work: read-only file system"),
    "Tries.WhatAClaimForbids": ("fail", r"a works although the profile claims tmpfs: nosuid"),
    "Tries.WhatMustWorkHere": ("fail", r"a must work where root is read-only"),
    "Tries.AServerThatRefuses": ("pass", r"^$"),
    "Tries.AFaultOfTheEnvironment": ("inconclusive", r"alpha\.cpp: the disk is full$"),
    "Ends.ByWhatIsNotHere": ("skipped", r"^the run has no candidate$"),
}
REFUSED = "read-only file system"
# id, title, works, happened, instead, instead_works
TASKS = [
    ("Tries.TheUsualWay", "a", True, "", "", None),
    ("Tries.TheUsualWay#2", "c", False, REFUSED, "e", True),
    ("Tries.AnotherWay", "a", False, REFUSED, "b", True),
    ("Tries.NeitherWay", "a", False, REFUSED, "b", False),
    ("Tries.AWayThatIsMissing", "a", False, REFUSED, "", None),
    ("Tries.WhatAClaimForbids", "a", True, "", "", None),
    ("Tries.WhatMustWorkHere", "a", False, REFUSED, "b", True),
    ("Tries.AServerThatRefuses", "a", False, "alpha-1/readonly: connecting: refused", "b", True),
]


def run(program, scratch):
    context = os.path.join(scratch, "context.json")
    with open(context, "w") as file:
        json.dump(CONTEXT, file)
    log = open(os.path.join(scratch, "log"), "w+")
    ours, theirs = os.pipe()
    child = subprocess.Popen(["/bin/sh", "-c", f'exec "$0" "$@" 3>&{theirs}', program, "--context", context,
                              "--gtest_filter=function/*:workflow/*"],
                             stdin=subprocess.DEVNULL, stdout=log, stderr=log, pass_fds=[theirs])
    os.close(theirs)
    with os.fdopen(ours) as lines:
        messages = [json.loads(line) for line in lines]
    code = child.wait(timeout=30)
    log.seek(0)
    return messages, code, log.read()


def problems(messages, code):
    started = [m["started"]["check"] for m in messages if "started" in m]
    checks = {m["check"]["id"]: m["check"] for m in messages if "check" in m}
    if code != 42:
        yield f"exit status {code} instead of that of the scenario that dies"
    if started[-1:] != ["Ends.ByDying"]:
        yield f"the check that died was not announced last: {started}"
    if set(checks) != set(EXPECTED):
        yield f"checks {sorted(checks)}"
    for name, (verdict, message) in EXPECTED.items():
        check = checks.get(name, {})
        if check.get("verdict") != verdict or not re.search(message, check.get("message", "?")):
            yield f"{name}: {check}"
        suite = "workflow" if name.startswith("Tries") else "function"
        if check.get("stack") != STACK["id"] or check.get("suite") != suite:
            yield f"{name}: not of its stack and suite: {check}"
    keys = ("id", "title", "works", "happened", "instead", "instead_works")
    tasks = [m["task"] for m in messages if "task" in m]
    seen = [tuple(task[key] for key in keys) for task in tasks]
    yield from (f"task {row}" for row in set(seen) ^ set(TASKS))
    if any((task["stack"], task["service"], task["profile"]) != ("alpha-1/readonly", "alpha", "readonly") for task in tasks):
        yield "a task is not of its stack"
    if not re.fullmatch(r"seen rs_ends_bypassing_[0-9a-f]{8}", "".join(checks["Ends.ByPassing"]["evidence"])):
        yield f"evidence {checks['Ends.ByPassing']['evidence']}"


def problems_of_list(program):
    listed = json.loads(subprocess.run([program, "--list"], stdout=subprocess.PIPE, check=True, timeout=30).stdout)
    longer = {entry["scenario"]: entry["longer"] for entry in listed}
    if longer != {**{name: False for name in [*EXPECTED, "Ends.ByDying"]}, "Longer.IsLeftOutOfQuickRuns": True}:
        yield f"--list: {listed}"


def main():
    with tempfile.TemporaryDirectory() as scratch:
        messages, code, log = run(sys.argv[1], scratch)
    found = [*problems(messages, code), *problems_of_list(sys.argv[1])]
    print(*found, sep="\n")
    print(log if found else f"{len(messages)} messages as they should be")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
