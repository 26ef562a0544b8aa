import type { ServicePod } from "./cluster-view.ts";

/** How far the replacement of the pods by pods of one version has come. */
export interface Replacement {
  /** New pods that are ready. */
  readonly ready: readonly ServicePod[];
  /** All others: older pods, those that are ending included, and new ones that start. */
  readonly others: readonly ServicePod[];
}

/** Divides the pods into those of the version that are ready, and all others. */
export function replacementOf(pods: readonly ServicePod[], versionId: string): Replacement {
  const isReadyAndNew = (pod: ServicePod) => pod.versionId === versionId && pod.phase === "ready";
  return { ready: pods.filter(isReadyAndNew), others: pods.filter((pod) => !isReadyAndNew(pod)) };
}

/** Tells of each Deployment that is restarted, and of each pod that is replaced: the n-th that ends beside the n-th that became ready. */
export class PodStory {
  readonly #versionId: string;
  readonly #before: readonly ServicePod[];
  readonly #tell: (line: string) => void;
  readonly #successors = new Map<string, ServicePod[]>();
  readonly #ended = new Set<string>();
  readonly #restarted = new Set<string>();

  /** Begins with the pods of before the rotation. */
  constructor(versionId: string, before: readonly ServicePod[], tell: (line: string) => void) {
    this.#versionId = versionId;
    this.#before = before.filter((pod) => pod.versionId !== versionId);
    this.#tell = tell;
  }

  /** Tells what is new. */
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
    this.#tell(`pod replaced ${this.#ended.size}/${this.#before.length}: ${pod.name} -> ${successor}`);
  }
}
