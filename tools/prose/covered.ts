/**
 * The files and folders whose prose `npm run check` tests. When a file or a folder has no findings any more, add its path
 * here, one path a line.
 */
export const COVERED: readonly string[] = [
  "README.md",
  "charts",
  "contract",
  "docs/README.md",
  "docs/aws-templates.md",
  "docs/conditions.md",
  "docs/decisions/0060-bounded-caches.md",
  "docs/decisions/0061-catalogue-of-values.md",
  "docs/examples",
  "docs/glossary.md",
  "docs/lambda.md",
  "docs/logs.md",
  "docs/permissions.md",
  "docs/runbook.md",
  "docs/tenancy.md",
  "docs/tried.md",
  "kube-runtime",
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
  "rotator-lambda/src/aws",
  "rotator-lambda/src/bundle.test.ts",
  "rotator-lambda/src/clock.ts",
  "rotator-lambda/src/deployment.docs.test.ts",
  "rotator-lambda/src/engines",
  "rotator-lambda/src/messages.docs.test.ts",
  "rotator-lambda/src/password",
  "rotator-lambda/src/rotation-error.ts",
  "rotator-lambda/src/rotator.test.ts",
  "rotator-lambda/src/rotator.ts",
  "rotator-lambda/src/settings.test.ts",
  "rotator-lambda/src/settings.ts",
  "rotator-lambda/src/started-function.ts",
  "rotator-lambda/src/steps",
  "rotator-lambda/src/telemetry",
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
