import { AWSCURRENT } from "@rotated-secrets/contract/labels";
import { emptySecret } from "./new-secret.ts";
import type { Context } from "./operation.ts";
import { putVersion } from "./put-version.ts";
import type { Secret } from "./secret.ts";

/** A secret that has not come by CreateSecret. */
export interface PlacedSecret {
  readonly name: string;
  /** The text of its AWSCURRENT version. A managed one is a JSON object with a member `password`, as RDS has it. */
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
  const secret = putVersion(emptySecret({ Name: name }, context), {
    id: versionId,
    value: { kind: "string", text: value },
    stages: [AWSCURRENT],
    now,
  });
  if (origin.kind === "replica") return { ...secret, primaryRegion: origin.primaryRegion };
  const rotation = { enabled: true, lambdaArn: undefined, rules: MANAGED_RULES, since: now };
  return { ...secret, owningService: origin.service, rotation };
}
