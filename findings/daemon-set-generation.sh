#!/usr/bin/env bash
source "$(dirname "$0")/support/finding.sh"
source "$SUPPORT/kubernetes.sh"
about <<'TEXT'
kube-apiserver 1.36.3
Guess: a patch of the pod template changes nothing in the metadata of the workload itself, so an admission policy can demand that
       the metadata stay the same.
Seen:  for a DaemonSet, the API server counts the templates in an annotation of the DaemonSet, before it evaluates policies. The
       patch is refused. Deployments and StatefulSets have no such annotation.
TEXT

start_api_server
kubectl create -f - >/dev/null <<'YAML'
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: same-annotations}
spec:
  matchConstraints:
    resourceRules:
      - {apiGroups: [apps], apiVersions: [v1], operations: [UPDATE], resources: [deployments, statefulsets, daemonsets]}
  validations:
    - expression: object.metadata.?annotations.orValue({}) == oldObject.metadata.?annotations.orValue({})
      message: the annotations of the workload itself differ
    - expression: object.metadata.?labels.orValue({}) == oldObject.metadata.?labels.orValue({})
      message: the labels of the workload itself differ
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: same-annotations}
spec: {policyName: same-annotations, validationActions: [Deny]}
YAML
for kind in Deployment StatefulSet DaemonSet; do
  kubectl create -f - >/dev/null <<YAML
apiVersion: apps/v1
kind: $kind
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: web}]}
YAML
done

# patched KIND: how a patch of the pod template ends.
patched() {
  local patch='{"spec": {"template": {"metadata": {"annotations": {"version": "2"}}}}}'
  kubectl patch "$1" web --type=merge --dry-run=server -p "$patch" 2>&1 | sed -n 's/.*denied request: //p; s/.*\(patched\).*/\1/p'
}

# A new policy holds after some seconds.
for _ in $(seq 100); do
  if ! kubectl label deployment web a=b --dry-run=server >/dev/null 2>&1; then break; fi
  sleep 0.2
done
expect "$(for kind in deployment statefulset daemonset; do echo "$kind: $(patched $kind)"; done)" <<'SEEN'
deployment: patched
statefulset: patched
daemonset: the annotations of the workload itself differ
SEEN
