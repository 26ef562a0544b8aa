import type { Store } from "@rotated-secrets/kube-runtime/cache/store";
import { Gauge, type Registry } from "prom-client";
import type { RotatedSecretStatus } from "../api/rotated-secret.ts";
import type { WatchedRotatedSecret } from "../kubernetes/resources/watched-rotated-secret.ts";
import type { ManagedSecret } from "../kubernetes/target-secrets/managed-secret.ts";
import type { WatchedResources } from "../kubernetes/watched-resources.ts";

/** RotatedSecrets with their own series, about nine each. Those above the limit are only in the sums. */
export const MAX_SHOWN = 5_000;

/** The part of a RotatedSecret that metrics show. */
interface Shown {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly status: RotatedSecretStatus;
}

/** Metrics about RotatedSecrets, read from the caches at each scrape. */
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
  time("last_rotation", "When the version with the label AWSCURRENT was created.", ({ status }) =>
    instantOf(status.lastRotation),
  );
  time("next_rotation", "When the operator rotates next; absent if that time is unknown.", ({ status }) =>
    instantOf(status.nextRotation),
  );
  timestamp(
    registry,
    "rotatedsecret_last_sync_timestamp_seconds",
    "When the data of the Secret was last written.",
    () => {
      const dataHistory = lastWrites(watched.secrets.store);
      return shown(resources).map((resource) => [resource, dataHistory.get(resource.uid)] as const);
    },
  );
}

function conditionMetrics(registry: Registry, resources: Store<WatchedRotatedSecret>): void {
  new Gauge({
    name: "rotatedsecret_condition",
    help: "1 for the current status of each condition of each RotatedSecret.",
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
    help: "Number of RotatedSecrets by the status of each condition.",
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
    help: `Number of RotatedSecrets above ${MAX_SHOWN}, which do not have their own series.`,
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
    store.list().flatMap(({ secret: { ownerUid, dataHistory } }) => {
      const last = dataHistory.at(-1)?.time;
      return ownerUid === undefined || last === undefined ? [] : [[ownerUid, last] as const];
    }),
  );
}

/** A time in ms since the epoch; undefined for a word, such as `on request`. */
function instantOf(text: string | undefined): number | undefined {
  const time = Date.parse(text ?? "");
  return Number.isNaN(time) ? undefined : time;
}
