/**
 * The files and folders whose prose `npm run check` tests. When a file or a folder has no findings any more, add its path
 * here, one path a line.
 */
export const COVERED: readonly string[] = [
  "README.md",
  "charts",
  "docs/README.md",
  "docs/conditions.md",
  "docs/glossary.md",
  "docs/logs.md",
  "docs/permissions.md",
  "docs/runbook.md",
  "docs/tenancy.md",
  "docs/tried.md",
  "kube-runtime",
  "docs/decisions/0060-bounded-caches.md",
  "docs/decisions/0061-catalogue-of-values.md",
  "operator/src/aws",
  "operator/src/kubernetes",
  "operator/src/log-fields.ts",
  "operator/src/main.test.ts",
  "operator/src/main.ts",
  "operator/src/metrics",
  "operator/src/operator.test.ts",
  "operator/src/operator.ts",
  "operator/src/ports",
  "operator/src/testing",
  "operator/src/wiring",
  "tools/links",
  "tools/prose",
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
