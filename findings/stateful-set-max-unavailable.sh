#!/usr/bin/env bash
source "$(dirname "$0")/support/finding.sh"
source "$SUPPORT/kubernetes.sh"
about <<'TEXT'
kube-apiserver and kubectl 1.36.3
Guess: `kubectl explain` describes the fields of this API server, and what it says is enabled by default works.
Seen:  of a StatefulSet's maxUnavailable it says "beta-level and is enabled by default". The API server, started without
       feature gates, drops the field: no error, no warning, also with --validate=strict.
TEXT

start_api_server
PATH_OF_FIELD=spec.updateStrategy.rollingUpdate

expect "$(
  kubectl explain "statefulset.$PATH_OF_FIELD.maxUnavailable" | tr -s '\n ' ' ' | grep -o 'This field is beta[^.]*\.'
  kubectl apply --validate=strict -f - 2>&1 <<'YAML'
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: one}
spec:
  serviceName: one
  selector: {matchLabels: {app: one}}
  updateStrategy: {type: RollingUpdate, rollingUpdate: {maxUnavailable: 2}}
  template:
    metadata: {labels: {app: one}}
    spec: {containers: [{name: app, image: app}]}
YAML
  echo "rollingUpdate: $(kubectl get statefulset one -o jsonpath="{.$PATH_OF_FIELD}")"
)" <<'SEEN'
This field is beta-level and is enabled by default.
statefulset.apps/one created
rollingUpdate: {"partition":0}
SEEN
