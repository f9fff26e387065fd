#!/bin/sh
# Installs with apt-get, where it may, what pip cannot bring, and names it otherwise.
#   tools/system.sh venv    what setting up needs: Python's venv
#   tools/system.sh tests   what the tests need besides: a Java compiler (HermiT, the OWL API, Spark), Raptor's rapper, N3.js
#                           on Node.js, npm, pandoc, Virtuoso 7, Apache 2, OpenRefine, curl, Chromium with its driver; and with
#                           npm, into node_modules of the virtual environment (.venv, or $VENV), rdf-validate-shacl, axe-core and
#                           what the Ask page is built from
set -eu

modules="rdf-validate-shacl@0.6.5 axe-core@4.14.1"
venv="${VENV:-.venv}"
missing=""
case "${1:-}" in
  venv)
    "${PYTHON:-python3}" -c 'import ensurepip, venv' 2>/dev/null || missing="python3-venv" ;;
  tests)
    command -v javac >/dev/null 2>&1 || missing="$missing default-jdk-headless"
    command -v rapper >/dev/null 2>&1 || missing="$missing raptor2-utils"
    NODE_PATH="${NODE_PATH:-}:/usr/share/nodejs" node -e 'require("n3")' >/dev/null 2>&1 || missing="$missing nodejs node-n3"
    command -v npm >/dev/null 2>&1 || missing="$missing npm"
    command -v pandoc >/dev/null 2>&1 || missing="$missing pandoc"
    command -v virtuoso-t >/dev/null 2>&1 || missing="$missing virtuoso-opensource-7"
    PATH="$PATH:/usr/sbin" command -v apache2 >/dev/null 2>&1 || missing="$missing apache2"
    command -v openrefine >/dev/null 2>&1 || missing="$missing openrefine"
    command -v curl >/dev/null 2>&1 || missing="$missing curl"
    command -v chromium >/dev/null 2>&1 || missing="$missing chromium"
    command -v chromedriver >/dev/null 2>&1 || missing="$missing chromium-driver" ;;
  *)
    echo "usage: tools/system.sh venv|tests" >&2; exit 2 ;;
esac
if [ -n "$missing" ]; then
  if ! command -v apt-get >/dev/null 2>&1; then root="none"
  elif [ "$(id -u)" = 0 ]; then root=""
  elif sudo -n true 2>/dev/null; then root="sudo"
  else root="none"; fi
  if [ "$root" = none ]; then
    echo "please install these packages first: $missing" >&2
    exit 1
  fi
  echo "installing $missing"
  $root apt-get update -qq
  # shellcheck disable=SC2086 # one word a package
  DEBIAN_FRONTEND=noninteractive $root apt-get install -y -qq --no-install-recommends $missing >/dev/null
fi

[ "$1" = tests ] || exit 0
for module in $modules; do
  installed="$venv/node_modules/${module%@*}/package.json"
  grep -q "\"version\": \"${module##*@}\"" "$installed" 2>/dev/null && continue
  echo "installing $module"
  npm install --prefix "$venv" --no-audit --no-fund --loglevel=error "$module"
done
if ! cmp -s frontend/ask/package-lock.json "$venv/ask/package-lock.json"; then
  echo "installing what the Ask page is built from"
  rm -rf "$venv/ask"
  mkdir -p "$venv/ask"
  cp frontend/ask/package.json frontend/ask/package-lock.json "$venv/ask/"
  (cd "$venv/ask" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) || { rm -rf "$venv/ask"; exit 1; }
fi
