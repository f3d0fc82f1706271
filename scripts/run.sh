#!/bin/bash
# From a fresh clone to a verdict: installs what is missing, gets the images, builds, and runs `rootseal run`.
#
#   scripts/run.sh [--prepare] [arguments of rootseal run]
#
# --prepare  stop before `rootseal run`; must come first
#
# Exit status: that of `rootseal run`; 3 when it does not come to that.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Which images the arguments call for: of the services asked for, or of all; not where --image names another.
# A name that we do not know is left to the program, which has the better message.
wanted_images() {
    local option value='' service
    local -a asked=() given=()
    while (($#)); do
        option=${1%%=*}
        case $1 in
            --service=* | --image=*) value=${1#*=} ;;
            --service | --image) value=${2:-} && shift ;;
            *) option='' ;;
        esac
        case $option in
            --service) asked+=("${value//,/ }") ;;
            --image) given+=("${value%%=*}") ;;
        esac
        shift
    done
    for service in "$root_dir"/fixtures/*/image; do
        service=$(basename "$(dirname "$service")")
        if [[ (${#asked[@]} == 0 || " ${asked[*]:-} " == *" $service "*) && " ${given[*]:-} " != *" $service "* ]]; then
            printf '%s\n' "$service"
        fi
    done
}

# Without installing or building anything: the options are in the README, word for word (a test holds it to that).
help() {
    usage
    # shellcheck disable=SC2016 # backquotes of Markdown
    sed -n '/^Usage: rootseal run /,/^```/ { /^```/!p }' "$root_dir/README.md"
}

main() {
    local images argument run=yes
    for argument in "$@"; do
        if [[ $argument == --help || $argument == -h ]]; then
            help
            return
        fi
    done
    if [[ ${1:-} == --prepare ]]; then
        run=no
        shift
    fi
    "$root_dir/scripts/setup.sh"
    images=$(wanted_images "$@")
    if [[ -n $images ]]; then
        # shellcheck disable=SC2086 # one word for each service
        "$root_dir/scripts/images.sh" $images >&2 ||
            say "-- run: images: not built here; going on: the official ones may be had from a registry"
    fi
    "$root_dir/scripts/build.sh" release rootseal_programs ||
        die 3 "build: release: failed; the messages are above and in $logs_dir"
    if [[ $run == yes ]]; then
        exec "$root_dir/build/release/bin/rootseal" run "$@"
    fi
}

main "$@"
