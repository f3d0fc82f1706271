#!/bin/bash
# Proves the method of the performance suite on this machine: that equal servers are found equal, that slowdowns put in
# on purpose are found and read right, and that both hold beside a busy neighbour. Takes hours in full.
#
#   scripts/prove_measuring.sh [--short] [--service NAME] [--launches N] [--busy yes|no|both] [--write FILE]
#
#   --short          15 comparisons of equal sides and 10 of each planted size, instead of 100 and 20
#   --service NAME   only this one; may be repeated
#   --launches N     of every comparison (default 8)
#   --busy WHEN      beside a busy neighbour, alone, or one after the other (default: both)
#   --write FILE     puts the table there as well, as Markdown (results/reference/measuring.md is one)
#
# Exit status: 0 everything is within its bound; 1 something is not; 3 it did not come to that; 64 wrong usage.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

main() {
    if [[ ${1:-} == --help || ${1:-} == -h ]]; then
        usage
        return
    fi
    "$root_dir/scripts/setup.sh"
    "$root_dir/scripts/images.sh" >&2
    "$root_dir/scripts/build.sh" release rootseal_programs
    exec python3 "$root_dir/scripts/prove_measuring.py" "$@"
}

main "$@"
