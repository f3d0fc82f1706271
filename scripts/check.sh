#!/bin/bash
# Checks the form of the code: clang-format, the layers of harness/, shellcheck, and clang-tidy when asked.
#
#   scripts/check.sh [--fix] [--tidy]
#
# --fix   let clang-format change the files
# --tidy  run clang-tidy too, which takes minutes and needs a configured build
#
# Exit status: 0; 1 something was found; 3 a tool is missing; 64 wrong usage.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

need() {
    command -v "$1" >/dev/null || die 3 "check: $1 is missing; run scripts/setup.sh $2"
}

sources() { git ls-files -z -- '*.cpp' '*.hpp'; }
scripts() { git ls-files -z -- '*.sh' scripts/rootseal .ci/run; }

check_format() { sources | xargs -0 -r clang-format-14 --dry-run --Werror; }
fix_format() { sources | xargs -0 -r clang-format-14 -i; }
check_layers() { python3 scripts/check_layers.py; }
check_scripts() { scripts | xargs -0 -r shellcheck -x; }
check_tidy() {
    git ls-files -z -- '*.cpp' | xargs -0 -r -n 4 -P "$(nproc)" clang-tidy-14 -p build/release --quiet --warnings-as-errors='*'
}

main() {
    local option format=check tidy=no status=0
    for option in "$@"; do
        case $option in
            --help | -h) usage && return ;;
            --fix) format=fix ;;
            --tidy) tidy=yes ;;
            *) die 64 "check: unknown option '$option'; see scripts/check.sh --help" ;;
        esac
    done
    cd "$root_dir"
    need clang-format-14 --check
    timed check-format.log "check: format" "${format}_format" || status=1
    timed check-layers.log "check: layers" check_layers || status=1
    if command -v shellcheck >/dev/null; then
        timed check-scripts.log "check: shell scripts" check_scripts || status=1
    else
        say "-- check: shell scripts: skipped, shellcheck is missing; run scripts/setup.sh --check"
    fi
    if [[ $tidy == yes ]]; then
        need clang-tidy-14 --tidy
        [[ -f build/release/compile_commands.json ]] || timed check-configure.log "check: configuring" cmake --preset release
        timed check-tidy.log "check: clang-tidy" check_tidy || status=1
    fi
    return "$status"
}

main "$@"
