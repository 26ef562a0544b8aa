#!/usr/bin/env bash
source "$(dirname "$0")/support/finding.sh"
source "$SUPPORT/kubernetes.sh"
about <<'TEXT'
helm 4.1.4 with kube-apiserver 1.36.3
Guess: after `kubectl scale`, `helm upgrade` with the same chart sets the chart's number of replicas again, or leaves the new
       one.
Seen:  helm 4 writes by server-side apply: the upgrade fails with a conflict over .spec.replicas. --force-conflicts takes the
       field back.
TEXT

start_api_server
mkdir -p chart/templates
echo '{"apiVersion": "v2", "name": "web", "version": "1.0.0"}' >chart/Chart.yaml
cat >chart/templates/web.yaml <<'YAML'
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: web}]}
YAML

# upgrade [FLAG...]: how it ends, and the number of replicas after it.
upgrade() {
  helm upgrade web chart "$@" >upgrade.log 2>&1 || sed -n 's/.*\(Apply failed.*\)/\1/p' upgrade.log | tail -1
  echo "upgrade $*: $(kubectl get deployment web -o jsonpath='{.spec.replicas}') replicas"
}

helm install web chart >/dev/null
expect "$(
  upgrade
  kubectl scale deployment web --replicas=5
  upgrade
  upgrade --force-conflicts
)" <<'SEEN'
upgrade : 2 replicas
deployment.apps/web scaled
Apply failed with 1 conflict: conflict with "kubectl" with subresource "scale" using apps/v1: .spec.replicas
upgrade : 5 replicas
upgrade --force-conflicts: 2 replicas
SEEN
