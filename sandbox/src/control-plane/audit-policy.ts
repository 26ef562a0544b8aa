/**
 * The API server's audit policy, as YAML. It records user, verb, object and status of each request, but never a body,
 * so no Secret's data can be in the log. A watch is recorded when it starts (ResponseStarted) and when it ends.
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
