/**
 * A CRD as a template of the chart, so that `helm upgrade` installs new fields. Helm never upgrades a `crds/` folder.
 * @param yaml the CRD without a header
 */
export function chartCrd(yaml: string): string {
  // Descriptions are free text. Helm would run double braces in them.
  const literal = yaml.replaceAll("{{", '{{ "{{" }}');
  const name = /^ {2}name: .*$/m;
  if (!name.test(literal))
    throw new Error("the CRD has no metadata.name, after which the chart's labels belong");
  return `{{- if .Values.crds.enabled }}\n${literal.replace(name, (line) => `${line}\n${METADATA}`)}{{- end }}\n`;
}

const METADATA = `  labels:
    {{- include "rotated-secrets.labels" . | nindent 4 }}
  {{- if .Values.crds.keep }}
  annotations:
    # Without this an uninstall would delete the CRD, and with it every resource of the kind in the cluster.
    helm.sh/resource-policy: keep
  {{- end }}`;
