/** The files and folders whose prose `npm run check` tests: everything that people write. */
export const COVERED: readonly string[] = [
  "CHANGELOG.md",
  "CONTRIBUTING.md",
  "README.md",
  "charts",
  "contract",
  "docs",
  "findings",
  "kube-runtime",
  "operator",
  "rotator-lambda",
  "sandbox",
  "test",
  "tools",
  "vitest.config.ts",
];

/** Files and folders that are never read. */
export const NOT_READ: readonly string[] = [
  // Generated: correct the source instead.
  "docs/reference",
  "crds",
  "charts/rotated-secrets/crds/rotatedsecrets.yaml",
  "charts/rotated-secrets/crds/secretaccesspolicies.yaml",
  // These quote the wordings that the rules look for.
  "tools/prose/rules.ts",
  "tools/prose/findings.test.ts",
];
