# To be sourced. Debian packages that the tests use.
# shellcheck shell=bash

say_package() { echo "$*" >&2; }

# need_packages program=package …: installs the packages whose program is missing. They are looked for in /sbin as well.
need_packages() {
  local missing=() pair
  for pair in "$@"; do PATH="$PATH:/usr/sbin:/sbin" command -v "${pair%%=*}" >/dev/null 2>&1 || missing+=("${pair##*=}"); done
  [ ${#missing[@]} -gt 0 ] || return 0
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    say_package "Missing: ${missing[*]}. Install them, or run this as root on Debian."
    return 1
  fi
  say_package "Installing ${missing[*]} …"
  { timeout 120 apt-get update -q && DEBIAN_FRONTEND=noninteractive timeout 400 apt-get install -q -y --no-install-recommends "${missing[@]}"; } >"${TMPDIR:-/tmp}/photos-sync-apt.log" 2>&1 || {
    tail -n 20 "${TMPDIR:-/tmp}/photos-sync-apt.log" >&2
    return 1
  }
}
