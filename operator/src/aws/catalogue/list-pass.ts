import type { Clock } from "@rotated-secrets/kube-runtime/time/clock";
import type { AwsProblem } from "../../ports/aws-problem.ts";
import type { AwsScope } from "../../ports/aws-scope.ts";
import type { Instant } from "../../ports/fact.ts";
import type { SecretSnapshot, SecretsManagerApi } from "../calls/secrets-manager-api.ts";

/** AWS: 500,000 secrets in a region at most, 100 on a page. */
const MAX_PAGES = 5_000;

/** The pages that were read, and the problem that ended the pass early. */
export interface ListPass {
  readonly pages: number;
  readonly problem?: AwsProblem;
}

/** Receives the secrets of a list pass. */
export interface ListReader {
  /** One secret of a page that was requested at `at`. */
  show(secret: SecretSnapshot, at: Instant): void;
  /** Whether the rest of the pages need not be read. */
  hasSeenAll(): boolean;
}

/** Reads ListSecrets page by page. @throws the signal's reason */
export async function listPass(
  api: SecretsManagerApi,
  scope: AwsScope,
  clock: Clock,
  reader: ListReader,
  signal: AbortSignal,
): Promise<ListPass> {
  let next: string | undefined;
  for (let pages = 1; pages <= MAX_PAGES; pages += 1) {
    const at = clock.now();
    const result = await api.listSecrets(scope, next, signal);
    if (result.kind === "problem") return { pages: pages - 1, problem: result.problem };
    for (const secret of result.value.items) reader.show(secret, at);
    next = result.value.next;
    if (next === undefined || reader.hasSeenAll()) return { pages };
  }
  return { pages: MAX_PAGES };
}
