import { cp, mkdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import type { KubeClient } from "@rotated-secrets/kube-runtime/client/kube-client";
import { AtomicFolder } from "./atomic-folder.ts";
import type { ContainerSpec, Pod, VolumeSpec } from "./kubernetes-types.ts";
import type { ObjectReader } from "./object-reader.ts";
import type { Mount } from "./path-rewriting.ts";
import { type PodAddress, podField } from "./pod-field.ts";
import { PodTokens } from "./pod-tokens.ts";
import { tokenProjections, volumeContent, volumeReferences } from "./volume-files.ts";

/** Whether all volumes are ready; if not, a kubelet's message about the first one that is not. */
export type VolumesReady =
  | { readonly kind: "ready" }
  | { readonly kind: "missing"; readonly message: string };

/** A failed renewal of a token is retried after this time, in ms. */
const RETRY_MS = 10_000;

/** The volumes of one pod, as folders on this machine that are kept up to date. */
export class PodVolumes {
  #pod: Pod;
  readonly #address: PodAddress;
  readonly #objects: ObjectReader;
  readonly #tokens: PodTokens;
  readonly #dir: string;
  readonly #folders = new Map<string, AtomicFolder>();
  /** Writes of one pod's volumes run one after the other. */
  #lastWrite: Promise<VolumesReady> = Promise.resolve({ kind: "ready" });
  #renewal: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(
    pod: Pod,
    parts: { address: PodAddress; client: KubeClient; objects: ObjectReader; dir: string },
  ) {
    this.#pod = pod;
    this.#address = parts.address;
    this.#objects = parts.objects;
    this.#tokens = new PodTokens(parts.client, pod);
    this.#dir = parts.dir;
  }

  /**
   * Takes the pod's new state. Returns whether its labels or annotations have changed, which downward API volumes show.
   */
  update(pod: Pod): boolean {
    const shown = ({ metadata }: Pod) => JSON.stringify([metadata.labels, metadata.annotations]);
    const changed = shown(pod) !== shown(this.#pod);
    this.#pod = pod;
    return changed;
  }

  /**
   * Writes every volume whose content has changed. If an object is missing, its volume stays as it was. @throws as
   * KubeClient does
   */
  write(): Promise<VolumesReady> {
    const write = () => this.#writeAll();
    this.#lastWrite = this.#lastWrite.then(write, write);
    return this.#lastWrite;
  }

  /** The real folders of the container's mount paths. `owner` distinguishes the starts of containers. */
  async mounts(container: ContainerSpec, owner: string): Promise<readonly Mount[]> {
    const mounts = container.volumeMounts ?? [];
    return Promise.all(
      mounts.map(async ({ name, mountPath, subPath }, index) => {
        const folder = this.folder(name);
        const realPath = subPath ? await this.#subPath(name, subPath, `${owner}-${index}`) : folder;
        return { mountPath, realPath };
      }),
    );
  }

  /** The folder of a volume. */
  folder(volume: string): string {
    return join(this.#dir, "volumes", volume);
  }

  /** Ends renewals and writes. Resolves when no write is running. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#renewal);
    await this.#lastWrite.catch(() => {});
  }

  async #writeAll(): Promise<VolumesReady> {
    if (this.#closed) return { kind: "ready" };
    const volumes = this.#pod.spec.volumes ?? [];
    const { namespace } = this.#pod.metadata;
    const [data] = await Promise.all([
      this.#objects.read(volumes.flatMap((volume) => volumeReferences(namespace, volume))),
      this.#renew(volumes.flatMap((volume) => tokenProjections(volume))),
    ]);
    let ready: VolumesReady = { kind: "ready" };
    for (const volume of volumes) {
      const content = volumeContent(volume, {
        ...data,
        field: (path) => podField(this.#pod, this.#address, path),
        token: (projection) => this.#tokens.token(projection),
      });
      if (content.kind === "emptyFolder") await mkdir(this.folder(volume.name), { recursive: true });
      else if (content.kind === "files") await this.#atomicFolder(volume.name).write(content.files);
      else
        ready = {
          kind: "missing",
          message: `MountVolume.SetUp failed for volume "${volume.name}" : ${content.message}`,
        };
    }
    return ready;
  }

  async #renew(projections: Parameters<PodTokens["renew"]>[0]): Promise<void> {
    try {
      await this.#tokens.renew(projections);
    } finally {
      this.#armRenewal(this.#tokens.untilRenewal());
    }
  }

  #armRenewal(inMs: number | undefined): void {
    clearTimeout(this.#renewal);
    if (inMs === undefined || this.#closed) return;
    // A renewal that is already due has just failed. The old token is valid for the rest of its lifetime.
    this.#renewal = setTimeout(() => void this.write().catch(() => {}), inMs || RETRY_MS).unref();
  }

  #atomicFolder(volume: string): AtomicFolder {
    const folder = this.#folders.get(volume) ?? new AtomicFolder(this.folder(volume));
    this.#folders.set(volume, folder);
    return folder;
  }

  /** A kubelet mounts the target of a subPath when the container starts, so it never changes. Here it is a copy. */
  async #subPath(volume: string, subPath: string, owner: string): Promise<string> {
    const source = join(this.folder(volume), subPath);
    if (this.#isEmptyDir(volume)) {
      await mkdir(source, { recursive: true });
      return source;
    }
    const copy = join(this.#dir, "subpaths", owner);
    await cp(await realpath(source), copy, { recursive: true, dereference: true });
    return copy;
  }

  #isEmptyDir(volume: string): boolean {
    return (
      this.#pod.spec.volumes?.some(
        (spec: VolumeSpec) => spec.name === volume && spec.emptyDir !== undefined,
      ) ?? false
    );
  }
}
