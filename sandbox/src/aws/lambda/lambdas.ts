import { randomUUID } from "node:crypto";
import type { Processes } from "../../processes/processes.ts";
import { AwsError } from "../aws-error.ts";
import { ExecutionEnvironment, type InvocationResult, type LambdaFunction } from "./execution-environment.ts";

/** A function and the processes that serve it. */
interface Deployment {
  readonly function: LambdaFunction;
  readonly idle: ExecutionEnvironment[];
  readonly all: Set<ExecutionEnvironment>;
}

// Like reserved concurrency: tests do not need more, and a laptop has no room for more.
const CONCURRENCY = 10;

/** Lambda: the deployed functions. Invocations that run at the same time have a process each. */
export class Lambdas {
  readonly #processes: Processes;
  readonly #deployments = new Map<string, Deployment>();
  #stopped = false;

  constructor(processes: Processes) {
    this.#processes = processes;
  }

  /**
   * Deploys a function, or new code for the function with the same ARN. Idle processes with the old code are stopped.
   */
  async deploy(deployed: LambdaFunction): Promise<void> {
    const before = this.#deployments.get(deployed.arn);
    this.#deployments.set(deployed.arn, { function: deployed, idle: [], all: new Set() });
    await Promise.all((before?.idle ?? []).map((environment) => environment.stop()));
  }

  has(arn: string): boolean {
    return this.#deployments.has(arn);
  }

  /**
   * Invokes a function by its ARN and waits for the result.
   * @throws AwsError ResourceNotFoundException for an unknown function, TooManyRequestsException for more than 10 at a
   * time
   */
  async invoke(arn: string, payload: string): Promise<InvocationResult> {
    const deployment = this.#deployments.get(arn);
    if (deployment === undefined)
      throw new AwsError("ResourceNotFoundException", `Function not found: ${arn}`, 404);
    const environment = (await warm(deployment)) ?? (await this.#start(deployment));
    const result = await environment.invoke(randomUUID(), payload);
    const replaced = this.#deployments.get(arn) !== deployment;
    if (environment.over || replaced) {
      deployment.all.delete(environment);
      await environment.stop();
    } else {
      deployment.idle.push(environment);
    }
    return result;
  }

  /** Stops all processes. */
  async stop(): Promise<void> {
    this.#stopped = true;
    const environments = [...this.#deployments.values()].flatMap((deployment) => [...deployment.all]);
    this.#deployments.clear();
    await Promise.all(environments.map((environment) => environment.stop()));
  }

  async #start(deployment: Deployment): Promise<ExecutionEnvironment> {
    if (deployment.all.size >= CONCURRENCY)
      throw new AwsError("TooManyRequestsException", "Rate Exceeded.", 429);
    const environment = await ExecutionEnvironment.start(deployment.function, this.#processes);
    deployment.all.add(environment);
    if (this.#stopped) await environment.stop();
    return environment;
  }
}

/** A process that waits for work. Processes that have died meanwhile are removed. */
async function warm(deployment: Deployment): Promise<ExecutionEnvironment | undefined> {
  for (let next = deployment.idle.pop(); next !== undefined; next = deployment.idle.pop()) {
    if (await next.isWarm()) return next;
    deployment.all.delete(next);
    await next.stop();
  }
  return undefined;
}
