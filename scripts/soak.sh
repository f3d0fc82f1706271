#!/bin/bash
# Runs the product again and again and prints what was not green. For nightly use: it finds what fails only sometimes.
#
#   scripts/soak.sh [--runs N] [--busy N] [arguments of rootseal run]
#
# --runs N  how many runs (default 10)
# --busy N  loops that compute without end beside the runs (default 0)
#
# Prints an entry for each run: when it ends on stderr, and all of them at the end on stdout. An entry has the number of
# the run, its time, the machine's load average over the last five minutes, the exit status and the folder of the record;
# below it stands every reason why the run was not green. Failures of specimens are findings and are not listed.
# Ctrl-C ends the run under way and prints the entries so far.
#
# Exit status: 0 every run was green; 1 some run was not; 3 it could not run; 64 wrong usage; 130 stopped on request.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

work_dir=''
stopped=no

# Also prints the table, whatever ended the script.
clean_up() {
    if [[ -s $work_dir/table ]]; then
        printf '%3s  %13s  %6s  %6s  %s\n' run time load status record
        cat "$work_dir/table"
    fi
    rm -rf "$work_dir"
}

whole_number() {
    [[ ${2:-} =~ ^(0|[1-9][0-9]{0,4})$ ]] || die 64 "soak: $1: '${2:-}' is not a whole number; see scripts/soak.sh --help"
    printf '%s' "$2"
}

# one_run NUMBER [arguments of rootseal run]: adds its entry to the table.
one_run() {
    local number=$1 log=$logs_dir/soak-$1.log status=0 folder load
    shift
    "$root_dir/build/release/bin/rootseal" run "$@" >"$log" 2>&1 || status=$?
    folder=$(sed -n 's/^.* run [^ ]*: results in //p;T;q' "$log")
    if [[ -z $folder ]]; then
        tail -n 20 "$log" >&2
        ((status != 64)) || die 64 "soak: rootseal run refused the arguments; its message is above"
        die 3 "soak: run $number: status $status and no record; the end of $log is above"
    fi
    read -r _ load _ </proc/loadavg
    python3 "$root_dir/scripts/soak_rows.py" "$number" "$load" "$status" "$folder" | tee -a "$work_dir/table" >&2
    ((status == 0)) || touch "$work_dir/not-green"
    ((status != 130)) || stopped=yes
}

main() {
    local runs=10 busy=0 number
    local -a arguments=()
    while (($#)); do
        case $1 in
            --help | -h) usage && return ;;
            --runs)
                runs=$(whole_number "$@")
                shift
                ;;
            --busy)
                busy=$(whole_number "$@")
                shift
                ;;
            *) arguments+=("$1") ;;
        esac
        shift
    done
    ((runs > 0)) || die 64 "soak: --runs: at least 1"
    "$root_dir/scripts/run.sh" --prepare "${arguments[@]}"
    work_dir=$(mktemp -d)
    trap clean_up EXIT
    trap 'stopped=yes' INT TERM HUP
    start_busy_loops "$busy"
    for ((number = 1; number <= runs; number++)); do
        [[ $stopped == no ]] || break
        say "-- soak: run $number of $runs ..."
        one_run "$number" "${arguments[@]}"
    done
    [[ $stopped == no ]] || return 130
    [[ ! -e $work_dir/not-green ]]
}

main "$@"
