# shellcheck shell=bash
# A container engine for scripts/build-image and scripts/test-image, and base images where no registry can be reached.
# Source it. Uses the engine that answers already; otherwise starts one of its own in a folder that goes away with it.
#
#   engine_up            DOCKER_HOST points to an engine that answers, or the script ends with 1
#   base_images          NODE_IMAGE and DEBIAN_IMAGE name images that the engine has
#   compose_up FOLDER    `docker compose` works; the plugin goes to FOLDER where it has to be fetched
#   engine_down          ends what engine_up started (call it in a trap)
#
# The stand-in for Debian is kept for a week in ~/.cache/photos-sync-stand-in.
# ENGINE=own never uses an engine that runs already. ENGINE_DIR keeps the data of our own one for the next time.

# shellcheck disable=SC2154 # root: set by whoever sources this
engine_work=
engine_pid=
engine_forwarding=

engine_say() { printf '%s\n' "$*" >&2; }

# shellcheck source=scripts/lib/packages.sh
source "$(dirname "${BASH_SOURCE[0]}")/packages.sh"

engine_up() {
  if [ "${ENGINE-}" != own ] && command -v docker >/dev/null 2>&1 && timeout 20 docker version >/dev/null 2>&1; then
    engine_say "Engine: the one that runs on this machine ($(docker version --format '{{.Server.Version}}'))."
    return 0
  fi
  need_packages dockerd=docker.io docker=docker.io iptables=iptables || { engine_say 'No container engine could be started: packages are missing.'; return 1; }
  engine_work=$(mktemp -d "${TMPDIR:-/tmp}/photos-sync-engine.XXXXXX")
  local data=${ENGINE_DIR:-$engine_work/data}
  engine_forwarding=$(cat /proc/sys/net/ipv4/ip_forward 2>/dev/null)
  echo '{}' >"$engine_work/daemon.json"
  # A session of its own: Ctrl-C ends the tests first and the engine after them.
  setsid dockerd --config-file "$engine_work/daemon.json" --data-root "$data" --exec-root "$engine_work/exec" \
    -H "unix://$engine_work/docker.sock" -p "$engine_work/docker.pid" >"$engine_work/dockerd.log" 2>&1 &
  engine_pid=$!
  export DOCKER_HOST="unix://$engine_work/docker.sock"
  local i
  for ((i = 0; i < 60; i++)); do
    if timeout 20 docker version >/dev/null 2>&1; then
      engine_say "Engine: our own ($(docker version --format '{{.Server.Version}}'))."
      return 0
    fi
    kill -0 "$engine_pid" 2>/dev/null || break
    sleep 0.5
  done
  engine_say 'No container engine could be started. The last lines of its log:'
  tail -n 20 "$engine_work/dockerd.log" >&2
  return 1
}

engine_down() {
  [ -n "$engine_work" ] || return 0
  if [ -n "$engine_pid" ]; then
    docker ps -aq 2>/dev/null | xargs -r timeout 60 docker rm -f >/dev/null 2>&1
    docker network prune -f >/dev/null 2>&1
    kill "$engine_pid" 2>/dev/null
    local i
    for ((i = 0; i < 40; i++)); do
      kill -0 "$engine_pid" 2>/dev/null || break
      sleep 0.25
    done
    kill -9 "$engine_pid" 2>/dev/null
    wait "$engine_pid" 2>/dev/null
    # The bridge and the forwarding that it had switched on.
    if command -v ip >/dev/null 2>&1; then ip link delete docker0 2>/dev/null; fi
    [ "$engine_forwarding" != 0 ] || echo 0 >/proc/sys/net/ipv4/ip_forward 2>/dev/null
  fi
  local mounted
  while read -r mounted; do umount "$mounted" 2>/dev/null; done < <(awk -v below="$engine_work/" 'index($2, below) == 1 { print $2 }' /proc/mounts | sort -r)
  rm -rf "$engine_work"
  engine_work=
  unset DOCKER_HOST
}

# The bases that the Dockerfile names, pulled where that works. Where no registry can be reached they are made from Debian's
# packages and npm's node, under names of their own: good for tests, never to be published.
base_images() {
  local node debian
  node=$(sed -n 's/^ARG NODE_IMAGE=//p' "$root/Dockerfile")
  debian=$(sed -n 's/^ARG DEBIAN_IMAGE=//p' "$root/Dockerfile")
  NODE_IMAGE=${NODE_IMAGE:-$node}
  DEBIAN_IMAGE=${DEBIAN_IMAGE:-$debian}
  export NODE_IMAGE DEBIAN_IMAGE
  if has_image "$NODE_IMAGE" && has_image "$DEBIAN_IMAGE"; then return 0; fi
  if timeout "${PULL_TIMEOUT:-180}" docker pull -q "$DEBIAN_IMAGE" >/dev/null 2>&1 && timeout 300 docker pull -q "$NODE_IMAGE" >/dev/null 2>&1; then return 0; fi
  engine_say "$NODE_IMAGE and $DEBIAN_IMAGE cannot be pulled here: making stand-ins for tests."
  local version=${node#node:}
  version=${version%%-*}
  DEBIAN_IMAGE=photos-sync-stand-in/debian:trixie
  NODE_IMAGE=photos-sync-stand-in/node:$version
  # npm fetches while Debian is unpacked.
  local node_work
  node_work=$(mktemp -d "${TMPDIR:-/tmp}/photos-sync-node.XXXXXX")
  fetch_node "$version" "$node_work" &
  local fetching=$!
  has_image "$DEBIAN_IMAGE" || debian_stand_in || { engine_say "$DEBIAN_IMAGE could not be made."; return 1; }
  if ! wait "$fetching" || ! { has_image "$NODE_IMAGE" || node_stand_in "$node_work"; }; then
    engine_say "$NODE_IMAGE could not be made."
    return 1
  fi
  rm -rf "$node_work"
}

has_image() { docker image inspect "$1" >/dev/null 2>&1; }

# What this machine's own apt needs besides its sources is handed on, whatever it is.
apt_options() {
  apt-config dump 2>/dev/null | grep -E '^Acquire::(Check-Valid-Until|Check-Date|http::Proxy|https::Proxy|https::CAInfo) "[^"]+";$'
}

# Made once a week: unpacking Debian is the longest part of it.
debian_stand_in() {
  local cache=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/photos-sync-stand-in
  local file="$cache/debian.tar"
  if [ -z "$(find "$file" -mtime -7 2>/dev/null)" ]; then
    need_packages mmdebstrap=mmdebstrap || return 1
    local options=() option
    while read -r option; do options+=(--aptopt="$option"); done < <(apt_options)
    mkdir -p "$cache" || return 1
    timeout 300 mmdebstrap -q --variant=minbase --mode=root --format=tar --include=ca-certificates "${options[@]}" \
      --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
      trixie "$file.new.$$" >&2 || { rm -f "$file.new.$$"; return 1; }
    mv "$file.new.$$" "$file"
  fi
  docker import -c 'CMD ["bash"]' "$file" "$DEBIAN_IMAGE" >/dev/null
}

# fetch_node VERSION FOLDER
fetch_node() {
  case "$(uname -m)" in
    x86_64) local cpu=x64 ;;
    aarch64) local cpu=arm64 ;;
    *) engine_say "There is no stand-in for $(uname -m)."; return 1 ;;
  esac
  (
    cd "$2" || exit 1
    timeout 120 npm pack --silent "node-linux-$cpu@$1" npm@11 >/dev/null || exit 1
    mkdir node npm
    tar -xzf "node-linux-$cpu-$1.tgz" -C node package/bin/node && tar -xzf npm-*.tgz -C npm || exit 1
    rm -f ./*.tgz
    # A machine whose network signs TLS itself, or has a registry of its own: for the stand-in only.
    npm config get registry 2>/dev/null | sed 's/^/registry=/' >npmrc
    if [ -n "${NODE_EXTRA_CA_CERTS-}" ]; then cat "$NODE_EXTRA_CA_CERTS"; fi >ca.crt
  )
}

# node_stand_in FOLDER: what fetch_node brought becomes an image like the official one.
node_stand_in() {
  cat >"$1/Dockerfile" <<TEXT
FROM $DEBIAN_IMAGE
COPY node/package/bin/node /usr/local/bin/node
COPY npm/package /usr/local/lib/node_modules/npm
COPY ca.crt npmrc /usr/local/etc/
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm && ln -s ../lib/node_modules/npm/bin/npx-cli.js /usr/local/bin/npx && groupadd -g 1000 node && useradd -u 1000 -g 1000 -m node
ENV NODE_EXTRA_CA_CERTS=/usr/local/etc/ca.crt
TEXT
  if ! DOCKER_BUILDKIT=0 timeout 120 docker build -q -t "$NODE_IMAGE" "$1" >/dev/null 2>"$1/build.log"; then
    cat "$1/build.log" >&2
    return 1
  fi
}

# Debian's package of the plugin, which is newer than this machine's Debian may be: fetched with the base image's own apt.
compose_up() {
  docker compose version >/dev/null 2>&1 && return 0
  engine_say 'Fetching docker compose …'
  mkdir -p "$1/docker-config/cli-plugins"
  timeout 200 docker run --rm -v "$1/docker-config/cli-plugins:/out" "$DEBIAN_IMAGE" sh -ec '
    apt-get update -q
    cd /tmp && chmod 1777 /tmp
    apt-get download -q docker-compose
    dpkg -x docker-compose_*.deb unpacked
    cp unpacked/usr/libexec/docker/cli-plugins/docker-compose /out/' >"$1/compose.log" 2>&1 || {
    tail -n 20 "$1/compose.log" >&2
    return 1
  }
  export DOCKER_CONFIG="$1/docker-config"
  docker compose version >/dev/null
}
