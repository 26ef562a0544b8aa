import type { Clock } from "@rotated-secrets/kube-runtime/time/clock";
import { matchesLabels } from "../../api/label-selector.ts";
import { resolveSpec } from "../../api/resolved-spec.ts";
import {
  parseRotatedSecret,
  type RotatedSecret,
  type RotatedSecretSpec,
  type RotatedSecretStatus,
} from "../../api/rotated-secret.ts";
import type { SecretAccessPolicy } from "../../api/secret-access-policy.ts";
import { resolveWorkloadChoice, type WorkloadChoice } from "../../api/workload-choice.ts";
import { isSameWorkload } from "../../api/workload-kind.ts";
import { policy, resource } from "../../lifecycle/testing/world.ts";
import type { EventNote, Reporting } from "../../ports/reporting.ts";
import type { RecordedRotation, Resources } from "../../ports/resources.ts";
import type { ServiceAccounts } from "../../ports/service-accounts.ts";
import { Conflict } from "../../ports/target-secrets.ts";
import type { KeyNeed, Workloads } from "../../ports/workloads.ts";
import { WriteRefused } from "../../ports/write-refused.ts";
import { SimulatedDeployment } from "./simulated-deployment.ts";
import type { SimulatedPod } from "./simulated-pod.ts";
import { SimulatedSecret } from "./simulated-secret.ts";
import { SimulatedStatefulSet } from "./simulated-stateful-set.ts";
import type { SimulatedWorkload } from "./simulated-workload.ts";

/** The namespace `payments` with one RotatedSecret `db`, its Secret and the workloads that read it. */
export class SimulatedCluster {
  readonly secret: SimulatedSecret;
  readonly deployments: SimulatedDeployment[] = [];
  readonly statefulSets: SimulatedStatefulSet[] = [];
  readonly events: EventNote[] = [];
  policies: readonly SecretAccessPolicy[] = [policy("Read", "Rotate")];
  statusWrites = 0;
  /** Names of workloads that the operator may not patch. */
  readonly protectedWorkloads = new Set<string>();
  readonly #clock: Clock;
  #resource: RotatedSecret;
  /** The spec as people wrote it. */
  #written: RotatedSecretSpec;
  #edits = 0;

  /** @param uid of the RotatedSecret */
  constructor(clock: Clock, uid: string) {
    this.#clock = clock;
    this.secret = new SimulatedSecret(clock);
    const made = resource();
    this.#written = made.spec;
    const creationTimestamp = new Date(Math.floor(clock.now() / 1_000) * 1_000).toISOString();
    this.#resource = {
      ...made,
      metadata: { ...made.metadata, uid, creationTimestamp },
      status: { observedGeneration: -1 },
    };
  }

  get status(): RotatedSecretStatus {
    return this.#resource.status;
  }

  get resource(): RotatedSecret {
    return this.#resource;
  }

  /** The rotations that RotatedSecrets of this cluster have recorded for the AWS secret. */
  recordedRotations: () => readonly RecordedRotation[] = () => this.ownRecordedRotations;

  get ownRecordedRotations(): readonly RecordedRotation[] {
    const { metadata, status } = this.#resource;
    const { uid, namespace, name } = metadata;
    const { rotation } = status;
    return rotation === undefined || rotation.trigger === "External"
      ? []
      : [{ uid, namespace, name, rotation }];
  }

  /** Pods of the workloads that count for the RotatedSecret as its spec stands. */
  get countedPods(): readonly SimulatedPod[] {
    const choice = resolveWorkloadChoice(this.#resource.spec.rollout?.workloads);
    return this.#chosen(choice).flatMap(({ pods }) => pods);
  }

  /** Grows with every change that wakes an operator; its own status writes do not. */
  get changes(): number {
    return this.readers.reduce((sum, { changes }) => sum + changes, this.#edits + this.secret.changes);
  }

  get nextAt(): number {
    return Math.min(...this.readers.map(({ nextAt }) => nextAt));
  }

  step(): void {
    for (const reader of this.readers) reader.step();
  }

  /** All workloads that read the Secret. */
  get readers(): readonly SimulatedWorkload[] {
    return [...this.deployments, ...this.statefulSets];
  }

  deploy(name: string): SimulatedDeployment {
    const deployment = new SimulatedDeployment(name, this.#clock, this.secret);
    this.deployments.push(deployment);
    this.#edits += 1;
    return deployment;
  }

  deployStatefulSet(name: string): SimulatedStatefulSet {
    const statefulSet = new SimulatedStatefulSet(name, this.#clock, this.secret);
    this.statefulSets.push(statefulSet);
    this.#edits += 1;
    return statefulSet;
  }

  /** Somebody changes the spec, maybe to one that the operator can use only in part. */
  edit(spec: Partial<RotatedSecretSpec>): void {
    this.#written = { ...this.#written, ...spec };
    const generation = this.#resource.metadata.generation + 1;
    const { status, metadata } = this.#resource;
    const object = { spec: this.#written, metadata: { ...metadata, generation } };
    const parsed = parseRotatedSecret(object);
    if (parsed.kind !== "valid") throw new Error(`the spec is invalid: ${JSON.stringify(parsed)}`);
    this.#resource = { ...parsed.resource, status };
    this.#touch();
  }

  /** Somebody asks for a rotation; undefined takes it back. */
  request(text: string | undefined): void {
    this.annotate("rotatedsecrets.dev/rotate", text);
  }

  /** Somebody sets an annotation of the RotatedSecret; undefined removes it. */
  annotate(name: string, text: string | undefined): void {
    const { [name]: _, ...others } = this.#resource.metadata.annotations ?? {};
    const annotations = text === undefined ? others : { ...others, [name]: text };
    this.#resource = { ...this.#resource, metadata: { ...this.#resource.metadata, annotations } };
    this.#touch();
  }

  /** The keys that readers need. */
  get keyNeeds(): readonly KeyNeed[] {
    return this.deployments.flatMap(({ name, neededKeys }) =>
      neededKeys.map((key) => ({ key, reader: `Deployment ${name}` })),
    );
  }

  /** Somebody changes what the namespace may have. */
  allow(...policies: readonly SecretAccessPolicy[]): void {
    this.policies = policies;
    this.#edits += 1;
  }

  readonly resources: Resources = {
    rotatedSecret: () => ({
      kind: "valid",
      resource: this.#resource,
      spec: resolveSpec(this.#resource, { region: "eu-west-1" }),
    }),
    recordedRotations: () => this.recordedRotations(),
    policies: () => this.policies,
    namespaceLabels: () => ({ team: "payments" }),
  };

  readonly workloads: Workloads = {
    cached: (_secret, choice) => this.#chosen(choice).map(({ workload }) => workload),
    pods: (_secret, choice) => Promise.resolve(this.#chosen(choice).flatMap(({ readers }) => readers)),
    keyNeeds: () => Promise.resolve({ kind: "needs", needs: this.keyNeeds }),
    restart: (_secret, ref, text) => {
      const restarted = this.readers.find(({ workload }) => isSameWorkload(workload.ref, ref));
      if (restarted === undefined) throw new Conflict("it is gone");
      if (this.protectedWorkloads.has(ref.name))
        throw new WriteRefused(`the ${ref.kind} ${ref.name}`, "403 Forbidden");
      restarted.restart(text);
      return Promise.resolve(restarted.workload);
    },
  };

  /** None: AWS is called as the operator. */
  readonly serviceAccounts: ServiceAccounts = {
    cached: () => undefined,
    read: () => Promise.resolve({ kind: "absent" }),
    recent: () => Promise.resolve({ kind: "absent" }),
    token: () => Promise.resolve({ kind: "absent" }),
    onChange: () => () => {},
  };

  readonly reporting: Reporting = {
    writeStatus: (judged, status) => {
      const { metadata } = this.#resource;
      if (judged.metadata.resourceVersion !== metadata.resourceVersion) throw new Conflict("another one");
      this.statusWrites += 1;
      this.#resource = {
        ...this.#resource,
        status: structuredClone(status),
        metadata: nextVersion(metadata),
      };
      return Promise.resolve(this.#resource.metadata);
    },
    record: (_resource, note) => {
      this.events.push(note);
      return Promise.resolve();
    },
  };

  #chosen(choice: WorkloadChoice): readonly SimulatedWorkload[] {
    return this.readers.filter((reader) => isChosen(reader, choice));
  }

  #touch(): void {
    this.#resource = { ...this.#resource, metadata: nextVersion(this.#resource.metadata) };
    this.#edits += 1;
  }
}

function isChosen({ workload, labels }: SimulatedWorkload, choice: WorkloadChoice): boolean {
  switch (choice.kind) {
    case "Auto":
      return true;
    case "Names":
      return choice.names.some((name) => isSameWorkload(name, workload.ref));
    case "Selector":
      return matchesLabels(choice.selector, labels);
    case "None":
      return false;
  }
}

function nextVersion(metadata: RotatedSecret["metadata"]): RotatedSecret["metadata"] {
  return { ...metadata, resourceVersion: String(Number(metadata.resourceVersion) + 1) };
}
