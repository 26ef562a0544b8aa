#!/usr/bin/env bash
source "$(dirname "$0")/support/finding.sh"
source "$SUPPORT/kubernetes.sh"
about <<'TEXT'
kube-apiserver 1.36.3
Guess: PUT replaces an object that exists. On a missing one it answers 404, for every kind.
Seen:  it depends on the kind. PUT creates a missing Lease, Role, Event, Endpoints or LimitRange; for a Secret, ConfigMap,
       Deployment or EndpointSlice it answers 404.
TEXT

start_api_server

# put GROUP_VERSION KIND PLURAL
put() {
  local base=/apis/$1 body
  if [ "$1" = v1 ]; then base=/api/v1; fi
  body=$(printf '{"apiVersion":"%s","kind":"%s","metadata":{"name":"one","namespace":"default"}}' "$1" "$2")
  if echo "$body" | kubectl replace --raw "$base/namespaces/default/$3/one" -f - >answer 2>&1; then
    echo "$2: created"
  else
    echo "$2: $(sed -n 's/^Error from server (\(.*\)):.*/\1/p' answer)"
  fi
}

expect "$(
  put coordination.k8s.io/v1 Lease leases
  put rbac.authorization.k8s.io/v1 Role roles
  put v1 Event events
  put v1 Endpoints endpoints
  put v1 LimitRange limitranges
  put v1 Secret secrets
  put v1 ConfigMap configmaps
  put apps/v1 Deployment deployments
  put discovery.k8s.io/v1 EndpointSlice endpointslices
)" <<'SEEN'
Lease: created
Role: created
Event: created
Endpoints: created
LimitRange: created
Secret: NotFound
ConfigMap: NotFound
Deployment: NotFound
EndpointSlice: NotFound
SEEN
