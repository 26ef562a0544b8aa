import { Gauge, type Registry } from "prom-client";
import type { Store } from "../runtime/store.ts";
import type { WatchedRotatedSecret } from "./watched-resources.ts";

/** What RotatedSecrets say of themselves, read from the cache when metrics are asked for. */
export function resourceMetrics(registry: Registry, store: Store<WatchedRotatedSecret>): void {
  new Gauge({
    name: "rotatedsecret_condition",
    help: "1 for the status that each condition of each RotatedSecret has.",
    labelNames: ["namespace", "name", "type", "status"],
    registers: [registry],
    collect() {
      this.reset();
      for (const { namespace, name, status } of statuses(store)) {
        for (const { type, status: value } of status.conditions ?? [])
          this.set({ namespace, name, type, status: value }, 1);
      }
    },
  });
  new Gauge({
    name: "rotatedsecret_last_rotation_timestamp_seconds",
    help: "When the version that AWS calls current was made, in seconds since the epoch.",
    labelNames: ["namespace", "name"],
    registers: [registry],
    collect() {
      this.reset();
      for (const { namespace, name, status } of statuses(store)) {
        if (status.lastRotation !== undefined)
          this.set({ namespace, name }, Date.parse(status.lastRotation) / 1_000);
      }
    },
  });
}

function statuses(store: Store<WatchedRotatedSecret>) {
  return store.list().flatMap(({ parsed }) => {
    if (parsed.kind === "unreadable") return [];
    const { metadata, status } = parsed.kind === "valid" ? parsed.resource : parsed;
    return [{ namespace: metadata.namespace, name: metadata.name, status }];
  });
}
