import type { ServicePod } from "./cluster-view.ts";

/** The pods during a rollout of one version. */
export interface Replacement {
  /** Pods of the version that are ready. */
  readonly ready: readonly ServicePod[];
  /** All others: older pods, also those that are ending, and pods of the version that start. */
  readonly others: readonly ServicePod[];
}

/** Divides pods into those of the version that are ready, and all others. */
export function replacementOf(pods: readonly ServicePod[], versionId: string): Replacement {
  const isReadyAndNew = (pod: ServicePod) => pod.versionId === versionId && pod.phase === "ready";
  return { ready: pods.filter(isReadyAndNew), others: pods.filter((pod) => !isReadyAndNew(pod)) };
}

/** Reports each restart of a Deployment and each pod that is replaced. It pairs the n-th pod that ends with the n-th that became ready. */
export class PodStory {
  readonly #versionId: string;
  readonly #before: readonly ServicePod[];
  readonly #tell: (line: string) => void;
  readonly #successors = new Map<string, ServicePod[]>();
  readonly #ended = new Set<string>();
  readonly #restarted = new Set<string>();

  /** `before` are the pods before the rotation. */
  constructor(versionId: string, before: readonly ServicePod[], tell: (line: string) => void) {
    this.#versionId = versionId;
    this.#before = before.filter((pod) => pod.versionId !== versionId);
    this.#tell = tell;
  }

  /** Reports the changes since the last call. */
  look(pods: readonly ServicePod[]): void {
    for (const { service, versionId } of pods) if (versionId === this.#versionId) this.#restart(service);
    for (const pod of replacementOf(pods, this.#versionId).ready) this.#meet(pod);
    const present = new Set(pods.map(({ uid }) => uid));
    for (const pod of this.#before) if (!present.has(pod.uid) && !this.#ended.has(pod.uid)) this.#end(pod);
  }

  #restart(service: string): void {
    if (this.#restarted.has(service)) return;
    this.#restarted.add(service);
    this.#tell(`the operator restarts deployment/${service}`);
  }

  #meet(pod: ServicePod): void {
    const known = this.#successors.get(pod.service) ?? [];
    if (!known.some(({ uid }) => uid === pod.uid)) this.#successors.set(pod.service, [...known, pod]);
  }

  #end(pod: ServicePod): void {
    const rank = this.#before.filter(
      ({ service, uid }) => service === pod.service && this.#ended.has(uid),
    ).length;
    this.#ended.add(pod.uid);
    const successor = this.#successors.get(pod.service)?.[rank]?.name ?? "no pod yet";
    this.#tell(`replaced ${this.#ended.size}/${this.#before.length}: ${pod.name} -> ${successor}`);
  }
}
