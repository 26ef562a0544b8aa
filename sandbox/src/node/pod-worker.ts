import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { aborted, pause } from "../pause.ts";
import { Container, type ContainerParts } from "./container.ts";
import { environmentReferences } from "./environment.ts";
import type { ContainerSpec, Pod, PodStatus } from "./kubernetes-types.ts";
import { type Launch, prepareLaunch } from "./launch.ts";
import type { NodeContext } from "./node-context.ts";
import { PodContainers } from "./pod-containers.ts";
import { confirmDeletion } from "./pod-deletion.ts";
import { PodEnding } from "./pod-ending.ts";
import type { PodAddress } from "./pod-field.ts";
import { writePodKubeconfig } from "./pod-kubeconfig.ts";
import { podStatus } from "./pod-status.ts";
import { PodVolumes } from "./pod-volumes.ts";
import { StatusWriter } from "./status-writer.ts";
import { volumeReferences } from "./volume-files.ts";

/** Volumes that are not available are tried again after this time at the latest, in ms. */
const RETRY_MS = 2_000;
/** Kubernetes' default. */
const GRACE_S = 30;

/**
 * One pod from its arrival on the node to its end. `#live` is its complete life in order. Events in between (deletion,
 * forced deletion, stop of the node) only set the deadline of its end.
 */
export class PodWorker {
  readonly #context: NodeContext;
  readonly #address: PodAddress;
  readonly #dir: string;
  readonly #volumes: PodVolumes;
  readonly #containers: PodContainers;
  readonly #status: StatusWriter;
  readonly #ending = new PodEnding();
  readonly #startTime = new Date();
  readonly #over: Promise<void>;
  #pod: Pod;
  #terminal = false;
  /** Settles with the next change of any object that the pod refers to. */
  #change = Promise.withResolvers<void>();

  /** Starts the pod. */
  constructor(pod: Pod, context: NodeContext) {
    this.#pod = pod;
    this.#context = context;
    this.#address = context.addresses.take();
    this.#dir = join(context.podsDir, pod.metadata.uid);
    this.#volumes = new PodVolumes(pod, { ...context, address: this.#address, dir: this.#dir });
    this.#status = new StatusWriter({
      client: context.client,
      pod,
      compute: () => this.#computeStatus(),
      complain: (error) => this.#complain(error),
      signal: context.stopped,
    });
    this.#containers = new PodContainers(pod, (spec, role) => this.#container(spec, role));
    context.logs.register(pod);
    if (pod.metadata.deletionTimestamp) this.#end(0);
    this.#over = this.#live().catch((error: unknown) => this.#complain(error));
  }

  get pod(): Pod {
    return this.#pod;
  }

  /** Process of a container (default: the first) that runs now. */
  pid(container?: string): number | undefined {
    return this.#containers.pid(container);
  }

  /** Takes the pod's new state from the API server. */
  update(pod: Pod): void {
    this.#pod = pod;
    if (this.#volumes.update(pod)) this.#rewriteVolumes();
    const { deletionTimestamp, deletionGracePeriodSeconds } = pod.metadata;
    if (deletionTimestamp) this.#end(deletionGracePeriodSeconds ?? GRACE_S);
    else this.#status.observe(pod);
  }

  /** The API server has removed the pod: it was deleted by force, or this node has confirmed its deletion. */
  removed(last: Pod): void {
    const { deletionTimestamp, deletionGracePeriodSeconds } = last.metadata;
    const declared = deletionTimestamp ? deletionGracePeriodSeconds : last.spec.terminationGracePeriodSeconds;
    // A kubelet gives a pod one second even after a forced deletion.
    this.#end(Math.max(1, declared ?? GRACE_S));
  }

  /** Ends the pod's processes because the node stops. Resolves when none is left. */
  async stop(graceSeconds: number): Promise<void> {
    this.#end(graceSeconds);
    await this.#over;
  }

  async #live(): Promise<void> {
    this.#status.request();
    const unsubscribe = this.#subscribe();
    const running = this.#run();
    await Promise.race([running, aborted(this.#ending.begun)]);
    await this.#containers.stop(this.#ending.kill, this.#pod.spec.terminationGracePeriodSeconds ?? GRACE_S);
    await running;
    this.#ending.close();
    unsubscribe();
    await this.#volumes.close();
    this.#context.addresses.release(this.#address);
    this.#terminal = true;
    await this.#status.flush();
    await rm(this.#dir, { recursive: true, force: true });
    await aborted(AbortSignal.any([this.#ending.begun, this.#context.stopped]));
    const { client, stopped } = this.#context;
    await confirmDeletion({
      client,
      pod: this.#pod,
      complain: (error) => this.#complain(error),
      signal: stopped,
    });
  }

  async #run(): Promise<void> {
    await mkdir(this.#home, { recursive: true });
    await writePodKubeconfig(this.#pod, {
      ...this.#context,
      path: this.#kubeconfig,
      volumeFolder: (volume) => this.#volumes.folder(volume),
    });
    if (await this.#prepareVolumes()) await this.#containers.run();
  }

  /** Resolves with false if the pod ends before its volumes are ready. */
  async #prepareVolumes(): Promise<boolean> {
    while (!this.#ending.begun.aborted) {
      const change = this.#change.promise;
      try {
        const written = await this.#volumes.write();
        if (written.kind === "ready") return true;
        this.#containers.explainWaiting(written.message);
      } catch (error) {
        this.#complain(error);
      }
      await Promise.race([change, pause(RETRY_MS, this.#ending.begun)]);
    }
    return false;
  }

  #end(graceSeconds: number): void {
    this.#ending.within(graceSeconds);
    this.#status.request();
  }

  /** Subscribes to changes of all objects that the pod refers to. Returns a function that ends the subscription. */
  #subscribe(): () => void {
    const { namespace } = this.#pod.metadata;
    const { initContainers = [], containers, volumes = [] } = this.#pod.spec;
    const ofVariables = [...initContainers, ...containers].flatMap((spec) =>
      environmentReferences(namespace, spec),
    );
    const ofVolumes = volumes.flatMap((volume) => volumeReferences(namespace, volume));
    const wake = () => {
      this.#change.resolve();
      this.#change = Promise.withResolvers();
    };
    const rewrite = () => {
      wake();
      this.#rewriteVolumes();
    };
    const { objects } = this.#context;
    const ends = [objects.subscribe(ofVariables, wake), objects.subscribe(ofVolumes, rewrite)];
    return () => {
      for (const end of ends) end();
    };
  }

  #rewriteVolumes(): void {
    this.#volumes.write().catch((error: unknown) => this.#complain(error));
  }

  #container(spec: ContainerSpec, role: ContainerParts["role"]): Container {
    return new Container(spec, {
      ...this.#context,
      pod: this.#pod,
      address: this.#address.local,
      role,
      launch: (restarts) => this.#launch(spec, restarts),
      nextChange: () => this.#change.promise,
      changed: () => this.#status.request(),
    });
  }

  #launch(spec: ContainerSpec, restarts: number): Promise<Launch> {
    return prepareLaunch(spec, {
      ...this.#context,
      pod: this.#pod,
      address: this.#address,
      home: this.#home,
      kubeconfig: this.#kubeconfig,
      mounts: () => this.#volumes.mounts(spec, `${spec.name}-${restarts}`),
    });
  }

  get #home(): string {
    return join(this.#dir, "home");
  }

  get #kubeconfig(): string {
    return join(this.#dir, "kubeconfig");
  }

  #computeStatus(): PodStatus {
    return podStatus({
      ...this.#containers.snapshots,
      pod: this.#pod,
      address: this.#address,
      startTime: this.#startTime,
      terminal: this.#terminal,
      conditions: this.#status.last?.conditions ?? [],
      now: new Date(),
    });
  }

  #complain(error: unknown): void {
    const { namespace, name } = this.#pod.metadata;
    this.#context.complain(`pod ${namespace}/${name}`, error);
  }
}
