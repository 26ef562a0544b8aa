#!/usr/bin/env bash
source "$(dirname "$0")/support/finding.sh"
source "$SUPPORT/kubernetes.sh"
about <<'TEXT'
kube-apiserver 1.36.3, server-side apply
Guess: an apply with a resourceVersion is conditional: it changes exactly that version of the object, or fails.
Seen:  it fails when the object has changed. When the object has been deleted, it creates a new one. A uid in the body
       prevents that.
TEXT

start_api_server

# apply DATA [METADATA]
apply() {
  printf '{"apiVersion":"v1","kind":"Secret","metadata":{"name":"one"%s},"data":%s}' "${2:-}" "$1" |
    kubectl apply --server-side --field-manager one -o name -f - 2>&1 |
    sed -En 's/^secret.*/applied/p; s/.*(the object has been modified|uid mismatch).*/\1/p'
}

apply '{}' >/dev/null
version=$(kubectl get secret one -o jsonpath='{.metadata.resourceVersion}')
uid=$(kubectl get secret one -o jsonpath='{.metadata.uid}')
apply '{"a":"MQ=="}' >/dev/null

expect "$(
  echo "changed since:               $(apply '{"a":"Mg=="}' ",\"resourceVersion\":\"$version\"")"
  kubectl delete secret one >/dev/null
  echo "deleted since, with its uid: $(apply '{"a":"Mg=="}' ",\"resourceVersion\":\"$version\",\"uid\":\"$uid\"")"
  echo "deleted since:               $(apply '{"a":"Mg=="}' ",\"resourceVersion\":\"$version\"")"
  echo "data now:                    $(kubectl get secret one -o jsonpath='{.data}')"
)" <<'SEEN'
changed since:               the object has been modified
deleted since, with its uid: uid mismatch
deleted since:               applied
data now:                    {"a":"Mg=="}
SEEN
