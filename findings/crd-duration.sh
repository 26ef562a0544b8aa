#!/usr/bin/env bash
source "$(dirname "$0")/support/finding.sh"
source "$SUPPORT/kubernetes.sh"
about <<'TEXT'
kube-apiserver 1.36.3, a CRD's field with `format: duration`
Guess: the format is that of JSON Schema (ISO 8601), or Go's. A text of another form is refused.
Seen:  the API server accepts both forms and others too, and reads many ISO durations as another time: P1DT12H is 12 hours,
       P1M (a month) a minute, -P1D a day. 1.5h is an hour and a half, and 1.5d is five days.
TEXT

start_api_server
kubectl apply -f - >/dev/null <<'YAML'
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: waits.finding.example}
spec:
  group: finding.example
  scope: Namespaced
  names: {kind: Wait, plural: waits, singular: wait}
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            time:
              type: string
              format: duration
              x-kubernetes-validations:
                - {rule: "self == duration('0s')", messageExpression: "string(self)"}
YAML
kubectl wait --for=condition=Established crd/waits.finding.example >/dev/null

# read_as TEXT: the seconds that CEL sees, by the message of a rule that always fails.
read_as() {
  local answer
  answer=$(printf '{"apiVersion":"finding.example/v1","kind":"Wait","metadata":{"name":"one"},"time":"%s"}' "$1" |
    kubectl create --dry-run=server -f - 2>&1 || true)
  case $answer in
  *"must be of type duration"*) echo "$1: refused" ;;
  *) echo "$1: $(sed -n 's/.*time: Invalid value: .*": \([0-9.]*s\)$/\1/p' <<<"$answer")" ;;
  esac
}

until [[ $(read_as PT1H) == *s ]]; do sleep 0.2; done

expect "$(for text in PT1H P30D P1DT12H P3DT4H5M P1M P1Y -P1D 1.5d 1.5h "1 week, 2 days"; do read_as "$text"; done)" <<'SEEN'
PT1H: 3600s
P30D: 2592000s
P1DT12H: 43200s
P3DT4H5M: 14700s
P1M: 60s
P1Y: refused
-P1D: 86400s
1.5d: 432000s
1.5h: 5400s
1 week, 2 days: 777600s
SEEN
