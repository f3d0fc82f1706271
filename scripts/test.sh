#!/bin/bash
# Runs the tests. What they need is installed, built and started first.
#
#   scripts/test.sh [unit|integration|measuring|all]      default: all
#
# unit         needs no engine
# integration  needs an engine and the images
# measuring    integration tests whose verdicts need a machine that does nothing else; no part of all
# all          scripts/check.sh, unit and integration
#
# Exit status: that of ctest; 1 when only scripts/check.sh found something; 3 when it does not come to that.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

prepare() {
    "$root_dir/scripts/setup.sh" "$@"
    if [[ $* != *--no-engine* ]]; then
        "$root_dir/scripts/images.sh" >&2
        # Both versions of Compose are tried; the second comes as a plug-in that only the tests see.
        "$root_dir/scripts/setup.sh" --compose-v2 >/dev/null ||
            say "-- test: compose: version 2 cannot be had here; its tests will be skipped"
    fi
    "$root_dir/scripts/build.sh" release ||
        die 3 "build: release: failed; the messages are above and in $logs_dir"
}

# Tests that use the engine are marked as serial where they are declared, so that -j2 concerns the others.
run_ctest() {
    ctest --test-dir "$root_dir/build/release" --output-on-failure --no-tests=error -j2 "$@"
}

main() {
    local check_status=0
    (($# <= 1)) || die 64 "test: one argument at most; see scripts/test.sh --help"
    case ${1:-all} in
        --help | -h) usage ;;
        unit)
            prepare --test --no-engine
            run_ctest -L '^unit$'
            ;;
        integration | measuring)
            prepare --test
            run_ctest -L "^$1\$"
            ;;
        all)
            prepare --test --check
            "$root_dir/scripts/check.sh" >&2 || check_status=1
            run_ctest -LE '^measuring$'
            return "$check_status"
            ;;
        *) die 64 "test: unknown argument '$1'; it is unit, integration, measuring or all" ;;
    esac
}

main "$@"
