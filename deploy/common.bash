# What the scripts in this folder share. Sourced by them, run by nobody.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
# shellcheck disable=SC2034 # used by those who source this
binaries=${NETRA_BIN:-$root/build/release/bin}
services=(audit-log notification classification intake) # in the order they are started
look_again_seconds=0.1 # between two looks at a condition that is awaited

say() { printf '%s\n' "$*"; }
warn() { printf '%s\n' "$*" >&2; }
die() {
    warn "${0##*/}: $*"
    exit 1
}
usage_error() {
    warn "${0##*/}: $*"
    warn "${0##*/} --help shows what there is"
    exit 2
}

# What a loop does between two looks; the loop has the deadline.
pause() { sleep "$look_again_seconds"; }

# The value of an option, or a usage error: option_value --home "$@"
option_value() {
    if [ $# -lt 2 ] || [ -z "$2" ]; then usage_error "$1 needs a value"; fi
}

# Everything that belongs to a home: four services and its workers, as names of configurations.
names_of_home() {
    local home=$1 file
    printf '%s\n' "${services[@]}"
    for file in "$home"/conf/worker-*.yaml; do
        [ -e "$file" ] || continue
        file=${file##*/}
        printf '%s\n' "${file%.yaml}"
    done
}

# netra-worker for worker-3, netra-intake for intake.
program_of() {
    case $1 in
    worker-*) printf 'netra-worker' ;;
    *) printf 'netra-%s' "$1" ;;
    esac
}

# Whether the process is that program with that home's configuration. A service forbids others to
# look into it, so that /proc/PID/exe can be read by root only; its words can be read by all.
is_running_as() {
    local pid=$1 home=$2 name=$3 words=() exe
    [ -r "/proc/$pid/cmdline" ] || return 1
    mapfile -d '' -t words 2>/dev/null <"/proc/$pid/cmdline" || return 1
    [ "${#words[@]}" -ge 3 ] || return 1
    [ "${words[0]##*/}" = "$(program_of "$name")" ] || return 1
    [ "${words[1]}" = -c ] && [ "${words[2]}" = "$home/conf/$name.yaml" ] || return 1
    if exe=$(readlink "/proc/$pid/exe" 2>/dev/null) && [ -n "$exe" ]; then
        exe=${exe% (deleted)}
        [ "${exe##*/}" = "$(program_of "$name")" ] || return 1
    fi
}

# Prints the pid of a running service of the home; fails when it doesn't run.
pid_of() {
    local home=$1 name=$2 pid
    [ -r "$home/run/$name.pid" ] || return 1
    read -r pid <"$home/run/$name.pid" || return 1
    case $pid in
    '' | *[!0-9]*) return 1 ;;
    esac
    is_running_as "$pid" "$home" "$name" || return 1
    printf '%s' "$pid"
}
