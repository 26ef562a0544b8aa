import { OPERATOR_RELEASE, operatorPod } from "../../operator-release.ts";
import { calls, operations } from "../../proxy/call-match.ts";
import { kill } from "../../proxy/fault.ts";
import { PAYMENTS } from "../../samples/payments.ts";
import type { Stage } from "../stage.ts";
import { waitFor } from "../watching/wait-for.ts";
import { NO_OUTAGE, type Outage, type PreparedBreak } from "./prepared-break.ts";

const RESTART_PATH = new RegExp(`/namespaces/${PAYMENTS.namespace}/deployments/`);

/**
 * Kills the operator by SIGKILL at two moments: AWS has taken RotateSecret, and the API server has taken the restart of a
 * Deployment. Both times the operator does not hear the answer. The node starts it again.
 */
export async function prepareOperatorKills(stage: Stage): Promise<PreparedBreak> {
  const { sandbox, screen } = stage;
  const pod = await operatorPod(sandbox);
  if (pod === undefined) throw new Error("The operator has no pod, so it cannot be killed");
  const killed = new Set<number>();
  const killSaying = (text: string) =>
    kill(() => {
      const pid = sandbox.node.pid(OPERATOR_RELEASE, pod);
      if (pid === undefined) throw new Error("The operator does not run, so it cannot be killed");
      process.kill(pid, "SIGKILL");
      killed.add(pid);
      screen.step(text);
    });
  const injected = [
    sandbox.awsProxy.inject({
      on: operations("RotateSecret"),
      when: "after",
      fault: killSaying("the operator is killed: AWS has taken RotateSecret, the operator has no answer"),
    }),
    sandbox.apiProxy.inject({
      on: calls("PATCH", RESTART_PATH),
      when: "after",
      fault: killSaying("the operator is killed: it has restarted a Deployment, and has no answer"),
    }),
  ];
  const over = async (): Promise<Outage> => {
    for (const count of [1, 2]) {
      await waitFor(stage, "the operator is killed, and started again", () => {
        const pid = sandbox.node.pid(OPERATOR_RELEASE, pod);
        return killed.size >= count && pid !== undefined && !killed.has(pid) ? true : undefined;
      });
      screen.step("the node has started the operator again");
    }
    return NO_OUTAGE;
  };
  return {
    over: over(),
    remove: async () => {
      for (const one of injected) one.remove();
    },
  };
}
