#!/bin/bash
# Makes a machine with Debian 12 fit for rootseal: installs what is missing, starts the Docker engine where nothing
# else does. What is there already is left alone; a second call finds nothing to do.
#
#   scripts/setup.sh                what scripts/run.sh needs
#   scripts/setup.sh --no-engine    only what building and the unit tests need
#   scripts/setup.sh --engine-only  only Docker, Compose and what the images are built with
#   scripts/setup.sh --test         what the tests need, besides
#   scripts/setup.sh --check        what scripts/check.sh needs, besides
#   scripts/setup.sh --tidy         what scripts/check.sh --tidy needs, besides
#   scripts/setup.sh --compose-v2   fetch version 2 of Compose into build/tools and print the path of the program
#
# Exit status: 0; 3 something is missing and cannot be had from here (the message says what to do); 64 wrong usage.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
export LC_ALL=C

build_packages=(
    git ca-certificates cmake ninja-build g++ ccache pkg-config
    libboost-dev libboost-filesystem-dev libspdlog-dev libfmt-dev libcli11-dev nlohmann-json3-dev libyaml-cpp-dev
    libgtest-dev libgmock-dev libbenchmark-dev
    python3 python3-yaml python3-jsonschema
)
image_packages=(mmdebstrap)
test_packages=(busybox-static libxml2-utils)
check_packages=(clang-format-14 shellcheck)
tidy_packages=(clang-tidy-14)
lock_seconds=900  # for another package manager
engine_seconds=60
engine_attempts=3
engine_log=/var/log/rootseal-dockerd.log
compose_plugin=$root_dir/build/tools/cli-plugins/docker-compose

# Packages of the services: every service brings its own list.
service_packages() {
    local list
    for list in "$root_dir"/harness/services/*/packages.txt; do
        if [[ -f $list ]]; then
            data_lines "$list"
        fi
    done
}

# Which of the packages are not installed.
missing_packages() {
    local installed package
    installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null | sed -n 's/^installed //p') || :
    for package in "$@"; do
        grep -qxF "$package" <<<"$installed" || printf '%s\n' "$package"
    done
}

engine_answers() { docker info >/dev/null 2>&1; }

compose_v2_answers() { docker compose version >/dev/null 2>&1 || [[ -x $compose_plugin ]]; }

compose_answers() { docker compose version >/dev/null 2>&1 || command -v docker-compose >/dev/null; }

engine_packages() {
    command -v dockerd >/dev/null || engine_answers || printf 'docker.io\n'
    compose_answers || printf 'docker-compose\n'
}

# Ends the script when something is to be done that only an administrator can do.
need_administrator() {
    if (($(id -u) != 0)); then
        die 3 "setup: $1; an administrator has to run: sudo $root_dir/scripts/setup.sh ${options[*]:-}"
    fi
}

# apt-get, waiting for another package manager to finish: apt waits for dpkg's lock by itself (DPkg::Lock::Timeout),
# but gives up at once at the locks of its lists and its archive.
apt_get() {
    local until=$((SECONDS + lock_seconds)) output status said=no
    output=$(mktemp "${TMPDIR:-/tmp}/rootseal-apt.XXXXXX")
    while true; do
        status=0
        DEBIAN_FRONTEND=noninteractive apt-get -y -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout="$lock_seconds" "$@" \
            >"$output" 2>&1 || status=$?
        if ((status == 0 || SECONDS >= until)) || ! grep -q 'Could not get lock' "$output"; then
            break
        fi
        if [[ $said == no ]]; then
            printf 'waiting at most %d s for: %s\n' "$lock_seconds" "$(grep -m 1 'Could not get lock' "$output")"
            said=yes
        fi
        sleep 1
    done
    cat "$output"
    rm -f "$output"
    return "$status"
}

# A broken third-party list must not stop us: what counts is whether the packages can be installed afterwards.
install_packages() {
    need_administrator "these packages are missing: $*"
    timed apt-update.log "setup: apt: updating the lists of packages" apt_get update ||
        say "-- setup: apt: going on with the lists that there are"
    timed apt-install.log "setup: apt: installing $*" apt_get install --no-install-recommends "$@" ||
        die 3 "setup: apt: $*: not installed; see the message above, and whether apt reaches a Debian mirror"
}

# The pid in a file, when a process of that name has it.
pid_of() {
    local pid state
    pid=$(cat "$1" 2>/dev/null) && [[ $(cat "/proc/$pid/comm" 2>/dev/null) == "$2" ]] || return 1
    state=$(sed -n 's/^State:[[:space:]]*//p' "/proc/$pid/status" 2>/dev/null) && [[ -n $state && $state != Z* ]] &&
        printf '%s\n' "$pid"
}

# Another dockerd than the one we started: the package's own start script may have been quicker, or one is still ending.
another_engine() { pid_of /var/run/docker.pid dockerd >/dev/null; }

# A dockerd that was killed leaves files with its pid and its containerd's. The kernel gives these numbers to other
# processes later; dockerd takes whatever has them for the one that runs, and refuses to start.
drop_stale_pid_files() {
    pid_of /var/run/docker.pid dockerd >/dev/null || rm -f /var/run/docker.pid
    pid_of /var/run/docker/containerd/containerd.pid containerd >/dev/null ||
        rm -f /var/run/docker/containerd/containerd.pid
}

run_engine() {
    drop_stale_pid_files
    setsid nohup dockerd </dev/null >"$engine_log" 2>&1 &
    engine_pid=$!
}

# Ours ends at once where another one runs; when that one ends instead of answering, ours is started again.
await_engine() {
    local until=$((SECONDS + engine_seconds)) attempts=$engine_attempts
    until engine_answers; do
        if [[ -n $engine_pid ]] && ! kill -0 "$engine_pid" 2>/dev/null && ! another_engine; then
            if ((--attempts == 0)); then
                tail -n 20 "$engine_log" >&2
                return 1
            fi
            sleep 0.5
            run_engine
        fi
        ((SECONDS < until)) || return 1
        sleep 0.2
    done
}

start_engine() {
    local begin refusal
    refusal=$(docker info 2>&1 >/dev/null) || :
    if [[ $refusal == *"permission denied"* ]]; then
        die 3 "setup: engine: $(id -un) may not use it; an administrator has to run: sudo usermod -aG docker $(id -un)"
    elif [[ -n ${DOCKER_HOST:-} ]]; then
        die 3 "setup: engine: nothing answers at DOCKER_HOST=$DOCKER_HOST; start it, or unset DOCKER_HOST"
    fi
    need_administrator "no Docker engine answers"
    begin=$(now)
    engine_pid=
    if [[ -d /run/systemd/system ]]; then
        say "-- setup: engine: starting the unit docker ..."
        systemctl start docker || die 3 "setup: engine: the unit docker does not start; see: journalctl -u docker"
    else
        say "-- setup: engine: starting dockerd, log in $engine_log ..."
        run_engine
    fi
    await_engine || die 3 "setup: engine: does not answer after $(since "$begin"); its log is $engine_log"
    say "-- setup: engine: answers after $(since "$begin")"
}

# Version 2 of Compose comes with Debian 13; the program needs nothing but libc.
fetch_compose_v2() {
    local tools=$root_dir/build/tools work
    if [[ ! -x $compose_plugin ]]; then
        work=$tools/apt
        mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$tools/cli-plugins"
        mirrors trixie >"$work/sources.list"
        timed compose-v2.log "setup: compose: fetching version 2 from Debian 13" download_compose "$work" ||
            die 3 "setup: compose: version 2 could not be fetched; is a Debian mirror reachable (apt-get update)?"
        install -m 0755 "$work/root/usr/libexec/docker/cli-plugins/docker-compose" "$compose_plugin"
        rm -rf "$work"
    fi
    printf '%s\n' "$compose_plugin"
}

download_compose() {
    local -a apt=(
        apt-get -o Dir::Etc::SourceList="$1/sources.list" -o Dir::Etc::SourceParts=/dev/null
        -o Dir::State::lists="$1/lists" -o Dir::Cache="$1/cache" -o Acquire::Languages=none -o APT::Sandbox::User=root
    )
    "${apt[@]}" update && cd "$1" && "${apt[@]}" download docker-compose && dpkg-deb -x docker-compose_*.deb root
}

main() {
    local option engine=yes build=yes missing
    local -a wanted=()
    options=("$@")
    for option in "$@"; do
        case $option in
            --help | -h) usage && return ;;
            --no-engine) engine=no ;;
            --engine-only) build=no ;;
            --test) wanted+=("${test_packages[@]}") ;;
            --check) wanted+=("${check_packages[@]}") ;;
            --tidy) wanted+=("${tidy_packages[@]}") ;;
            --compose-v2) fetch_compose_v2 && return ;;
            *) die 64 "setup: unknown option '$option'; see scripts/setup.sh --help" ;;
        esac
    done
    if [[ $build == yes ]]; then
        wanted+=("${build_packages[@]}")
        mapfile -t -O "${#wanted[@]}" wanted < <(service_packages)
    fi
    if [[ $engine == yes ]]; then
        wanted+=("${image_packages[@]}")
    fi
    missing=$(
        if ((${#wanted[@]})); then missing_packages "${wanted[@]}"; fi
        if [[ $engine == yes ]]; then engine_packages; fi
    )
    if [[ -n $missing ]]; then
        # shellcheck disable=SC2086 # one word for each package
        install_packages $missing
    fi
    if [[ $engine == yes ]] && ! engine_answers; then
        start_engine
    fi
    # Version 1 needs half a second of CPU time for every stack more.
    if [[ $engine == yes ]] && ! compose_v2_answers; then
        (fetch_compose_v2 >/dev/null) || say "-- setup: compose: going on with version 1"
    fi
}

main "$@"
