import type { KubeClient } from "@rotated-secrets/kube-runtime/client/kube-client";
import type { Processes } from "../processes/processes.ts";
import type { AddressPool } from "./address-pool.ts";
import type { ObjectReader } from "./object-reader.ts";
import type { PodLogs } from "./pod-logs.ts";
import type { BackoffLimits } from "./restart-backoff.ts";

/** What an image name stands for. */
export interface Image {
  /** Program and arguments: the image's entry point, which a container's `command` replaces. */
  readonly command: readonly string[];
  /** Variables of the image; the container's own win. */
  readonly env?: Readonly<Record<string, string>>;
  /** Working folder. @default a folder of the pod's own */
  readonly cwd?: string;
}

/** What all pods of one node share. */
export interface NodeContext {
  readonly client: KubeClient;
  readonly objects: ObjectReader;
  readonly processes: Processes;
  readonly images: Readonly<Record<string, Image>>;
  readonly addresses: AddressPool;
  readonly logs: PodLogs;
  readonly backoff: BackoffLimits;
  /** Folder that each pod has a folder in, while it is here. */
  readonly podsDir: string;
  /** Where kubeconfigs of pods point. */
  readonly apiServerUrlForPods: string;
  readonly caPem: string;
  /** Aborted when the node stops: nothing is written to the API server any more. */
  readonly stopped: AbortSignal;
  /** Notes a fault that is being retried in the node's own log. */
  readonly complain: (about: string, error: unknown) => void;
}
