import type { Store } from "@rotated-secrets/kube-runtime/cache/store";
import type { KubeApi } from "@rotated-secrets/kube-runtime/client/kube-client";
import { objectPath } from "@rotated-secrets/kube-runtime/client/resource";
import type {
  ReconcileContext,
  Reconciler,
  Result,
} from "@rotated-secrets/kube-runtime/controller/reconciler";
import { BY_TEAM, CONFIG_MAPS, type ConfigMap, MANAGED } from "./config-maps.ts";

/** A team in a namespace: a key that is not the name of an object. */
export interface Team {
  readonly namespace: string;
  readonly team: string;
}

/** The string form of the key. */
export function teamKey({ namespace, team }: Team): string {
  return `${namespace}/${team}`;
}

/** Keeps a ConfigMap `team-<name>` with the number of ConfigMaps that have the label of the team. */
export class TeamReconciler implements Reconciler<Team> {
  readonly #client: Pick<KubeApi, "apply">;
  readonly #store: Store<ConfigMap>;

  constructor(client: Pick<KubeApi, "apply">, store: Store<ConfigMap>) {
    this.#client = client;
    this.#store = store;
  }

  async reconcile(key: Team, { signal }: ReconcileContext): Promise<Result> {
    const count = String(this.#store.byIndex(BY_TEAM, teamKey(key)).length);
    const name = { namespace: key.namespace, name: `team-${key.team}` };
    if (this.#store.get(name)?.data.count === count) return { kind: "done" };
    const metadata = { ...name, labels: { [MANAGED]: "true" } };
    const body = { apiVersion: "v1", kind: "ConfigMap", metadata, data: { count } };
    const options = { fieldManager: "team-example", force: true, signal };
    this.#store.remember(await this.#client.apply(objectPath(CONFIG_MAPS, name), body, options));
    return { kind: "done" };
  }
}
