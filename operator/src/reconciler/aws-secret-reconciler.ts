import type {
  ReconcileContext,
  Reconciler,
  Result,
} from "@rotated-secrets/kube-runtime/controller/reconciler";
import type { Clock } from "@rotated-secrets/kube-runtime/time/clock";
import { decideAwsSecret } from "../lifecycle/intents/aws-secret.ts";
import type { LogField } from "../log-fields.ts";
import type { Resources } from "../ports/resources.ts";
import type { NamespacedName } from "../ports/target-secrets.ts";

/** The key of the second controller: one secret of AWS Secrets Manager. An ARN holds account and region. */
export interface AwsSecretKey {
  readonly arn: string;
}

/** Options of AwsSecretReconciler. */
export interface AwsSecretReconcilerOptions {
  readonly resources: Pick<Resources, "recordedRotations">;
  readonly clock: Clock;
  /** Reconciles a RotatedSecret as soon as possible. */
  readonly wake: (name: NamespacedName) => void;
}

/**
 * Decides about one AWS secret with several RotatedSecrets, and wakes those that may go on. It makes no call: a RotatedSecret
 * that is woken asks for its turn itself, right before it calls AWS.
 */
export class AwsSecretReconciler implements Reconciler<AwsSecretKey, LogField> {
  readonly #options: AwsSecretReconcilerOptions;

  constructor(options: AwsSecretReconcilerOptions) {
    this.#options = options;
  }

  reconcile({ arn }: AwsSecretKey, _context: ReconcileContext<LogField>): Promise<Result> {
    const { resources, clock, wake } = this.#options;
    const now = clock.now();
    const decision = decideAwsSecret({ now, recorded: resources.recordedRotations(arn) });
    for (const { namespace, name } of decision.wake) wake({ namespace, name });
    const { until } = decision;
    return Promise.resolve(
      until === undefined ? { kind: "done" } : { kind: "requeueAfter", ms: Math.max(0, until - now) },
    );
  }
}
