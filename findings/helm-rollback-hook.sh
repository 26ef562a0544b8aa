#!/usr/bin/env bash
source "$(dirname "$0")/support/finding.sh"
source "$SUPPORT/kubernetes.sh"
about <<'TEXT'
helm 4.1.4 with kube-apiserver 1.36.3
Guess: an object that is a hook in revision 1 and an ordinary object in revision 2 survives `helm rollback NAME 1`, because both
       revisions have it.
Seen:  helm compares the ordinary objects only. It deletes the object, and runs no post-install hook at a rollback.
TEXT

start_api_server
mkdir -p chart/templates
echo '{"apiVersion": "v2", "name": "web", "version": "1.0.0"}' >chart/Chart.yaml
cat >chart/templates/settings.yaml <<'YAML'
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
  labels: {app.kubernetes.io/managed-by: Helm}
  annotations:
    meta.helm.sh/release-name: {{ .Release.Name }}
    meta.helm.sh/release-namespace: {{ .Release.Namespace }}
    {{- if .Release.IsInstall }}
    helm.sh/hook: post-install
    {{- end }}
YAML

# after COMMAND...: whether the ConfigMap exists after it.
after() {
  helm "$@" >helm.log 2>&1 || tail -1 helm.log
  echo "$*: $(kubectl get configmaps -o name | grep settings || echo none)"
}

expect "$(
  after install web chart
  after upgrade web chart
  after rollback web 1
)" <<'SEEN'
install web chart: configmap/settings
upgrade web chart: configmap/settings
rollback web 1: none
SEEN
