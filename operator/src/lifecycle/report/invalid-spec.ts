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
  const message =
    `the spec is invalid: ${problems.join("; ")}. Until it is corrected, the operator does nothing for this resource; its ` +
    "Secret stays as it is, and receives no new version";
  return { type: "Warning", reason: "InvalidSpec", message };
}

/** The status of a RotatedSecret with an invalid spec. A Secret that was there still is, so Ready and the others stay as they were. */
export function invalidSpecStatus(invalid: InvalidRotatedSecret, now: Instant): RotatedSecretStatus {
  const { metadata, status } = invalid;
  const { message } = invalidSpecNote(invalid);
  const before = status.conditions ?? [];
  const condition = (type: string, value: "True" | "False") =>
    conditionOf(
      before.find((previous) => previous.type === type),
      { type, status: value, reason: "InvalidSpec", message, observedGeneration: metadata.generation },
      now,
    );
  const wasReady = before.some(({ type, status: value }) => type === "Ready" && value === "True");
  const own = [
    condition("Ready", wasReady ? "True" : "False"),
    condition("Reconciling", "False"),
    condition("Stalled", "True"),
  ];
  const others = before.filter(({ type }) => !own.some((one) => one.type === type));
  return { ...status, observedGeneration: metadata.generation, conditions: [...own, ...others] };
}
