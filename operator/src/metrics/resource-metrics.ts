import type { Store } from "@rotated-secrets/kube-runtime/cache/store";
import { Gauge, type Registry } from "prom-client";
import type { RotatedSecretStatus } from "../api/rotated-secret.ts";
import type { WatchedRotatedSecret } from "../kubernetes/resources/watched-rotated-secret.ts";
import type { ManagedSecret } from "../kubernetes/target-secrets/managed-secret.ts";
import type { WatchedResources } from "../kubernetes/watched-resources.ts";

/** So many RotatedSecrets have series of their own, about nine each; of more, only the sums tell. */
export const MAX_SHOWN = 5_000;

/** A RotatedSecret as metrics show it. */
interface Shown {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly status: RotatedSecretStatus;
}

/** What RotatedSecrets say of themselves, read from the caches when metrics are asked for. */
export function resourceMetrics(
  registry: Registry,
  watched: {
    readonly rotatedSecrets: Pick<WatchedResources["rotatedSecrets"], "store">;
    readonly secrets: Pick<WatchedResources["secrets"], "store">;
  },
): void {
  const resources = watched.rotatedSecrets.store;
  conditionMetrics(registry, resources);
  const time = (what: string, help: string, read: (resource: Shown) => number | undefined) =>
    timestamp(registry, `rotatedsecret_${what}_timestamp_seconds`, help, () =>
      shown(resources).map((resource) => [resource, read(resource)] as const),
    );
  time("last_rotation", "When the version that AWS calls current was made.", ({ status }) =>
    instantOf(status.lastRotation),
  );
  time("next_rotation", "When the operator rotates next; nothing where no time is known.", ({ status }) =>
    instantOf(status.nextRotation),
  );
  timestamp(
    registry,
    "rotatedsecret_last_sync_timestamp_seconds",
    "When the data of the Secret were last written.",
    () => {
      const writes = lastWrites(watched.secrets.store);
      return shown(resources).map((resource) => [resource, writes.get(resource.uid)] as const);
    },
  );
}

function conditionMetrics(registry: Registry, resources: Store<WatchedRotatedSecret>): void {
  new Gauge({
    name: "rotatedsecret_condition",
    help: "1 for the status that each condition of each RotatedSecret has.",
    labelNames: ["namespace", "name", "type", "status"],
    registers: [registry],
    collect() {
      this.reset();
      for (const { namespace, name, status } of shown(resources))
        for (const { type, status: value } of status.conditions ?? [])
          this.set({ namespace, name, type, status: value }, 1);
    },
  });
  new Gauge({
    name: "rotated_secrets_resources",
    help: "RotatedSecrets by the status of each condition, all of them.",
    labelNames: ["type", "status"],
    registers: [registry],
    collect() {
      this.reset();
      for (const { status } of statuses(resources))
        for (const { type, status: value } of status.conditions ?? []) this.inc({ type, status: value });
    },
  });
  new Gauge({
    name: "rotated_secrets_resources_without_series",
    help: `RotatedSecrets beyond ${MAX_SHOWN}, which have no series of their own.`,
    registers: [registry],
    collect() {
      this.set(Math.max(0, resources.size - MAX_SHOWN));
    },
  });
}

function timestamp(
  registry: Registry,
  name: string,
  what: string,
  read: () => readonly (readonly [Shown, number | undefined])[],
): void {
  new Gauge({
    name,
    help: `${what.replace(/[.]$/, "")}, in seconds since the epoch.`,
    labelNames: ["namespace", "name"],
    registers: [registry],
    collect() {
      this.reset();
      for (const [{ namespace, name: of }, ms] of read())
        if (ms !== undefined) this.set({ namespace, name: of }, ms / 1_000);
    },
  });
}

function shown(store: Store<WatchedRotatedSecret>): readonly Shown[] {
  return statuses(store).slice(0, MAX_SHOWN);
}

function statuses(store: Store<WatchedRotatedSecret>): readonly Shown[] {
  return store.list().flatMap(({ parsed }) => {
    if (parsed.kind === "unreadable") return [];
    const { metadata, status } = parsed.kind === "valid" ? parsed.resource : parsed;
    return [{ namespace: metadata.namespace, name: metadata.name, uid: metadata.uid, status }];
  });
}

/** When each owner's Secret was last written, ms since the epoch, by the owner's uid. */
function lastWrites(store: Store<ManagedSecret>): ReadonlyMap<string, number> {
  return new Map(
    store.list().flatMap(({ secret: { ownerUid, writes } }) => {
      const last = writes.at(-1)?.time;
      return ownerUid === undefined || last === undefined ? [] : [[ownerUid, last] as const];
    }),
  );
}

/** A time in ms since the epoch; nothing where there is a word instead, such as `on request`. */
function instantOf(text: string | undefined): number | undefined {
  const time = Date.parse(text ?? "");
  return Number.isNaN(time) ? undefined : time;
}
