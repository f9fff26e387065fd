#!/bin/sh
# Installs with apt-get, where it may, what pip cannot bring, and names it otherwise.
#   tools/system.sh venv    what setting up needs: Python's venv
#   tools/system.sh tests   what the tests need besides: a Java compiler (HermiT, the OWL API), Raptor's rapper, N3.js
#                           on Node.js, Virtuoso 7, Apache 2, OpenRefine and curl
set -eu

missing=""
case "${1:-}" in
  venv)
    "${PYTHON:-python3}" -c 'import ensurepip, venv' 2>/dev/null || missing="python3-venv" ;;
  tests)
    command -v javac >/dev/null 2>&1 || missing="$missing default-jdk-headless"
    command -v rapper >/dev/null 2>&1 || missing="$missing raptor2-utils"
    NODE_PATH="${NODE_PATH:-}:/usr/share/nodejs" node -e 'require("n3")' >/dev/null 2>&1 || missing="$missing nodejs node-n3"
    command -v virtuoso-t >/dev/null 2>&1 || missing="$missing virtuoso-opensource-7"
    PATH="$PATH:/usr/sbin" command -v apache2 >/dev/null 2>&1 || missing="$missing apache2"
    command -v openrefine >/dev/null 2>&1 || missing="$missing openrefine"
    command -v curl >/dev/null 2>&1 || missing="$missing curl" ;;
  *)
    echo "usage: tools/system.sh venv|tests" >&2; exit 2 ;;
esac
[ -n "$missing" ] || exit 0

if command -v apt-get >/dev/null 2>&1; then
  if [ "$(id -u)" = 0 ]; then root=""; elif sudo -n true 2>/dev/null; then root="sudo"; else root="none"; fi
  if [ "$root" != none ]; then
    echo "installing $missing"
    $root apt-get update -qq
    # shellcheck disable=SC2086 # one word a package
    DEBIAN_FRONTEND=noninteractive $root apt-get install -y -qq --no-install-recommends $missing >/dev/null
    exit 0
  fi
fi
echo "please install these packages first: $missing" >&2
exit 1
