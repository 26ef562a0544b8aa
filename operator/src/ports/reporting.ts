import type { EventReason } from "../api/reasons.ts";
import type { RotatedSecret, RotatedSecretStatus } from "../api/rotated-secret.ts";

/** A Kubernetes event about a RotatedSecret. */
export interface EventNote {
  readonly type: "Normal" | "Warning";
  readonly reason: EventReason;
  /** A sentence for the person on call. */
  readonly message: string;
}

/** Writes status and events of RotatedSecrets. */
export interface Reporting {
  /** Writes the status if `resource` has not changed. Returns its new metadata. @throws Conflict, WriteRefused */
  writeStatus(
    resource: Pick<RotatedSecret, "metadata">,
    status: RotatedSecretStatus,
    signal: AbortSignal,
  ): Promise<RotatedSecret["metadata"]>;
  /** Records an event; the same one again is counted up. A failure is logged, never thrown. */
  record(resource: Pick<RotatedSecret, "metadata">, note: EventNote): Promise<void>;
}
