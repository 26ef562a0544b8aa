import { AWSCURRENT } from "@rotated-secrets/contract/labels";
import { existingSecret } from "./existing-secret.ts";
import type { Context } from "./operation.ts";
import type { Secret } from "./secret.ts";

/** A secret that CreateSecret cannot make: a replica, or a secret of another AWS service. */
export interface PlacedSecret {
  readonly name: string;
  /**
   * The text of its AWSCURRENT version. For a managed secret it is a JSON object with a field `password`, as in RDS.
   */
  readonly value: string;
  /** Id of that version. */
  readonly versionId: string;
  readonly origin:
    | { readonly kind: "replica"; readonly primaryRegion: string }
    /** `service` such as `rds`. */
    | { readonly kind: "managed"; readonly service: string };
}

// AWS: RDS user guide, "Password management with Secrets Manager": RDS rotates every seven days.
const MANAGED_RULES = { AutomaticallyAfterDays: 7 };

/** AWS: DescribeSecret API reference, OwningService and PrimaryRegion; user guide, "Secrets managed by other services". */
export function placedSecret({ name, value, versionId, origin }: PlacedSecret, context: Context): Secret {
  const { now } = context;
  const versions = [{ id: versionId, text: value, stages: [AWSCURRENT] }];
  const secret = existingSecret({ name, arnSuffix: context.arnSuffix(), createdAt: now, versions }, context);
  if (origin.kind === "replica") return { ...secret, primaryRegion: origin.primaryRegion };
  const rotation = { enabled: true, lambdaArn: undefined, rules: MANAGED_RULES, since: now };
  return { ...secret, owningService: origin.service, rotation };
}
