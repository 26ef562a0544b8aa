import type { RotatedSecret, RotatedSecretStatus } from "../api/rotated-secret.ts";

/** What is told of a RotatedSecret by a Kubernetes event. */
export interface EventNote {
  readonly type: "Normal" | "Warning";
  /** UpperCamelCase, from the table in docs/. */
  readonly reason: string;
  /** A sentence for whoever is on call. */
  readonly message: string;
}

/** Writes what the operator knows of a RotatedSecret where people look. */
export interface Reporting {
  /** Writes the status with the resourceVersion of `resource`. Returns the metadata that it now has. @throws Conflict */
  writeStatus(
    resource: Pick<RotatedSecret, "metadata">,
    status: RotatedSecretStatus,
    signal: AbortSignal,
  ): Promise<RotatedSecret["metadata"]>;
  /** Records an event. The same note of the same object again counts up; a failure is logged, never thrown. */
  record(resource: Pick<RotatedSecret, "metadata">, note: EventNote): Promise<void>;
}
