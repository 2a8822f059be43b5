# shellcheck shell=sh
# What the scripts of the image share.
# shellcheck disable=SC2034 # used by those who source this
RUN_DIR=/run/photos-sync
# shellcheck disable=SC2034
APP=/app/dist/src/main.js

# say LEVEL TEXT: one line on standard output, in the form of the service's own lines.
say() {
  if [ "${LOG_FORMAT-}" = json ]; then
    printf '{"time":"%s","level":"%s","message":"%s"}\n' "$(date -u +%Y-%m-%dT%H:%M:%S.000Z)" "$1" \
      "$(printf '%s' "$2" | tr '\n\t' '  ' | sed 's/[\\"]/\\&/g')"
  else
    case "$1" in
      error) printf 'Error: %s\n' "$2" ;;
      warn) printf 'Warning: %s\n' "$2" ;;
      *) printf '%s\n' "$2" ;;
    esac
  fi
}
