import type { KubeClient } from "@rotated-secrets/kube-runtime/client/kube-client";
import type { Processes } from "../processes/processes.ts";
import type { AddressPool } from "./address-pool.ts";
import type { ObjectReader } from "./object-reader.ts";
import type { PodLogs } from "./pod-logs.ts";
import type { BackoffLimits } from "./restart-backoff.ts";

/** The meaning of an image name. */
export interface Image {
  /** Program and arguments: the image's entry point. A container's `command` replaces it. */
  readonly command: readonly string[];
  /** Variables of the image. The container's own variables override them. */
  readonly env?: Readonly<Record<string, string>>;
  /** Working folder. @default a folder for the pod alone */
  readonly cwd?: string;
}

/** The parts that all pods of a node share. */
export interface NodeContext {
  readonly client: KubeClient;
  readonly objects: ObjectReader;
  readonly processes: Processes;
  readonly images: Readonly<Record<string, Image>>;
  readonly addresses: AddressPool;
  readonly logs: PodLogs;
  readonly backoff: BackoffLimits;
  /** The parent of the folders of all pods that are on the node. */
  readonly podsDir: string;
  /** The API server's address in the kubeconfigs of pods. */
  readonly apiServerUrlForPods: string;
  readonly caPem: string;
  /** Aborts when the node stops. Nothing is written to the API server after that. */
  readonly stopped: AbortSignal;
  /** Writes a fault that will be retried to the node's own log. */
  readonly complain: (about: string, error: unknown) => void;
}
