"""Runs the comparisons behind scripts/prove_measuring.sh and tells whether the method kept its word.

What is compared: `baseline` with its twin, and with three candidates that are made for this purpose and change
nothing, so that they are judged as a candidate is. A slowdown of another size is planted in each of them by `--plant`:
that share of its operations is done once more inside the measured time. How much slower that really is, is established
by many short stretches on one server that stands alone, with and without it in turns on the same connections: without
any alternation between servers.
"""

import argparse
import json
import math
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
PROGRAMS = PROJECT / "build/release/bin"
PLANTED = (0.02, 0.06, 0.10)
JUDGED = ("throughput", "p50")  # compared where nothing is planted
STRETCH = 0.01  # seconds
KNOWN = 0.015  # a true size that is known less well proves nothing about an interval that covers it
T_95 = {14: 2.160, 30: 2.045}  # Student, two-sided, by the number of rounds


def candidate(share):
    return f"same{round(share * 100):02}"


class Trouble(Exception):
    """The proof could not be carried out."""


def say(text):
    print(f"-- prove: {text}", file=sys.stderr, flush=True)


def call(*command, env=None, allowed=(0,)):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, check=False,
                          env={**os.environ, **(env or {})})
    if done.returncode not in allowed:
        raise Trouble(f"{' '.join(str(c) for c in command)}: exit status {done.returncode}: {done.stderr[-2000:]}")
    return done.stdout


class Home:
    """A copy of what a run reads, with a candidate for every planted size and service."""

    def __init__(self, scratch):
        self.path = scratch / "home"
        (self.path / "scenarios").mkdir(parents=True)
        shutil.copytree(PROJECT / "compose", self.path / "compose")
        (self.path / "scenarios/attacks").symlink_to(PROJECT / "scenarios/attacks")
        for name in ("scripts", "fixtures", "harness", "build"):
            (self.path / name).symlink_to(PROJECT / name)
        for base in self.path.glob("compose/*/compose.yaml"):
            text = base.read_text()
            head = text[: text.index("\nservices:")].replace("role: control", "role: candidate")
            for share in PLANTED:
                (base.parent / f"{candidate(share)}.yaml").write_text(head + "\nservices: {}\n")


class Neighbour:
    """Half of one core, in bursts of a tenth of a second, on whichever core the kernel likes."""

    CODE = ("import random,time\n"
            "while True:\n"
            "    end = time.monotonic() + random.uniform(0.02, 0.2)\n"
            "    while time.monotonic() < end: pass\n"
            "    time.sleep(random.uniform(0.02, 0.2))\n")

    def __init__(self, wanted):
        self.process = subprocess.Popen([sys.executable, "-c", self.CODE]) if wanted else None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process:
            self.process.kill()
            self.process.wait()


def workloads_of(service):
    listed = json.loads(call(PROGRAMS / "rootseal-workloads", "--list"))
    return {w["name"]: max(1, w["connections"]) for w in listed
            if w["service"] == service and w["judged"] and not w["only_when_named"]}


def run(options, home, scratch, seed, planted):
    """One run of all services; its record. `fail` is a legal outcome: it is what a planted slowdown is to end in."""
    out = scratch / f"run-{seed}"
    command = [PROGRAMS / "rootseal", "run", "--suite", "performance", "--launches", options.launches, "--seed", seed,
               "--out", out, "--workload", ",".join(w for s in options.services for w in options.workloads[s])]
    for service in options.services:
        command += ["--service", service]
    for share in PLANTED:
        command += ["--profile", candidate(share)]
        if planted:
            for service in options.services:
                command += ["--plant", f"{options.servers[service]}/{candidate(share)}={share}"]
    call(*command, env={"ROOTSEAL_HOME": str(home.path)}, allowed=(0, 1, 2))
    record = json.loads((out / "latest/run.json").read_text())
    if record["run"]["faults"] or any(c["verdict"] == "fail" for c in record["checks"]):
        raise Trouble(f"run with seed {seed}: {record['run']['faults']}, "
                      f"{[c['message'] for c in record['checks'] if c['verdict'] == 'fail']}")
    options.environment = record["environment"]
    shutil.rmtree(out)
    return record


def rows(record, side, metric):
    return [c for c in record["comparisons"]
            if c["stack"].endswith("/" + side) and c["metric"] == metric and c["ratio"] is not None]


class Solo:
    """Stretches on one server that stands alone: the true size of a planted slowdown."""

    def __init__(self, options, scratch, service):
        self.options, self.service = options, service
        printed = call(PROGRAMS / "rootseal", "up", "--service", service, "--profile", "baseline")
        lines = [word for word in printed.split() if word.endswith("context.json")]
        if not lines:
            raise Trouble(f"rootseal up printed no path of a context: {printed}")
        context = json.loads(Path(lines[0]).read_text())
        self.stack = context["stacks"][0]["id"]
        options.servers[service] = self.stack.split("/")[0]
        cpus = sorted(os.sched_getaffinity(0))
        context.update({"client_cpus": cpus[:1], "server_cpus": cpus[1:], "suite": "performance", "size": "default"})
        self.context = scratch / f"solo-{service}.json"
        self.context.write_text(json.dumps(context))
        call("docker", "update", "--cpuset-cpus", ",".join(map(str, cpus[1:])), context["stacks"][0]["container"])

    def truths(self, workload):
        """By share: (ratio, half-width) of throughput, over rounds that have a stretch of every size."""
        shares = [word for share in PLANTED for word in ("--share", share)]
        printed = call(PROGRAMS / "rootseal-workloads", "--context", self.context, "--workload", workload,
                       "--solo", STRETCH, "--connections", self.options.workloads[self.service][workload],
                       "--rounds", self.options.rounds, *shares)
        rounds = [json.loads(line) for line in printed.strip().splitlines()]
        found = {}
        for share in PLANTED:
            logs = [math.log(row[f"{share:g}"] / row["0"]) for row in rounds]
            half = T_95[len(logs)] * statistics.stdev(logs) / math.sqrt(len(logs))
            found[share] = math.exp(statistics.mean(logs)), half
        return found

    def end(self):
        call(PROGRAMS / "rootseal", "down", self.stack, allowed=(0, 1, 3))


def establish(options, scratch):
    truths = {}
    for service in options.services:
        solo = Solo(options, scratch, service)
        try:
            for workload in options.workloads[service]:
                for share, (ratio, half) in solo.truths(workload).items():
                    truths[workload, share] = ratio, half
                    say(f"{workload}: planted {share:.0%} is a ratio of {ratio:.4f} +- {half:.4f}")
        finally:
            solo.end()
    return truths


def covers(row, truth):
    """The interval covers the planted size, which is itself only known to within its own interval."""
    ratio, half = truth
    return row["ci_low"] <= ratio * math.exp(half) and row["ci_high"] >= ratio * math.exp(-half)


def prove(options, home, scratch, truths, busy):
    """Rows of the table: (what, found, of, bound text, holds)."""
    wanted = {"equal": 15, "planted": 10} if options.short else {"equal": 100, "planted": 20}
    equal, planted, seed = [], {share: [] for share in PLANTED}, 1000 + 500 * busy
    with Neighbour(busy):
        while len(planted[PLANTED[0]]) < wanted["planted"] or len(equal) < wanted["equal"]:
            plant = len(planted[PLANTED[0]]) < wanted["planted"]
            seed += 1
            record = run(options, home, scratch, seed, plant)
            for metric in JUDGED:
                equal += rows(record, "baseline-twin", metric)
            for share in PLANTED:
                if plant:
                    planted[share] += rows(record, candidate(share), "throughput")
                else:
                    for metric in JUDGED:
                        equal += rows(record, candidate(share), metric)
            say(f"{'busy' if busy else 'alone'}: {len(equal)} equal, "
                f"{', '.join(f'{len(planted[s])} at {s:.0%}' for s in PLANTED)}")
    return tally(equal, planted, truths), half_widths(equal), missed_sizes(planted, truths)


def missed_sizes(planted, truths):
    """A line for every planted size that its interval does not cover, and for every one that did not fail."""
    lines = []
    for share, found in planted.items():
        for row in found:
            ratio, half = truths[row["workload"], share]
            interval = f"{row['ci_low']:.4f} to {row['ci_high']:.4f}"
            if not covers(row, (ratio, half)):
                lines.append(f"- {row['workload']}, {share:.0%} planted: measured {row['ratio']:.4f} ({interval}), "
                             f"is {ratio:.4f} ± {half:.4f}")
            if share >= 0.06 and row["verdict"] != "fail":
                lines.append(f"- {row['workload']}, {share:.0%} planted: {row['verdict']}, {row['ratio']:.4f} ({interval})")
    return lines


def half_widths(equal):
    """Lines of a table: the half-width of every workload's intervals where nothing is planted, worst of each."""
    widths = {}
    for row in equal:
        half = math.log(row["ci_high"] / row["ci_low"]) / 2
        widths.setdefault(row["workload"], {}).setdefault(row["metric"], []).append(half)
    lines = ["| workload | " + " | ".join(f"{m}: half-width, median and largest" for m in JUDGED) + " |",
             "|---|" + "---|" * len(JUDGED)]
    for workload, by_metric in sorted(widths.items()):
        cells = [f"{statistics.median(by_metric[m]):.2%}, {max(by_metric[m]):.2%}" if by_metric.get(m) else "-"
                 for m in JUDGED]
        lines.append(f"| {workload} | " + " | ".join(cells) + " |")
    return lines


def tally(equal, planted, truths):
    missed = [c for c in equal if not c["ci_low"] <= 1 <= c["ci_high"]]
    failed = [c for c in equal if c["verdict"] == "fail"]
    table = [("equal sides: intervals that miss 1.0", len(missed), len(equal), "at most 10 %",
              len(missed) * 10 <= len(equal)),
             ("equal sides: verdict fail", len(failed), len(equal), "none", not failed)]
    known = [half for _, half in truths.values() if half <= KNOWN]
    table.append((f"planted sizes that the stretches tell to within {KNOWN:.1%}", len(known), len(truths), "all",
                  len(known) == len(truths)))
    for share, found in planted.items():
        hit = [c for c in found if covers(c, truths[c["workload"], share])]
        table.append((f"{share:.0%} planted: intervals that cover its true size", len(hit), len(found), "17 of 20",
                      len(hit) * 20 >= 17 * len(found)))
        if share >= 0.06:
            seen = [c for c in found if c["verdict"] == "fail"]
            table.append((f"{share:.0%} planted: verdict fail", len(seen), len(found), "19 of 20",
                          len(seen) * 20 >= 19 * len(found)))
    widths = sorted((math.log(c["ci_high"] / c["ci_low"]) / 2 for c in equal))
    table.append(("equal sides: median half-width of the interval", f"{widths[len(widths) // 2]:.2%}", len(equal), "",
                  True))
    return table


def processor():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def markdown(options, truths, tables, began):
    e = options.environment
    lines = ["# What proves the measuring", "",
             "Made by `scripts/prove_measuring.sh" + "".join(" " + a for a in options.argv) + "` on "
             f"{time.strftime('%Y-%m-%d', time.gmtime(began))} in {(time.time() - began) / 60:.0f} minutes.", "",
             f"Machine: {processor()}, {e['cpus']} CPUs, {e['memory'] / 2**30:.0f} GiB, kernel {e['kernel']}, Docker "
             f"{e['docker']}, {e['storage_driver']}, cgroup {e['cgroup']}. {options.launches} launches a comparison, "
             "epochs of the default size; throughput at 4 connections, margin 3 %.", "",
             "A share of the operations is done twice on one side; what that really costs is established by stretches "
             f"of {STRETCH} s on one server alone, {options.rounds} rounds of 40 stretches of each size, in turns:", "",
             "| workload | " + " | ".join(f"{s:.0%} planted" for s in PLANTED) + " |",
             "|---|" + "---|" * len(PLANTED)]
    for workload in sorted({w for w, _ in truths}):
        lines.append(f"| {workload} | " + " | ".join(
            f"{truths[workload, s][0]:.4f} ± {truths[workload, s][1]:.4f}" for s in PLANTED) + " |")
    for title, (table, widths, missed) in tables:
        lines += ["", f"## {title}", "", "| what | found | of | bound | holds |", "|---|---|---|---|---|"]
        lines += [f"| {what} | {found} | {of} | {bound} | {'yes' if holds else '**no**'} |"
                  for what, found, of, bound, holds in table]
        lines += ["", *widths]
        lines += ["", "Not covered, or not a `fail`:", "", *missed] if missed else []
    return "\n".join(lines) + "\n"


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--service", action="append", dest="services")
    parser.add_argument("--launches", type=int, default=8)
    parser.add_argument("--busy", choices=("yes", "no", "both"), default="both")
    parser.add_argument("--write", type=Path)
    options = parser.parse_args()
    options.argv = sys.argv[1:]
    options.rounds = 14 if options.short else 30
    listed = json.loads(call(PROGRAMS / "rootseal-workloads", "--list"))
    known = {row["service"] for row in listed if row["service"]}
    options.services = options.services or sorted(known)
    options.servers = {}  # service -> "postgres-15", once it has been up
    for service in options.services:
        if service not in known:
            parser.error(f"service {service}: unknown; there are: {', '.join(sorted(known))}")
    options.workloads = {service: workloads_of(service) for service in options.services}
    return options


def main():
    options = arguments()
    began = time.time()
    scratch = Path(tempfile.mkdtemp(prefix="rootseal-prove-"))
    try:
        home = Home(scratch)
        truths = establish(options, scratch)
        tables = []
        for busy in {"no": (False,), "yes": (True,), "both": (False, True)}[options.busy]:
            title = "Beside a busy neighbour" if busy else "Alone on the machine"
            tables.append((title, prove(options, home, scratch, truths, busy)))
        text = markdown(options, truths, tables, began)
    except Trouble as trouble:
        say(str(trouble))
        return 3
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    print(text)
    if options.write:
        options.write.write_text(text)
    return 0 if all(row[4] for _, (table, _, _) in tables for row in table) else 1


if __name__ == "__main__":
    sys.exit(main())
