# Stages: packages → build, simulator, debian, and last the image itself (the default target).
# The bases are arguments so that a machine that reaches no image registry can bring its own: scripts/build-image.
# Written for the classic builder, BuildKit and buildah alike: no heredocs, no --chmod, no --mount (docs/decisions/0011).
ARG NODE_IMAGE=node:24.21.0-trixie-slim
ARG DEBIAN_IMAGE=debian:13.7-slim

FROM ${NODE_IMAGE} AS packages
WORKDIR /build/app
COPY app/package.json app/package-lock.json ./
# Not `npm ci`: some registries do not carry the packages of foreign platforms that it insists on (docs/decisions/0001).
# No install scripts: none of the packages that end up in the image has one.
RUN npm install --ignore-scripts --no-audit --no-fund --loglevel=error

FROM packages AS build
COPY app/tsconfig.json app/tsconfig.build.json ./
COPY app/src ./src
COPY app/simulator ./simulator
# sharp draws the demo's pictures; the program itself does without it.
RUN npm run --silent build \
 && mkdir -p /build/simulator/node_modules \
 && cp -R node_modules/sharp node_modules/@img node_modules/detect-libc node_modules/semver /build/simulator/node_modules/ \
 && npm prune --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error \
 && find node_modules -type f \( -name '*.map' -o -name '*.md' -o -name '*.ts' -o -name '*.flow' \) -delete \
 && rm -rf dist/simulator-image && mkdir dist/simulator-image \
 && mv dist/simulator dist/simulator-image/simulator

# A simulated iCloud and somebody who types its codes: docker-compose.demo.yml and the tests of the image use it.
FROM ${NODE_IMAGE} AS simulator
WORKDIR /simulator
COPY --from=build /build/simulator/node_modules ./node_modules
COPY --from=build /build/app/dist/simulator-image ./
COPY app/package.json ./
COPY scripts/lib/demo-phone.mjs ./
# Without a font its drawings have no titles; with this file that is no error.
RUN mkdir -p /etc/fonts && echo '<fontconfig><cachedir>/tmp/fonts</cachedir></fontconfig>' >/etc/fonts/fonts.conf
USER 1000:1000
EXPOSE 8181
ENTRYPOINT ["node"]
CMD ["simulator/main.js", "--host", "0.0.0.0", "--port", "8181"]

# Debian and the node binary alone: no npm, no yarn, no headers.
FROM ${DEBIAN_IMAGE} AS debian
RUN apt-get update \
 && apt-get install -y --no-install-recommends \
      borgbackup ca-certificates execline libatomic1 libstdc++6 openssh-client rclone restic s6 tzdata \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin /var/cache/debconf/*-old /var/log/apt /var/log/dpkg.log \
      /usr/share/doc/* /usr/share/man/* /usr/share/locale/*

FROM debian
COPY --from=build /usr/local/bin/node /usr/local/bin/node
COPY --from=build /build/app/node_modules /app/node_modules
COPY --from=build /build/app/dist/src /app/dist/src
COPY app/package.json app/LICENSE /app/
COPY rootfs/ /
# The account's name is written at start, also where / is read-only: ssh and borg refuse to work for a uid without a name.
RUN install -d -o 1000 -g 1000 /config /opt/icloud-photos-library \
 && install -d -m 0777 /run/photos-sync \
 && mv /etc/passwd /etc/group /usr/local/lib/photos-sync/ \
 && cp /usr/local/lib/photos-sync/passwd /usr/local/lib/photos-sync/group /run/photos-sync/ \
 && ln -s /run/photos-sync/passwd /etc/passwd && ln -s /run/photos-sync/group /etc/group
# MALLOC_ARENA_MAX: without it glibc keeps one pool of memory per thread.
ENV NODE_ENV=production \
    LANG=C.UTF-8 \
    MALLOC_ARENA_MAX=2
EXPOSE 80
# A few milliseconds of sh; it starts no node (docs/docker.md, Health).
HEALTHCHECK --interval=10s --timeout=10s --start-period=60s --retries=3 CMD ["healthcheck"]
ENTRYPOINT ["/init"]

ARG VERSION=dev
ARG REVISION=unknown
ARG CREATED=unknown
ARG SOURCE=
LABEL org.opencontainers.image.title="icloud-photos-sync" \
      org.opencontainers.image.description="Self-hosted one-way backup of a whole iCloud Photos Library" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}" \
      org.opencontainers.image.source="${SOURCE}"
