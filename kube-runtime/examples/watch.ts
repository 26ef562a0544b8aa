import { Reflector } from "@rotated-secrets/kube-runtime/cache/reflector";
import { type KubeApi, KubeClient } from "@rotated-secrets/kube-runtime/client/kube-client";
import { loadKubeConfig } from "@rotated-secrets/kube-runtime/client/kube-config";
import { collectionPath } from "@rotated-secrets/kube-runtime/client/resource";
import { silentLogger } from "@rotated-secrets/kube-runtime/telemetry/logger";
import { noMetrics } from "@rotated-secrets/kube-runtime/telemetry/runtime-metrics";
import { systemClock } from "@rotated-secrets/kube-runtime/time/clock";
import { systemRandom } from "@rotated-secrets/kube-runtime/time/random";
import { CONFIG_MAPS, configMapStore } from "./config-maps.ts";

/** Prints each change of the ConfigMaps in a namespace until the signal aborts. */
export async function watchConfigMaps(
  client: KubeApi,
  namespace: string,
  print: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const store = configMapStore((name) => print(`? ${name}`));
  const unsubscribe = store.subscribe({
    added: ({ metadata }) => print(`+ ${metadata.name}`),
    updated: ({ metadata }) => print(`~ ${metadata.name}`),
    deleted: ({ metadata }) => print(`- ${metadata.name}`),
  });
  const reflector = new Reflector({
    name: "configmaps",
    path: collectionPath(CONFIG_MAPS, namespace),
    store,
    client,
    clock: systemClock,
    random: systemRandom,
    log: silentLogger,
    metrics: noMetrics.reflector("configmaps"),
  });
  // Lists, watches, and recovers from every failure. The store is complete once `reflector.synced` has resolved.
  await reflector.run(signal);
  unsubscribe();
}

// As a program: node kube-runtime/examples/watch.ts [NAMESPACE]
if (import.meta.main) {
  const client = new KubeClient({ config: loadKubeConfig(), userAgent: "watch-example/1" });
  const stop = new AbortController();
  process.once("SIGINT", () => stop.abort());
  await watchConfigMaps(client, process.argv[2] ?? "default", console.log, stop.signal);
  await client.close();
}
