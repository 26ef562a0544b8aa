import { accessSync, constants } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { OPERATOR_RELEASE } from "./operator-release.ts";
import { PAYMENTS, rotateArguments } from "./samples/payments.ts";
import type { Sandbox } from "./sandbox.ts";

/** Lines to paste into another terminal, so that its kubectl, helm, AWS CLI and `npm run operator` meet this sandbox. */
export function exportLines({ environment, tools }: Sandbox): string {
  const path = [...new Set([dirname(tools.kubectl), dirname(tools.helm)])].join(delimiter);
  // The first version of the AWS CLI knows the region by this name only.
  const variables = { ...environment, AWS_DEFAULT_REGION: environment.AWS_REGION ?? "" };
  const lines = Object.entries(variables).map(([name, value]) => `export ${name}=${quoted(value)}`);
  return [...lines, `export PATH=${quoted(path)}:"$PATH"`].join("\n");
}

/** What to try with the example that `setUpPayments` makes. */
export function tryLines(): string {
  const { namespace, name, secretId } = PAYMENTS;
  const inNamespace = `-n ${namespace}`;
  const rotate = rotateArguments('"$(date +%s)"').join(" ");
  const operator = `deployment/${OPERATOR_RELEASE} -n ${OPERATOR_RELEASE}`;
  const aws = isOnPath("aws")
    ? [
        [
          "What AWS holds",
          `aws --endpoint-url "$AWS_ENDPOINT_URL" secretsmanager list-secret-version-ids --secret-id ${secretId}`,
        ],
      ]
    : [];
  return [
    ["Follow it", `kubectl get rsec ${inNamespace} --watch`],
    ["Rotate once more", `kubectl ${rotate}`],
    ["See what happened", `kubectl describe rsec ${name} ${inNamespace}`],
    ["What can be written", "kubectl explain rsec.spec --recursive"],
    ["The operator's log", `kubectl logs ${operator} --follow`],
    ...aws,
    ["Log in with the Secret, as a service does", databaseLines()],
    ["Take the operator away (and rotate in vain)", `kubectl scale ${operator} --replicas=0`],
    ["Run it from source in its place, in the repository", "npm run operator"],
  ]
    .map(([title, line]) => `${title}:\n${line}`)
    .join("\n\n");
}

/** Takes the credential from the Secret by kubectl, so that none is shown here. */
function databaseLines(): string {
  const { namespace, name } = PAYMENTS;
  const variables = {
    PGHOST: "host",
    PGPORT: "port",
    PGUSER: "username",
    PGPASSWORD: "password",
    PGDATABASE: "dbname",
  };
  const given = Object.entries(variables)
    .map(([variable, key]) => `${variable}="$(key ${key})"`)
    .join(" ");
  const sql =
    "SELECT usename, application_name, count(*) FROM pg_stat_activity WHERE usename IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2";
  const client = isOnPath("psql")
    ? `psql -c "${sql}"`
    : `node -e 'const c = new (require("pg").Client)(); c.connect().then(() => c.query("${sql}")).then((r) => console.table(r.rows)).finally(() => c.end())'`;
  return `key() { kubectl get secret ${name} -n ${namespace} -o go-template="{{.data.$1 | base64decode}}"; }\n${given} ${client}`;
}

function isOnPath(program: string): boolean {
  return (process.env.PATH ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** For a POSIX shell. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
