#!/bin/bash
# Builds the images of the services from Debian's packages, each once: the tag is a hash of everything that goes into it.
#
#   scripts/images.sh [SERVICE[:VERSION]...]     build what is missing; default: every service in its default version
#   scripts/images.sh --all                      the same for every version of every service
#   scripts/images.sh --print SERVICE [VERSION]  say what the image is called, build nothing
#   scripts/images.sh --prune                    remove images of ours whose inputs have changed since
#
# Prints "SERVICE VERSION REFERENCE", a line for each image, on stdout. A service is a folder fixtures/SERVICE/image;
# its versions are the lines of the file `versions` there, the first one is the default.
# ROOTSEAL_MIRROR names a Debian mirror to use instead of the one that this machine's apt uses.
# Exit status: 0; 3 an image could not be built; 64 wrong usage.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
export LC_ALL=C
fixtures_dir=$root_dir/fixtures

services() {
    local dockerfile
    for dockerfile in "$fixtures_dir"/*/image/Dockerfile; do
        basename "$(dirname "$(dirname "$dockerfile")")"
    done
}

# "VERSION SUITE" of a service; without a version, the first.
version_line() {
    local service=$1 version=${2:-} line
    [[ -f $fixtures_dir/$service/image/Dockerfile ]] ||
        die 64 "images: no service '$service'; there is: $(services | xargs)"
    while read -r line; do
        if [[ -z $version || ${line%% *} == "$version" ]]; then
            printf '%s\n' "$line"
            return
        fi
    done < <(data_lines "$fixtures_dir/$service/image/versions")
    die 64 "images: $service: no version '$version' in fixtures/$service/image/versions"
}

# The hash over the inputs of one image: all files of its folder, its line in `versions`, and how it is made.
inputs() {
    local service=$1 line=$2
    {
        cd "$fixtures_dir/$service/image"
        find . -type f ! -name versions ! -name '*.md' -printf '%m %p\n' | sort
        find . -type f ! -name versions ! -name '*.md' -print0 | sort -z | xargs -0 sha256sum
        declare -f install_root package_version build
        printf '%s\n' "$line"
    } | sha256sum | cut -c 1-12
}

# "SERVICE VERSION REFERENCE" from a service and its line.
describe() {
    local service=$1 line=$2
    printf '%s %s rootseal/%s:%s-%s\n' "$service" "${line%% *}" "$service" "${line%% *}" "$(inputs "$service" "$line")"
}

# The version of the package $2 in the root filesystem $1. Reads to the end: leaving early would break tar's pipe.
package_version() {
    tar -xOf "$1" ./var/lib/dpkg/status |
        awk -v package="$2" '$1 == "Package:" { here = ($2 == package) } here && $1 == "Version:" { print $2 }'
}

install_root() {
    local service=$1 version=$2 suite=$3 packages=$4 target=$5 mirror
    local -a sources=()
    while read -r mirror; do
        sources+=("$mirror")
    done < <(mirrors "$suite")
    ((${#sources[@]})) ||
        die 3 "images: $service $version: apt of this machine names no Debian mirror; set ROOTSEAL_MIRROR to the URL of one"
    timed "image-$service-$version-packages.log" "images: $service $version: installing Debian packages of $suite" \
        mmdebstrap --variant=minbase --skip=cleanup/run --include="$packages" --hook-dir="$fixtures_dir/$service/image/hooks" \
        --aptopt='Acquire::Languages "none"' --aptopt='Acquire::Retries "3"' \
        --dpkgopt=path-exclude='/usr/share/man/*' --dpkgopt=path-exclude='/usr/share/locale/*/*' \
        --dpkgopt=path-exclude='/usr/share/doc/*' --dpkgopt=path-include='/usr/share/doc/*/copyright' \
        --dpkgopt=path-exclude='/usr/share/info/*' --dpkgopt=force-confold \
        "$suite" "$target" "${sources[@]}" </dev/null ||
        die 3 "images: $service $version: the packages could not be installed; is a Debian mirror reachable (apt-get update)?"
}

build() {
    local service=$1 line=$2 reference=$3 work packages full upstream
    local version=${line%% *} suite=${line##* }
    command -v mmdebstrap >/dev/null || die 3 "images: $service: mmdebstrap is missing; run scripts/setup.sh"
    work=$(mktemp -d "${TMPDIR:-/tmp}/rootseal-image.XXXXXX")
    # shellcheck disable=SC2064 # the name as it is now
    trap "rm -rf '$work'" EXIT
    packages=$(data_lines "$fixtures_dir/$service/image/packages" | sed "s/@VERSION@/$version/g" | paste -sd,)
    install_root "$service" "$version" "$suite" "$packages" "$work/rootfs.tar"
    full=$(package_version "$work/rootfs.tar" "${packages%%,*}")
    [[ -n $full ]] || die 3 "images: $service $version: ${packages%%,*} is not in the root filesystem; is it first in packages?"
    upstream=$(sed -e 's/^[0-9]*://' -e 's/[-+~].*//' <<<"$full")
    cp "$fixtures_dir/$service/image/Dockerfile" "$fixtures_dir/$service/image/entrypoint.sh" "$work/"
    timed "image-$service-$version-build.log" "images: $service $version: building $reference" \
        docker build --tag "$reference" --label "dev.rootseal.image=$service" \
        --label "dev.rootseal.inputs=${reference##*-}" --build-arg VERSION="$version" \
        --build-arg UPSTREAM_VERSION="$upstream" --build-arg PACKAGE_VERSION="$full" "$work" ||
        die 3 "images: $service $version: the engine could not build it; is there space left (docker system df)?"
    rm -rf "$work"
    trap - EXIT
}

# Builds the image of SERVICE[:VERSION] if the engine does not have it.
provide() {
    local service=${1%%:*} version='' line description
    if [[ $1 == *:* ]]; then
        version=${1#*:}
    fi
    line=$(version_line "$service" "$version")
    description=$(describe "$service" "$line")
    docker image inspect "${description##* }" >/dev/null 2>&1 || build "$service" "$line" "${description##* }"
    printf '%s\n' "$description"
}

every_version() {
    local service line
    for service in $(services); do
        while read -r line; do
            printf '%s:%s\n' "$service" "${line%% *}"
        done < <(data_lines "$fixtures_dir/$service/image/versions")
    done
}

need_engine() {
    docker version >/dev/null 2>&1 || die 3 "images: no Docker engine answers; run scripts/setup.sh"
}

prune() {
    local image current reference
    current=$(for image in $(every_version); do
        describe "${image%%:*}" "$(version_line "${image%%:*}" "${image#*:}")"
    done)
    docker image ls --filter label=dev.rootseal.image --format '{{.Repository}}:{{.Tag}}' |
        while read -r reference; do
            if [[ $reference == rootseal/* ]] && ! grep -q " $reference\$" <<<"$current"; then
                if docker image rm "$reference" >/dev/null 2>&1; then
                    say "-- images: $reference: removed"
                else
                    say "-- images: $reference: left, a container uses it; remove that, then call this again"
                fi
            fi
        done
}

main() {
    local image line
    case ${1:-} in
        --help | -h) usage ;;
        --print)
            (($# == 2 || $# == 3)) || die 64 "images: --print takes SERVICE [VERSION]"
            line=$(version_line "$2" "${3:-}")
            describe "$2" "$line"
            ;;
        --prune)
            need_engine
            prune
            ;;
        --all | '')
            need_engine
            for image in $(if [[ ${1:-} ]]; then every_version; else services; fi); do
                provide "$image"
            done
            ;;
        -*) die 64 "images: unknown option '$1'; see scripts/images.sh --help" ;;
        *)
            for image in "$@"; do
                version_line "${image%%:*}" "$(sed -n 's/^[^:]*://p' <<<"$image")" >/dev/null
            done
            need_engine
            for image in "$@"; do
                provide "$image"
            done
            ;;
    esac
}

main "$@"
