{{- define "rotated-secrets.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "rotated-secrets.fullname" -}}
{{- $name := include "rotated-secrets.name" . }}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
{{- else if contains $name .Release.Name }}
{{- .Release.Name | trunc 63 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "rotated-secrets.selectorLabels" -}}
app.kubernetes.io/name: {{ include "rotated-secrets.name" . | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{- define "rotated-secrets.labels" -}}
{{- $own := include "rotated-secrets.selectorLabels" . | fromYaml }}
{{- $_ := set $own "helm.sh/chart" (printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63) }}
{{- $_ := set $own "app.kubernetes.io/version" .Chart.AppVersion }}
{{- $_ := set $own "app.kubernetes.io/managed-by" .Release.Service }}
{{- merge $own (.Values.commonLabels | default dict) | toYaml }}
{{- end }}

{{- define "rotated-secrets.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "rotated-secrets.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- required "serviceAccount.create=false needs serviceAccount.name: that account may then read and write every Secret, so use a dedicated one" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{- define "rotated-secrets.image" -}}
{{- $repository := required "image.repository is empty: write the repository of the image that you built (README, \"Use it\")" .Values.image.repository }}
{{- with .Values.image.registry }}
{{- $repository = printf "%s/%s" (trimSuffix "/" .) $repository }}
{{- end }}
{{- if .Values.image.digest }}
{{- printf "%s@%s" $repository .Values.image.digest }}
{{- else }}
{{- printf "%s:%s" $repository (default .Chart.AppVersion .Values.image.tag) }}
{{- end }}
{{- end }}

{{- /*
The security context of the pod. OpenShift gives each namespace its own range of UIDs, and refuses other UIDs. There the chart leaves
its own UID out.
*/}}
{{- define "rotated-secrets.podSecurityContext" -}}
{{- $context := .Values.podSecurityContext | default dict | deepCopy }}
{{- if .Capabilities.APIVersions.Has "security.openshift.io/v1" }}
{{- range $field := list "runAsUser" "runAsGroup" "fsGroup" }}
{{- if eq (get $context $field | int) 65532 }}
{{- $_ := unset $context $field }}
{{- end }}
{{- end }}
{{- end }}
{{- toYaml $context }}
{{- end }}

{{- /* The resources of the group apps that the operator restarts. It may patch them, so an author must be allowed to patch them. */}}
{{- define "rotated-secrets.workloadResources" -}}
deployments,statefulsets,daemonsets
{{- end }}

{{- /* The name of an admission policy and of its binding. */}}
{{- define "rotated-secrets.admissionName" -}}
{{- printf "%s-%s" (include "rotated-secrets.fullname" .root | trunc 52 | trimSuffix "-") .suffix }}
{{- end }}

{{- /* What every admission policy of the chart has in common: its head, and that an error in it does not let a request pass. */}}
{{- define "rotated-secrets.admissionHead" -}}
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata:
  name: {{ include "rotated-secrets.admissionName" . | quote }}
  labels:
    {{- include "rotated-secrets.labels" .root | nindent 4 }}
spec:
  # The API server evaluates this itself, so no webhook can be down. An error in it must not let a request pass.
  failurePolicy: Fail
{{- end }}

{{- define "rotated-secrets.admissionBinding" -}}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata:
  name: {{ include "rotated-secrets.admissionName" . | quote }}
  labels:
    {{- include "rotated-secrets.labels" .root | nindent 4 }}
spec:
  policyName: {{ include "rotated-secrets.admissionName" . | quote }}
  validationActions: [Deny]
{{- end }}
