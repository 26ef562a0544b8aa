import type { AwsCall } from "@rotated-secrets/sandbox/aws/emulator";
import { OPERATOR_RELEASE } from "@rotated-secrets/sandbox/operator-release";
import { eventually } from "../support/eventually.ts";
import { type ApiRequest, AuditTail } from "./audit-tail.ts";
import type { BenchCluster } from "./bench-cluster.ts";
import { type Cost, countKinds } from "./figures.ts";
import { usageOf } from "./process-usage.ts";
import { isUpkeepKind } from "./upkeep.ts";

/** An operator that makes only upkeep requests for this time has nothing left to do, ms. */
const QUIET_MS = 3_000;
const LONGEST_WORK_MS = 600_000;

/** Measures the operator's calls, requests, CPU time and memory between two moments. */
export class Meter {
  readonly #cluster: BenchCluster;
  readonly #pid: number;
  readonly #audit: AuditTail;
  readonly #requests: ApiRequest[] = [];

  constructor(cluster: BenchCluster, pid: number) {
    this.#cluster = cluster;
    this.#pid = pid;
    const user = `system:serviceaccount:${OPERATOR_RELEASE}:${OPERATOR_RELEASE}`;
    this.#audit = new AuditTail(cluster.controlPlane.auditLog, user);
  }

  /** The operator's calls of AWS, the first since the emulator's start first. */
  get awsCalls(): readonly AwsCall[] {
    const { AWS_ACCESS_KEY_ID } = this.#cluster.aws.credentials("operator");
    return this.#cluster.aws.calls.filter(({ accessKeyId }) => accessKeyId === AWS_ACCESS_KEY_ID);
  }

  /** Measures the cost of `work`, from now to its end. */
  async measure(work: () => Promise<unknown>): Promise<Cost> {
    const before = await this.#read();
    await work();
    const after = await this.#read();
    return {
      seconds: (after.at - before.at) / 1_000,
      awsCalls: countKinds(this.awsCalls.slice(before.calls).map(({ operation }) => operation)),
      apiRequests: countKinds(this.#requests.slice(before.requests).map(({ kind }) => kind)),
      operatorCpuSeconds: after.operator - before.operator,
      apiServerCpuSeconds: after.apiServer - before.apiServer,
      rssMiB: after.rssMiB,
      peakRssMiB: after.peakRssMiB,
    };
  }

  /** Waits until the operator is at rest; resolves with when its last work began, ms since the epoch. */
  async atRest(since: number): Promise<number> {
    return await eventually(
      "the operator is at rest",
      async () => {
        await this.#readAudit();
        const last = this.#requests.findLast(({ kind }) => !isUpkeepKind(kind))?.at ?? since;
        return Math.max(last, since) < Date.now() - QUIET_MS ? last : undefined;
      },
      LONGEST_WORK_MS,
    );
  }

  async #readAudit(): Promise<void> {
    this.#requests.push(...(await this.#audit.read()));
  }

  async #read() {
    const [operator, apiServer] = await Promise.all([
      usageOf(this.#pid),
      usageOf(this.#cluster.controlPlane.pid.apiserver),
      this.#readAudit(),
    ]);
    return {
      at: Date.now(),
      operator: operator.cpuSeconds,
      rssMiB: operator.rssMiB,
      peakRssMiB: operator.peakRssMiB,
      apiServer: apiServer.cpuSeconds,
      calls: this.awsCalls.length,
      requests: this.#requests.length,
    };
  }
}
