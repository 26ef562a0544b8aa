#!/usr/bin/env bash
source "$(dirname "$0")/support/finding.sh"
source "$SUPPORT/kubernetes.sh"
about <<'TEXT'
helm 4.1.4, values.schema.json
Guess: `"format": "ipv4"` refuses a value that is not an IPv4 address.
Seen:  the schema's draft decides. With draft 7 the value is refused; with draft 2020-12, and without `$schema`, a format
       is a remark and every string passes. A `pattern` is checked in all of them.
TEXT

kubernetes_tools
mkdir -p chart/templates
echo '{"apiVersion": "v2", "name": "web", "version": "1.0.0"}' >chart/Chart.yaml

# check NAME SCHEMA_LINE: whether a value that is not an address passes, by format and by pattern.
check() {
  local rule verdict
  for rule in '"format": "ipv4"' '"pattern": "^[0-9.]+$"'; do
    echo "{$2 \"properties\": {\"address\": {\"type\": \"string\", $rule}}}" >chart/values.schema.json
    if helm template chart --set address=nonsense >/dev/null 2>&1; then verdict=accepted; else verdict=refused; fi
    echo "$1, $rule: $verdict"
  done
}

expect "$(
  check "draft 7" '"$schema": "http://json-schema.org/draft-07/schema#",'
  check "draft 2020-12" '"$schema": "https://json-schema.org/draft/2020-12/schema",'
  check "no draft" ''
)" <<'SEEN'
draft 7, "format": "ipv4": refused
draft 7, "pattern": "^[0-9.]+$": refused
draft 2020-12, "format": "ipv4": accepted
draft 2020-12, "pattern": "^[0-9.]+$": refused
no draft, "format": "ipv4": accepted
no draft, "pattern": "^[0-9.]+$": refused
SEEN
