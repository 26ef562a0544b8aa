import { AWSCURRENT } from "@rotated-secrets/contract/labels";
import type { LabelMove } from "../aws/secrets-manager/store.ts";
import type { DatabaseSecret } from "../samples/database-secret.ts";
import { PAYMENTS, setUpPayments } from "../samples/payments.ts";
import { describeServices, startServices } from "../samples/services.ts";
import { SHORT_TIMES, shortTimesNote } from "../samples/short-times.ts";
import type { Sandbox } from "../sandbox.ts";
import type { Screen } from "../screen/screen.ts";
import { type Moment, panelLines } from "./panel.ts";
import { ClusterView } from "./watching/cluster-view.ts";
import { LiveCounts } from "./watching/live-counts.ts";
import { VersionNames } from "./watching/version-names.ts";

/** Everything that a part of the demo works with. */
export interface Stage {
  readonly sandbox: Sandbox;
  readonly secret: DatabaseSecret;
  readonly cluster: ClusterView;
  readonly counts: LiveCounts;
  readonly screen: Screen;
  readonly versions: VersionNames;
  /** Ends the demo. */
  readonly signal: AbortSignal;
}

/** Sets up everything that is there before the first rotation, and shows the panel. */
export async function setStage(sandbox: Sandbox, screen: Screen, signal: AbortSignal): Promise<Stage> {
  const secret = await setUpPayments(sandbox, SHORT_TIMES, (line) => screen.step(line));
  screen.step(shortTimesNote());
  const versions = new VersionNames();
  screen.step(`the first version is ${versions.long(secret.versionId)}`);
  const cluster = await ClusterView.start(sandbox.controlPlane.adminKubeconfig, signal);
  const counts = LiveCounts.start(sandbox.node.logDir, PAYMENTS.namespace, signal);
  const stage = { sandbox, secret, cluster, counts, screen, versions, signal };
  showPanel(stage);
  await startServices(sandbox);
  screen.step(`services that query PostgreSQL all the time: ${describeServices()}`);
  return stage;
}

/** Shows the panel. `other` replaces parts of what it shows. */
export function showPanel(stage: Stage, other: () => Partial<Moment> = () => ({})): void {
  const { cluster, counts, screen, secret, versions } = stage;
  screen.panel((width) => {
    const moment: Moment = {
      pods: cluster.pods,
      versionOf: ({ versionId }) => versionId ?? secret.versionId,
      awsCurrent: currentMoves(stage).at(-1)?.versionId ?? secret.versionId,
      inSecret: cluster.secretVersionId ?? secret.versionId,
      counts: counts.now,
      says: cluster.progress.says,
      ...other(),
    };
    return panelLines(moment, versions, width);
  });
}

/** When AWSCURRENT came to versions of the secret, by AWS, from `since` on (ms since the epoch). */
export function currentMoves(
  { sandbox, secret }: Pick<Stage, "sandbox" | "secret">,
  since = 0,
): readonly LabelMove[] {
  return sandbox.aws.labelMoves.filter(
    ({ at, arn, label }) => at >= since && arn === secret.arn && label === AWSCURRENT,
  );
}
