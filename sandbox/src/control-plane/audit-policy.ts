/**
 * What the API server writes to its audit log, as YAML: who did what to which object and how it ended, never a body, so
 * that no Secret's data can be in it. A watch is written when it starts (ResponseStarted) and when it ends.
 */
export const AUDIT_POLICY = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
omitManagedFields: true
rules:
  - level: None
    nonResourceURLs: ["/livez*", "/readyz*", "/healthz*"]
  - level: Metadata
`;
