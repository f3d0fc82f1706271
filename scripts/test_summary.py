#!/usr/bin/env python3
"""What scripts/test.sh says at its end: the slowest tests, the machine while they ran, and each test that failed.

  test_summary.py --begin STATE                  notes the machine's counters in the file STATE
  test_summary.py --end STATE JUNIT FAILED       reads ctest's JUnit file; writes the output of failed tests into FAILED/
  test_summary.py --self-test
"""
import json
import os
import pathlib
import re
import sys
import tempfile
import time
import xml.etree.ElementTree as xml

SLOWEST = 10
LAST_LINES = 15
BUSY = 0.2  # more of the time than this with a process waiting for a core: the machine was busy
# A test that uses two cores waits for one now and then on an idle machine, too: see machine_in_words().


def counters(proc=pathlib.Path("/proc")):
    """Seconds since the boot: of stalls by kind, of the cores by state. Empty where the kernel does not say."""
    now = {"at": time.time()}
    for kind in ("cpu", "io", "memory"):
        try:
            some = (proc / "pressure" / kind).read_text().splitlines()[0]
            now[f"{kind}_pressure"] = int(some.rsplit("total=", 1)[1]) / 1e6
        except (OSError, IndexError, ValueError):
            pass
    ticks = [int(n) / os.sysconf("SC_CLK_TCK") for n in (proc / "stat").read_text().splitlines()[0].split()[1:]]
    now.update(cores=sum(ticks[:8]), idle=ticks[3] + ticks[4], stolen=ticks[7])
    now["load"] = [float(n) for n in (proc / "loadavg").read_text().split()[:3]]
    return now


def machine_in_words(begin, end):
    seconds, cores = max(end["at"] - begin["at"], 0.001), max(end["cores"] - begin["cores"], 0.001)
    stolen, used = (end["stolen"] - begin["stolen"]) / cores, 1 - (end["idle"] - begin["idle"]) / cores
    waited = {k: (end[f"{k}_pressure"] - begin[f"{k}_pressure"]) / seconds
              for k in ("cpu", "io", "memory") if f"{k}_pressure" in begin and f"{k}_pressure" in end}
    told = [f"cores {used:.0%} in use, {stolen:.0%} stolen by the host"]
    told += [f"something waited for {'a core' if k == 'cpu' else k} {share:.0%} of the time" for k, share in waited.items()]
    told.append("load " + " ".join(f"{n:.1f}" for n in end["load"]))
    busy = used > 0.9 or stolen > 0.1 or waited.get("io", 0) > 0.5 or waited.get("memory", 0) > BUSY
    verdict = ("The machine was BUSY while tests ran: times say nothing about the code." if busy
               else "The machine was not busy while tests ran: what is red is not the machine's doing.")
    return ["machine: " + "; ".join(told), verdict]


def tests_in(junit):
    """(name, seconds, status, output) of each test that ran; status is "pass", "fail" or "timeout"."""
    for case in xml.parse(junit).getroot().iter("testcase"):
        output = case.findtext("system-out") or ""
        failure = case.find("failure")
        if case.get("status") == "disabled" or case.find("skipped") is not None:
            continue
        status = "pass"
        if failure is not None or case.get("status") == "fail":
            message = (failure.get("message") if failure is not None else "") or ""
            status = "timeout" if "timeout" in message.lower() else "fail"
        yield case.get("name"), float(case.get("time") or 0), status, output


def summary(tests, folder):
    lines = ["slowest tests:"]
    for name, seconds, _, _ in sorted(tests, key=lambda t: -t[1])[:SLOWEST]:
        lines.append(f"  {seconds:8.1f} s  {name}")
    for name, seconds, status, output in tests:
        if status == "pass":
            continue
        folder.mkdir(parents=True, exist_ok=True)
        log = folder / (re.sub(r"[^A-Za-z0-9_.-]+", "_", name)[:120] + ".log")
        log.write_text(output)
        how = f"stopped at its time limit after {seconds:.0f} s" if status == "timeout" else f"failed after {seconds:.1f} s"
        lines += ["", f"{name}: {how}. All that it printed: {log}. Its last lines:"]
        lines += ["    " + line for line in output.rstrip().splitlines()[-LAST_LINES:]]
    return lines


def self_test():
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        (folder / "ctest.xml").write_text(
            '<testsuite><testcase name="A.Quick" time="0.1" status="run"><system-out>fine</system-out></testcase>'
            '<testcase name="B.Red/x" time="2" status="fail"><failure message=""/><system-out>one\ntwo\nwanted 1, got 2'
            '</system-out></testcase><testcase name="C.Hangs" time="60" status="fail"><failure message="Timeout"/>'
            '<system-out>waiting</system-out></testcase></testsuite>')
        said = "\n".join(summary(list(tests_in(folder / "ctest.xml")), folder / "failed"))
        assert said.index("60.0 s  C.Hangs") < said.index("2.0 s  B.Red/x") < said.index("0.1 s  A.Quick"), said
        assert "B.Red/x: failed after 2.0 s" in said and "    wanted 1, got 2" in said, said
        assert "C.Hangs: stopped at its time limit after 60 s" in said and "A.Quick: " not in said, said
        assert (folder / "failed/B.Red_x.log").read_text() == "one\ntwo\nwanted 1, got 2"
        begin = {"at": 0, "cores": 0, "idle": 0, "stolen": 0, "cpu_pressure": 0, "io_pressure": 0, "load": [0, 0, 0]}
        quiet = {**begin, "at": 100, "cores": 200, "idle": 120, "cpu_pressure": 10, "load": [1, 1, 1]}
        assert "was not busy" in machine_in_words(begin, quiet)[1]
        assert "was BUSY" in machine_in_words(begin, {**quiet, "idle": 4, "cpu_pressure": 95})[1]
        assert "was BUSY" in machine_in_words(begin, {**quiet, "stolen": 40})[1]
        assert "was BUSY" in machine_in_words(begin, {**quiet, "io_pressure": 70})[1]
    print("self-test: passed")


def main(arguments):
    if arguments[:1] == ["--self-test"]:
        self_test()
    elif arguments[:1] == ["--begin"] and len(arguments) == 2:
        state = pathlib.Path(arguments[1])
        state.parent.mkdir(parents=True, exist_ok=True)
        state.write_text(json.dumps(counters()))
    elif arguments[:1] == ["--end"] and len(arguments) == 4:
        print(*machine_in_words(json.loads(pathlib.Path(arguments[1]).read_text()), counters()), sep="\n")
        if pathlib.Path(arguments[2]).exists():
            print(*summary(list(tests_in(arguments[2])), pathlib.Path(arguments[3])), sep="\n")
    else:
        print(__doc__, file=sys.stderr)
        return 64
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
