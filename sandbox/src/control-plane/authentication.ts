/**
 * The API server's authentication besides certificates and ServiceAccount tokens, as YAML: an anonymous caller sees
 * only health endpoints.
 */
export const AUTHENTICATION = `apiVersion: apiserver.config.k8s.io/v1
kind: AuthenticationConfiguration
anonymous:
  enabled: true
  conditions:
    - path: /livez
    - path: /readyz
    - path: /healthz
`;
