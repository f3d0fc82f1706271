# shellcheck shell=bash
# What the scripts share; to be sourced. Progress and messages go to stderr, results to stdout.

root_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
logs_dir=$root_dir/build/logs

say() { printf '%s\n' "$*" >&2; }

# die STATUS "step: subject: what went wrong; next move"
die() {
    local status=$1
    shift
    say "$(basename "$0"): $*"
    exit "$status"
}

# Seconds with one decimal since $1, a value of now().
now() { date +%s%N; }
since() {
    local tenths=$((($(now) - $1) / 100000000))
    printf '%d.%d s' $((tenths / 10)) $((tenths % 10))
}

# timed LOG "step: subject" COMMAND...: runs the command with its output in build/logs/LOG, says how long it took, and
# shows the end of the log when it fails. Returns the command's status.
timed() {
    local log=$logs_dir/$1 what=$2 begin status=0
    shift 2
    mkdir -p "$logs_dir"
    say "-- $what ..."
    begin=$(now)
    "$@" >"$log" 2>&1 || status=$?
    if ((status == 0)); then
        say "-- $what: done in $(since "$begin")"
    else
        say "-- $what: failed with status $status after $(since "$begin"); the end of $log:"
        tail -n 40 "$log" >&2
    fi
    return "$status"
}

# start_busy_loops N: processes that compute without end beside this script. Each looks for the script from time to time
# and ends with it, however that ends.
start_busy_loops() {
    local i j
    for ((i = 0; i < $1; i++)); do
        while kill -0 "$$" 2>/dev/null; do
            for ((j = 0; j < 100000; j++)); do :; done
        done </dev/null >/dev/null 2>&1 &
    done
    (($1 == 0)) || say "-- $1 busy loops compete for the cores"
}

# Prints the comment at the head of the script: its usage.
usage() { sed -n '2,/^[^#]/ { s/^# \{0,1\}//p }' "$0"; }

# The lines of a file of data, without comments and empty lines.
data_lines() { sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$@"; }

# Lines for apt: this machine's mirrors of Debian with their release replaced by the suite $1. ROOTSEAL_MIRROR, the
# URL of a mirror, replaces them.
mirrors() {
    local suite=$1 own
    if [[ -n ${ROOTSEAL_MIRROR:-} ]]; then
        printf 'deb %s %s main\n' "$ROOTSEAL_MIRROR" "$suite"
        return
    fi
    own=$(. /etc/os-release && printf '%s' "${VERSION_CODENAME:-}")
    apt-get --print-uris update 2>/dev/null |
        sed -nE "s@^'((https?|file|copy):.*)/dists/$own(-security|-updates|)/InRelease'.*@deb \1 $suite\3 main@p" | sort -u
}
