/** How the API server knows its callers besides certificates and service account tokens, as YAML: without any, only health is to be seen. */
export const AUTHENTICATION = `apiVersion: apiserver.config.k8s.io/v1
kind: AuthenticationConfiguration
anonymous:
  enabled: true
  conditions:
    - path: /livez
    - path: /readyz
    - path: /healthz
`;
