import type { ObjectMeta, RotatedSecretStatus } from "../../api/rotated-secret.ts";
import type { Instant } from "../../ports/fact.ts";
import type { EventNote } from "../../ports/reporting.ts";
import { conditionOf } from "./conditions.ts";

/** A RotatedSecret whose spec the operator cannot use, although the API server let it pass. */
export interface InvalidRotatedSecret {
  readonly metadata: ObjectMeta;
  readonly status: RotatedSecretStatus;
  readonly problems: readonly string[];
}

/** The event about an invalid spec. */
export function invalidSpecNote({ problems }: InvalidRotatedSecret): EventNote {
  const message = `the spec is invalid: ${problems.join("; ")}. The operator does nothing for this resource until it is corrected`;
  return { type: "Warning", reason: "InvalidSpec", message };
}

/** The status of a RotatedSecret with an invalid spec. */
export function invalidSpecStatus(invalid: InvalidRotatedSecret, now: Instant): RotatedSecretStatus {
  const { metadata, status } = invalid;
  const { message } = invalidSpecNote(invalid);
  const condition = (type: string, value: "True" | "False") =>
    conditionOf(
      status.conditions?.find((previous) => previous.type === type),
      { type, status: value, reason: "InvalidSpec", message, observedGeneration: metadata.generation },
      now,
    );
  const conditions = [
    condition("Ready", "False"),
    condition("Reconciling", "False"),
    condition("Stalled", "True"),
  ];
  return { ...status, observedGeneration: metadata.generation, conditions };
}
