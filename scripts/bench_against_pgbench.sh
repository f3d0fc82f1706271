#!/bin/bash
# Compares our driver with pgbench: the same statements (select-only and TPC-B-like, prepared) on the same tables of one
# PostgreSQL, 1 and 4 connections, over the container's own loopback, client on one core, server on another, in turns.
#
#   scripts/bench_against_pgbench.sh [--seconds N] [--rounds N]
#
# --seconds N  how long either side works in a round (default 4)
# --rounds N   rounds; who begins changes from round to round (default 8, at least 2)
#
# Prints a table of transactions per second and CPU time of the client per transaction, as ratios ours/pgbench with
# 95 % intervals over the rounds. Needs root, two cores, nsenter and pgbench. ROOTSEAL_BIN: the folder of our programs
# (default build/release/bin). Exit status: 0 measured; 3 something is missing or failed; 64 wrong usage.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

programs=${ROOTSEAL_BIN:-$root_dir/build/release/bin}
label=dev.rootseal.bench=$$
work_dir=''
container=''

clean_up() {
    if [[ -n $container ]]; then
        docker rm --force --volumes "$container" >/dev/null || say "-- bench: $container: could not be removed; docker rm -fv it"
    fi
    if [[ -n $work_dir ]]; then
        rm -rf "$work_dir"
    fi
}

whole_number() {
    [[ ${2:-} =~ ^[1-9][0-9]{0,4}$ ]] || die 64 "bench: $1: '${2:-}' is not a whole number; see --help"
    printf '%s' "$2"
}

need() {
    local program
    for program in docker nsenter taskset python3 pgbench; do
        command -v "$program" >/dev/null || die 3 "bench: $program is missing; install it (pgbench: postgresql-contrib)"
    done
    [[ $(id -u) == 0 ]] || die 3 "bench: entering the container's network: not root; run it as root"
    (($(nproc) >= 2)) || die 3 "bench: placement: one core only; client and server need one each"
    [[ -x $programs/rootseal-workloads ]] ||
        die 3 "bench: $programs/rootseal-workloads is missing; run scripts/build.sh release rootseal-workloads"
}

start_server() {
    local image=$1 tries=0
    openssl rand -hex 16 2>/dev/null >"$work_dir/password" || od -An -N16 -tx1 /dev/urandom | tr -d ' ' >"$work_dir/password"
    chmod 0644 "$work_dir/password" # read by the server's user; the folder around it is ours alone
    container=$(docker run --detach --label "$label" --cpuset-cpus 1 --shm-size 256m \
        --env POSTGRES_USER=rootseal --env POSTGRES_DB=rootseal --env POSTGRES_PASSWORD_FILE=/run/secrets/password \
        --volume "$work_dir/password:/run/secrets/password:ro" "$image")
    until docker exec "$container" pg_isready --quiet --host 127.0.0.1 --username rootseal; do
        ((++tries < 150)) || die 3 "bench: $image: not ready after 30 s: $(docker logs --tail 1 "$container" 2>&1)"
        sleep 0.2
    done
}

write_context() {
    local image=$1
    cat >"$work_dir/context.json" <<CONTEXT
{"run": "20000101T000000Z-000000", "suite": "performance", "size": "default", "seed": 1, "launch": 1,
 "work_dir": "$work_dir", "client_cpus": [0], "server_cpus": [1], "prepared": true, "transport": "netns",
 "profiles": [],
 "stacks": [{"id": "postgres/bench", "service": "postgres", "version": "", "profile": "bench", "role": "control",
  "project": "bench", "container": "$container", "image": "$image", "port": 5432, "user": "rootseal",
  "database": "rootseal", "password_file": "$work_dir/password", "claims": {}, "writable": [], "logs": "console"}]}
CONTEXT
    (umask 077 && printf '127.0.0.1:5432:rootseal:rootseal:%s\n' "$(<"$work_dir/password")" >"$work_dir/pgpass")
}

main() {
    local seconds=4 rounds=8 image
    while (($#)); do
        case $1 in
            --help | -h) usage && return ;;
            --seconds) seconds=$(whole_number "$@") && shift ;;
            --rounds) rounds=$(whole_number "$@") && shift ;;
            *) die 64 "bench: unknown option '$1'; see scripts/bench_against_pgbench.sh --help" ;;
        esac
        shift
    done
    ((rounds >= 2)) || die 64 "bench: --rounds: an interval needs at least 2"
    need
    work_dir=$(mktemp -d)
    trap clean_up EXIT
    trap 'exit 130' INT TERM
    image=$("$root_dir/scripts/images.sh" postgres | awk '{ print $3 }')
    [[ -n $image ]] || die 3 "bench: no image of postgres; run scripts/images.sh postgres"
    say "-- bench: starting $image"
    start_server "$image"
    write_context "$image"
    "$programs/rootseal-workloads" --context "$work_dir/context.json" --prepare --workload tpcb_like ||
        die 3 "bench: tables of pgbench: could not be made; the message is above"
    python3 "$root_dir/scripts/pgbench_rounds.py" --programs "$programs" --work-dir "$work_dir" \
        --pid "$(docker inspect --format '{{.State.Pid}}' "$container")" --seconds "$seconds" --rounds "$rounds" ||
        die 3 "bench: measuring: failed; the message is above"
}

main "$@"
