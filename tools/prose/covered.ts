/**
 * The files and folders whose prose `npm run check` tests. When a file or a folder has no findings any more, add its path
 * here, one path a line.
 */
export const COVERED: readonly string[] = [
  "CHANGELOG.md",
  "CONTRIBUTING.md",
  "README.md",
  "charts",
  "contract",
  "docs/README.md",
  "docs/availability.md",
  "docs/aws-templates.md",
  "docs/conditions.md",
  "docs/decisions",
  "docs/examples",
  "docs/glossary.md",
  "docs/how-it-works.md",
  "docs/lambda.md",
  "docs/logs.md",
  "docs/measurements.md",
  "docs/metrics.md",
  "docs/migrate-from-eso.md",
  "docs/permissions.md",
  "docs/runbook.md",
  "docs/templates.md",
  "docs/tenancy.md",
  "docs/tried.md",
  "docs/upgrade.md",
  "kube-runtime",
  "operator/src/api",
  "operator/src/aws",
  "operator/src/document",
  "operator/src/kubernetes",
  "operator/src/log-fields.ts",
  "operator/src/main.test.ts",
  "operator/src/main.ts",
  "operator/src/metrics",
  "operator/src/operator.test.ts",
  "operator/src/operator.ts",
  "operator/src/ports",
  "operator/src/settings-help.test.ts",
  "operator/src/settings-help.ts",
  "operator/src/settings-schema.ts",
  "operator/src/settings.test.ts",
  "operator/src/settings.ts",
  "operator/src/testing",
  "operator/src/wiring",
  "rotator-lambda",
  "test/api",
  "tools",
];

/** Files and folders that are never read. */
export const NOT_READ: readonly string[] = [
  // Generated: correct the source instead.
  "docs/reference",
  "crds",
  "charts/rotated-secrets/templates/crd-rotatedsecrets.yaml",
  "charts/rotated-secrets/templates/crd-secretaccesspolicies.yaml",
  // These quote the wordings that the rules look for.
  "tools/prose/rules.ts",
  "tools/prose/findings.test.ts",
];
