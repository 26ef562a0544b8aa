// A rotation function for tests. It rotates as AWS documents it, and each value is the id of its version. PLAN changes
// the next calls of a step. It writes the step of each event to the file TRACE. It speaks the protocol without the SDK,
// so that its process starts fast.
import { appendFileSync, readFileSync } from "node:fs";
import { request } from "node:http";
import { text } from "node:stream/consumers";

const { AWS_ENDPOINT_URL = "", AWS_ACCESS_KEY_ID, AWS_REGION, PLAN = "{}", TRACE } = process.env;
const scope = `${AWS_ACCESS_KEY_ID}/20261123/${AWS_REGION}/secretsmanager/aws4_request`;
const authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`;

/**
 * @param {string} operation
 * @param {object} body
 * @returns {Promise<any>}
 */
function call(operation, body) {
  return new Promise((resolve, reject) => {
    const headers = { "x-amz-target": `secretsmanager.${operation}`, authorization };
    const outgoing = request(AWS_ENDPOINT_URL, { method: "POST", headers }, (answer) => {
      text(answer).then((json) => resolve(JSON.parse(json)), reject);
    });
    outgoing.on("error", reject);
    outgoing.end(JSON.stringify(body));
  });
}

/**
 * The planned fault of this call of the step.
 * @param {string} step
 * @returns {string | undefined}
 */
function planned(step) {
  if (TRACE === undefined) return undefined;
  const before = readFileSync(TRACE, "utf8").split("\n");
  appendFileSync(TRACE, `${step}\n`);
  return JSON.parse(PLAN)[step]?.[before.filter((other) => other === step).length];
}

/** @param {{SecretId: string, ClientRequestToken: string}} event */
async function createSecret({ SecretId, ClientRequestToken }) {
  await call("GetSecretValue", { SecretId, VersionStage: "AWSCURRENT" });
  const pending = { SecretId, VersionId: ClientRequestToken, VersionStage: "AWSPENDING" };
  const found = await call("GetSecretValue", pending);
  if (found.__type !== "ResourceNotFoundException") return;
  const value = { ClientRequestToken, SecretString: ClientRequestToken, VersionStages: ["AWSPENDING"] };
  await call("PutSecretValue", { SecretId, ...value });
}

/** @param {{SecretId: string, ClientRequestToken: string}} event */
async function finishSecret({ SecretId, ClientRequestToken }) {
  const { VersionIdsToStages } = await call("DescribeSecret", { SecretId });
  const current = Object.keys(VersionIdsToStages).find((id) => VersionIdsToStages[id].includes("AWSCURRENT"));
  if (current === ClientRequestToken) return;
  const move = {
    VersionStage: "AWSCURRENT",
    MoveToVersionId: ClientRequestToken,
    RemoveFromVersionId: current,
  };
  await call("UpdateSecretVersionStage", { SecretId, ...move });
}

/** @param {{Step: string, SecretId: string, ClientRequestToken: string, RotationToken: string}} event */
export async function handler(event) {
  const { Step, SecretId, RotationToken } = event;
  const plan = planned(Step);
  if (!RotationToken) throw new Error("no RotationToken");
  if (plan === "fail") throw new Error("as planned");
  if (plan === "crash") process.exit(1);
  if (plan === "hang") await new Promise((resolve) => setTimeout(resolve, 60_000));
  if (plan === "skip") return;
  if (plan === "override") {
    const ClientRequestToken = crypto.randomUUID();
    await call("PutSecretValue", { SecretId, SecretString: "by hand", ClientRequestToken });
  }
  if (Step === "createSecret") await createSecret(event);
  if (Step === "finishSecret") await finishSecret(event);
}
