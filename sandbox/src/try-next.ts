import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { OPERATOR_RELEASE } from "./operator-release.ts";
import { PAYMENTS } from "./samples/payments.ts";

/** What to try in a sandbox without the operator. */
export const BARE_LINES = `Install the resources, and run the operator from source, in the repository:
kubectl apply -f crds/
npm run operator`;

/** What to try with the example and its services. No line is longer than 79 characters, so that none breaks on a terminal. */
export function tryLines(): string {
  const { namespace, name, secretId } = PAYMENTS;
  const inNamespace = `-n ${namespace}`;
  const operator = `deployment/${OPERATOR_RELEASE} -n ${OPERATOR_RELEASE}`;
  return [
    ["Follow the RotatedSecret", `kubectl get rsec ${inNamespace} --watch`],
    [
      "Rotate once more",
      `kubectl annotate rsec ${name} ${inNamespace} --overwrite \\\n    rotatedsecrets.dev/rotate="$(date +%s)"`,
    ],
    ["See what happened", `kubectl describe rsec ${name} ${inNamespace}`],
    ["See the pods", `kubectl get pods ${inNamespace}`],
    ["See the manifests, to change them or to add a service", "npm run sandbox -- --yaml"],
    ["See which fields a RotatedSecret has", "kubectl explain rsec.spec --recursive"],
    ["Follow the operator's log", `kubectl logs ${operator} --follow`],
    ...(isOnPath("aws") ? [["See what AWS holds", awsLines(secretId)]] : []),
    ["Log in with the Secret, as a service does", databaseLines()],
    ["Stop the operator (a request to rotate then waits for it)", `kubectl scale ${operator} --replicas=0`],
    ["Run it from source instead, in the repository", "npm run operator"],
  ]
    .map(([title, lines]) => `${title}:\n${lines}`)
    .join("\n\n");
}

function awsLines(secretId: string): string {
  const subcommand = `secretsmanager \\\n    list-secret-version-ids --secret-id ${secretId}`;
  return `aws --endpoint-url "$AWS_ENDPOINT_URL" ${subcommand}`;
}

/** kubectl takes the credential from the Secret, so this text shows none. */
function databaseLines(): string {
  const { namespace, name } = PAYMENTS;
  const key = `key() { kubectl get secret ${name} -n ${namespace} \\
    -o go-template="{{.data.$1 | base64decode}}"; }`;
  const variables = `PGHOST="$(key host)" PGPORT="$(key port)" PGUSER="$(key username)" \\
PGPASSWORD="$(key password)" PGDATABASE="$(key dbname)" \\`;
  const sql = `SELECT usename, application_name, count(*)
    FROM pg_stat_activity WHERE usename IS NOT NULL
    GROUP BY 1, 2 ORDER BY 1, 2`;
  const client = isOnPath("psql")
    ? `psql -c "${sql}"`
    : `node -e 'const c = new (require("pg").Client)(); c.connect()
  .then(() => c.query(\`${sql}\`))
  .then((r) => console.table(r.rows)).finally(() => c.end())'`;
  return [key, variables, client].join("\n");
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
