import { known } from "../../ports/fact.ts";
import type { World } from "../world.ts";
import { roleOf } from "./grants.ts";

/** The identity that calls AWS for the resource, in words. */
export function caller({ spec }: World): string {
  return spec.identity.kind === "Operator" ? "the operator" : `the ServiceAccount "${spec.identity.name}"`;
}

/** The IAM role that needs a permission, in words. */
export function roleInWords({ spec, account }: World): string {
  const roleArn = roleOf(spec.identity, known(account));
  return roleArn === undefined ? "the operator's IAM role" : `the IAM role "${roleArn}"`;
}

/** The identity that a policy must allow, as the end of a sentence; empty for the operator's own identity. */
export function identityToAllow({ spec, account }: World): string {
  if (spec.identity.kind === "Operator") return "";
  return `, and which allows identity ServiceAccount and the role "${roleOf(spec.identity, known(account))}"`;
}
