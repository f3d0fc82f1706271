#!/bin/bash
# Configures and builds.
#
#   scripts/build.sh [PRESET [TARGET...]]     default: release, everything
#
# Exit status: that of the build.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# ccache finds again what another clone of the project compiled, wherever that one lies.
export CCACHE_BASEDIR=$root_dir CCACHE_NOHASHDIR=1

main() {
    local preset=${1:-release}
    local folder=$root_dir/build/$preset
    cd "$root_dir"
    case $preset in
        --help | -h) usage && return ;;
        -*) die 64 "build: unknown option '$preset'; see scripts/build.sh --help" ;;
    esac
    if [[ ! -f $folder/build.ninja ]]; then
        timed "configure-$preset.log" "build: $preset: configuring" cmake --preset "$preset"
    fi
    shift $(($# > 0))
    timed "build-$preset.log" "build: $preset: ${*:-everything}" cmake --build "$folder" ${1:+--target "$@"}
}

main "$@"
