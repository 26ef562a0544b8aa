#!/usr/bin/env bash
source "$(dirname "$0")/support/finding.sh"
source "$SUPPORT/kubernetes.sh"
about <<'TEXT'
kubectl 1.36.3 with a custom resource
Guess: a CRD whose category is "secrets" adds its objects to the list of `kubectl get secrets`.
Seen:  it replaces them. `kubectl get secrets` lists the custom resources alone, while `kubectl get secret` still lists
       Secrets, and `kubectl delete secrets --all` would delete the custom resources.
TEXT

start_api_server
kubectl create secret generic database >/dev/null
kubectl apply -f - >/dev/null <<'YAML'
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: vaults.finding.example}
spec:
  group: finding.example
  scope: Namespaced
  names: {kind: Vault, plural: vaults, singular: vault, categories: [secrets]}
  versions:
    - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}
YAML
kubectl wait --for=condition=Established crd/vaults.finding.example >/dev/null
until kubectl create -f - >/dev/null 2>&1 <<'YAML'
apiVersion: finding.example/v1
kind: Vault
metadata: {name: one, namespace: default}
YAML
do sleep 0.2; done

expect "$(
  echo "get secrets:          $(kubectl get secrets -o name)"
  echo "get secret:           $(kubectl get secret -o name)"
  echo "get secrets database: $(kubectl get secrets database -o name 2>&1)"
  echo "delete secrets --all: $(kubectl delete secrets --all --dry-run=server -o name)"
)" <<'SEEN'
get secrets:          vault.finding.example/one
get secret:           secret/database
get secrets database: Error from server (NotFound): vaults.finding.example "database" not found
delete secrets --all: vault.finding.example/one
SEEN
