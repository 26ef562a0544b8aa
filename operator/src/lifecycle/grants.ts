import { matchesLabels } from "../api/label-selector.ts";
import type { SecretAction } from "../api/secret-access-policy.ts";
import { matchesGlob } from "../api/secret-glob.ts";
import type { World } from "./world.ts";

/**
 * Whether a SecretAccessPolicy lets the resource's namespace do this to the secret with this ARN, as AWS resolved it.
 * Policies add up; a namespace that is not known is granted nothing.
 */
export function isGranted(world: World, arn: string, action: SecretAction): boolean {
  const labels = world.namespaceLabels;
  if (labels === undefined) return false;
  return world.policies.some(
    ({ spec }) =>
      spec.actions.includes(action) &&
      matchesLabels(spec.namespaces, labels) &&
      spec.secrets.some((glob) => matchesGlob(glob, arn)),
  );
}
