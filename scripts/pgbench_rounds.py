"""The rounds of bench_against_pgbench.sh: our driver and pgbench in turns, and the table of ratios.

The server stands and has its tables. Intervals: Student's t on the logarithms of the rounds' ratios. What a client
spends on starting and connecting is no part of a transaction: rootseal-workloads does not count it, and of pgbench
the CPU time of runs of one transaction (the median of three) is taken off.
"""
import argparse
import json
import math
import os
import re
import resource
import statistics
import struct
import subprocess
import sys

# 97.5 % points of Student's t by degrees of freedom; beyond the last, the normal distribution's would be too narrow
# by at most 4 %, so the last stays.
STUDENT = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
           2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042]
# Name, our workload, pgbench's script, connections, pgbench's threads.
CASES = [("select, 1 connection", "pgbench_select", "select-only", 1, 1),
         ("select, 4 connections", "pgbench_select", "select-only", 4, 4),
         ("select, 4, pgbench -j 1", "pgbench_select", "select-only", 4, 1),
         ("TPC-B-like, 1 connection", "tpcb_like", "tpcb-like", 1, 1),
         ("TPC-B-like, 4 connections", "tpcb_like", "tpcb-like", 4, 4),
         ("TPC-B-like, 4, pgbench -j 1", "tpcb_like", "tpcb-like", 4, 1)]


def run(command, environment=None):
    """Output, and CPU seconds of the program."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, env={**os.environ, **(environment or {})}, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, universal_newlines=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        sys.exit("bench: %s: exit code %d: %s" % (os.path.basename(command[0]), done.returncode, done.stderr.strip()))
    return done.stdout, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def ours(options, case):
    text, _ = run([options.programs + "/rootseal-workloads", "--context", options.work_dir + "/context.json",
                   "--workload", case[1], "--solo", str(options.seconds), "--connections", str(case[3])])
    values = json.loads(text)
    return values["operations"] / values["seconds"], values["client_cpu"] / values["operations"]


def pgbench(options, case, how_long):
    command = ["nsenter", "--target", str(options.pid), "--net", "taskset", "--cpu-list", "0", "pgbench",
               "--no-vacuum", "--protocol=prepared", "--builtin=" + case[2], "--client=%d" % case[3],
               "--jobs=%d" % case[4], "--host=127.0.0.1", "--username=rootseal"] + how_long + ["rootseal"]
    text, cpu = run(command, {"PGPASSFILE": options.work_dir + "/pgpass"})
    done = int(re.search(r"^number of transactions actually processed: (\d+)", text, re.M).group(1))
    rate = float(re.search(r"^tps = ([\d.]+)", text, re.M).group(1))
    failed = re.search(r"^number of failed transactions: (\d+)", text, re.M)
    if failed and failed.group(1) != "0":
        sys.exit("bench: pgbench: %s transactions failed" % failed.group(1))
    return rate, done, cpu


def theirs(options, case, start):
    rate, done, cpu = pgbench(options, case, ["--time=%d" % options.seconds])
    if done <= case[3] or cpu <= start:
        sys.exit("bench: %s: pgbench did %d transactions in %d s and %.3f s of CPU, of which starting takes %.3f s: "
                 "the machine is too busy; wait, or give more --seconds" % (case[0], done, options.seconds, cpu, start))
    return rate, (cpu - start) / (done - case[3])


def interval(ratios):
    logs = [math.log(ratio) for ratio in ratios]
    half = STUDENT[min(len(logs) - 1, len(STUDENT)) - 1] * statistics.stdev(logs) / math.sqrt(len(logs))
    middle = statistics.mean(logs)
    return "%.3f (%.3f to %.3f)" % tuple(math.exp(x) for x in (middle, middle - half, middle + half))


def measure(options, case):
    rates, costs = [], []
    start = statistics.median(pgbench(options, case, ["--transactions=1"])[2] for _ in range(3))
    for number in range(options.rounds):
        if number % 2 == 0:
            mine, other = ours(options, case), theirs(options, case, start)
        else:
            other, mine = theirs(options, case, start), ours(options, case)
        rates.append((mine[0], other[0]))
        costs.append((mine[1], other[1]))
        print("-- bench: %s: round %d of %d: %.0f against %.0f per second, %.1f against %.1f us of CPU" %
              (case[0], number + 1, options.rounds, *rates[-1], mine[1] * 1e6, other[1] * 1e6), file=sys.stderr)
    middle = [statistics.median(column) for column in (*zip(*rates), *zip(*costs))]
    print("| %s | %.0f | %.0f | %s | %.1f | %.1f | %s |" %
          (case[0], middle[0], middle[1], interval([a / b for a, b in rates]), middle[2] * 1e6, middle[3] * 1e6,
           interval([a / b for a, b in costs])), flush=True)


def keep_cores_awake():
    """What rootseal-workloads does while it measures, for pgbench's turns as well; the file has to stay open."""
    try:
        device = open("/dev/cpu_dma_latency", "wb", buffering=0)
        device.write(struct.pack("i", 0))
        return device
    except OSError as error:
        print("bench: cores may go to sleep: %s" % error, file=sys.stderr)
        return None


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", required=True)
    parser.add_argument("--work-dir", required=True)
    parser.add_argument("--pid", type=int, required=True)
    parser.add_argument("--seconds", type=int, required=True)
    parser.add_argument("--rounds", type=int, required=True)
    options = parser.parse_args()
    awake = keep_cores_awake()  # noqa: F841
    print("| statements | ours, 1/s | pgbench, 1/s | ratio (95 %) | ours, us CPU | pgbench, us CPU | ratio (95 %) |")
    print("|---|---|---|---|---|---|---|", flush=True)
    for case in CASES:
        measure(options, case)


if __name__ == "__main__":
    main()
