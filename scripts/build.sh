#!/bin/bash
# Configures and builds.
#
#   scripts/build.sh [PRESET [TARGET...]]     default: release, everything
#   scripts/build.sh --configure [PRESET]     only configures, where that has not been done
#
# Exit status: that of the build.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# ccache finds again what another clone of the project compiled, wherever that one lies.
export CCACHE_BASEDIR=$root_dir CCACHE_NOHASHDIR=1

main() {
    local preset folder build=yes
    case ${1:-} in
        --help | -h) usage && return ;;
        --configure) build=no && shift ;;
        -*) die 64 "build: unknown option '$1'; see scripts/build.sh --help" ;;
    esac
    preset=${1:-release}
    folder=$root_dir/build/$preset
    cd "$root_dir"
    if [[ ! -f $folder/build.ninja ]]; then
        timed "configure-$preset.log" "build: $preset: configuring" cmake --preset "$preset"
    fi
    [[ $build == yes ]] || return 0
    shift $(($# > 0))
    timed "build-$preset.log" "build: $preset: ${*:-everything}" cmake --build "$folder" ${1:+--target "$@"}
}

main "$@"
