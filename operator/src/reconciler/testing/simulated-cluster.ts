import type { RotatedSecret, RotatedSecretSpec, RotatedSecretStatus } from "../../api/rotated-secret.ts";
import type { SecretAccessPolicy } from "../../api/secret-access-policy.ts";
import { policy, resource } from "../../lifecycle/testing/world.ts";
import type { EventNote, Reporting } from "../../ports/reporting.ts";
import type { Resources } from "../../ports/resources.ts";
import type { ServiceAccounts } from "../../ports/service-accounts.ts";
import { Conflict } from "../../ports/target-secrets.ts";
import type { Workloads } from "../../ports/workloads.ts";
import { WriteRefused } from "../../ports/write-refused.ts";
import type { Clock } from "../../runtime/clock.ts";
import { SimulatedDeployment } from "./simulated-deployment.ts";
import { SimulatedSecret } from "./simulated-secret.ts";

/** The namespace `payments` with one RotatedSecret `db`, its Secret and the Deployments that read it. */
export class SimulatedCluster {
  readonly secret: SimulatedSecret;
  readonly deployments: SimulatedDeployment[] = [];
  readonly events: EventNote[] = [];
  policies: readonly SecretAccessPolicy[] = [policy("Read", "Rotate")];
  statusWrites = 0;
  /** Names of Deployments that the operator may not patch. */
  readonly protectedDeployments = new Set<string>();
  readonly #clock: Clock;
  #resource: RotatedSecret;
  #edits = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.secret = new SimulatedSecret(clock);
    const made = resource();
    const creationTimestamp = new Date(Math.floor(clock.now() / 1_000) * 1_000).toISOString();
    this.#resource = {
      ...made,
      metadata: { ...made.metadata, creationTimestamp },
      status: { observedGeneration: -1 },
    };
  }

  get status(): RotatedSecretStatus {
    return this.#resource.status;
  }

  /** Grows with every change that wakes an operator; its own status writes do not. */
  get changes(): number {
    return this.deployments.reduce((sum, { changes }) => sum + changes, this.#edits + this.secret.changes);
  }

  get nextAt(): number {
    return Math.min(...this.deployments.map(({ nextAt }) => nextAt));
  }

  step(): void {
    for (const deployment of this.deployments) deployment.step();
  }

  deploy(name: string): SimulatedDeployment {
    const deployment = new SimulatedDeployment(name, this.#clock, this.secret);
    this.deployments.push(deployment);
    this.#edits += 1;
    return deployment;
  }

  /** Somebody changes the spec. */
  edit(spec: Partial<RotatedSecretSpec>): void {
    const { metadata } = this.#resource;
    const generation = metadata.generation + 1;
    this.#resource = {
      ...this.#resource,
      spec: { ...this.#resource.spec, ...spec },
      metadata: { ...metadata, generation },
    };
    this.#touch();
  }

  /** Somebody asks for a rotation; undefined takes it back. */
  request(text: string | undefined): void {
    const annotations: Record<string, string> =
      text === undefined ? {} : { "rotatedsecrets.dev/rotate": text };
    this.#resource = { ...this.#resource, metadata: { ...this.#resource.metadata, annotations } };
    this.#touch();
  }

  /** Somebody changes what the namespace may have. */
  allow(...policies: readonly SecretAccessPolicy[]): void {
    this.policies = policies;
    this.#edits += 1;
  }

  readonly resources: Resources = {
    rotatedSecret: () => ({ kind: "valid", resource: this.#resource, ignoredStatus: [] }),
    neighbours: () => [],
    policies: () => this.policies,
    namespaceLabels: () => ({ team: "payments" }),
  };

  readonly workloads: Workloads = {
    cached: (_secret, names) => this.#chosen(names).map(({ workload }) => workload),
    pods: (_secret, names) => Promise.resolve(this.#chosen(names).flatMap(({ readers }) => readers)),
    restart: (_secret, { name }, text) => {
      const deployment = this.deployments.find((other) => other.name === name);
      if (deployment === undefined) throw new Conflict("it is gone");
      if (this.protectedDeployments.has(name))
        throw new WriteRefused(`the Deployment ${name}`, "403 Forbidden");
      deployment.restart(text);
      return Promise.resolve(deployment.workload);
    },
  };

  /** None: AWS is called as the operator. */
  readonly serviceAccounts: ServiceAccounts = {
    cached: () => undefined,
    read: () => Promise.resolve({ kind: "absent" }),
    recent: () => Promise.resolve({ kind: "absent" }),
    token: () => Promise.resolve({ kind: "absent" }),
    onChange: () => {},
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

  #chosen(names: readonly string[] | undefined): readonly SimulatedDeployment[] {
    return this.deployments.filter(({ name }) => names?.includes(name) ?? true);
  }

  #touch(): void {
    this.#resource = { ...this.#resource, metadata: nextVersion(this.#resource.metadata) };
    this.#edits += 1;
  }
}

function nextVersion(metadata: RotatedSecret["metadata"]): RotatedSecret["metadata"] {
  return { ...metadata, resourceVersion: String(Number(metadata.resourceVersion) + 1) };
}
