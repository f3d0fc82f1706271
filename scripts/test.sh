#!/bin/bash
# Runs the tests. What they need is installed, built and started first.
#
#   scripts/test.sh [--busy N] [unit|integration|measuring|all]      default: all
#
# unit         needs no engine
# integration  needs an engine and the images
# measuring    verdicts on measured speed: needs an otherwise idle machine, for a nightly job; not part of all
# all          scripts/check.sh, then unit and integration
# --busy N     keeps N loops running beside it, to try the tests on a slow machine
#
# Says at the end how long each phase took, which tests took longest, how busy the machine was, and for each test that
# failed its last lines and where the rest is (build/logs/).
# Exit status: that of ctest; 1 when only scripts/check.sh found something; 3 could not run.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
unset ROOTSEAL_HOME # what is tested is this folder
phases=()

# phase NAME COMMAND...: runs it and notes how long it took. Returns the command's status.
phase() {
    local name=$1 begin status=0
    shift
    begin=$(now)
    "$@" || status=$?
    phases+=("$name $(since "$begin")")
    return "$status"
}

images() {
    "$root_dir/scripts/images.sh" >&2
    # Both versions of Compose are tried; the second comes as a plug-in that only the tests see.
    "$root_dir/scripts/setup.sh" --compose-v2 >/dev/null ||
        say "-- test: compose: version 2 cannot be had here; its tests will be skipped"
}

prepare() {
    phase packages "$root_dir/scripts/setup.sh" "$@"
    if [[ $* != *--no-engine* ]]; then
        phase images images
    fi
    phase configure "$root_dir/scripts/build.sh" --configure release || die 3 "build: release: could not be configured"
    phase build "$root_dir/scripts/build.sh" release ||
        die 3 "build: release: failed; the messages are above and in $logs_dir"
}

# Tests that use the engine are marked as serial where they are declared, so that -j2 concerns the others.
run_ctest() {
    local status=0
    rm -rf "$logs_dir/failed"
    python3 "$root_dir/scripts/test_summary.py" --begin "$logs_dir/machine.json"
    phase tests ctest --test-dir "$root_dir/build/release" --output-on-failure --no-tests=error -j2 \
        --output-junit "$logs_dir/ctest.xml" "$@" || status=$?
    printf '\nphases:\n'
    printf '  %s\n' "${phases[@]}"
    python3 "$root_dir/scripts/test_summary.py" --end "$logs_dir/machine.json" "$logs_dir/ctest.xml" "$logs_dir/failed"
    return "$status"
}

main() {
    local check_status=0 status=0 what=all
    while (($#)); do
        case $1 in
            --help | -h) usage && return ;;
            --busy)
                [[ ${2:-} =~ ^[0-9]+$ ]] || die 64 "test: --busy takes a number of loops, not '${2:-}'"
                start_busy_loops "$2"
                shift
                ;;
            unit | integration | measuring | all) what=$1 ;;
            *) die 64 "test: unknown argument '$1'; see scripts/test.sh --help" ;;
        esac
        shift
    done
    case $what in
        unit)
            prepare --test --no-engine
            run_ctest -L '^unit$'
            ;;
        integration | measuring)
            prepare --test
            run_ctest -L "^$what\$"
            ;;
        all)
            prepare --test --check
            phase check "$root_dir/scripts/check.sh" >&2 || check_status=1
            run_ctest -LE '^measuring$' || status=$?
            ((status == 0)) || return "$status"
            ((check_status == 0)) || say "test: all tests passed, but scripts/check.sh found something: see above"
            return "$check_status"
            ;;
    esac
}

main "$@"
