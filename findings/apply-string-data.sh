#!/usr/bin/env bash
source "$(dirname "$0")/support/finding.sh"
source "$SUPPORT/kubernetes.sh"
about <<'TEXT'
kube-apiserver 1.36.3, server-side apply
Guess: a key that a manager applied and then leaves out is removed, in a Secret's stringData as in its data.
Seen:  stringData is copied into data, but the manager owns the fields of stringData only. The key stays in data, nobody
       owns it, and no later apply removes it.
TEXT

start_api_server

# apply FIELD JSON
apply() {
  printf '{"apiVersion":"v1","kind":"Secret","metadata":{"name":"%s"},"%s":%s}' "${1,,}" "$1" "$2" |
    kubectl apply --server-side --field-manager one -f - >/dev/null
}

apply data '{"kept":"MQ==","dropped":"Mg=="}'
apply data '{"kept":"MQ=="}'
apply stringData '{"kept":"1","dropped":"2"}'
apply stringData '{"kept":"1"}'

expect "$(
  echo "data:       $(kubectl get secret data -o jsonpath='{.data}')"
  echo "stringData: $(kubectl get secret stringdata -o jsonpath='{.data}')"
  echo "owned:      $(kubectl get secret stringdata -o jsonpath='{.metadata.managedFields[*].fieldsV1}' --show-managed-fields)"
)" <<'SEEN'
data:       {"kept":"MQ=="}
stringData: {"dropped":"Mg==","kept":"MQ=="}
owned:      {"f:stringData":{"f:kept":{}}}
SEEN
