import { join } from "node:path";
import { UpdateSecretVersionStageCommand } from "@aws-sdk/client-secrets-manager";
import type { Condition } from "@rotated-secrets/operator/api/rotated-secret";
import { awsClient, createDatabaseSecret } from "@rotated-secrets/sandbox/samples/database-secret";
import { eventually } from "../support/eventually.ts";
import { reader, rotatedSecret } from "../support/manifests.ts";
import type { Stage } from "../support/stage.ts";
import { type AwsSecrets, credential } from "./aws-secrets.ts";
import { DatabaseGate } from "./database-gate.ts";

/** Where a set-up is broken: a namespace of its own, in it a RotatedSecret `db`, and the name of its secret in AWS. */
export interface Ground {
  readonly stage: Stage;
  readonly aws: AwsSecrets;
  readonly namespace: string;
  readonly secretId: string;
}

/** A set-up that cannot work, what it shows, and how it is put right. */
export interface BrokenSetUp {
  readonly reason: string;
  /** The conditions that show the reason, and their status. */
  readonly shownBy: Readonly<Record<string, Condition["status"]>>;
  /** The remedy in the message. */
  readonly advice: RegExp;
  /** Makes the set-up. Returns what puts it right, as the message says; undefined where a test of its own does that. */
  readonly breakIt: (ground: Ground) => Promise<((message: string) => Promise<void>) | undefined>;
  /** The sign that the fault was corrected. */
  readonly mended?: Partial<Condition>;
}

const READY = { type: "Ready", status: "True" } as const;
const NOT_STALLED = { type: "Stalled", status: "False" } as const;
/** The shortest time that the schema allows. */
const SHORTLY = "5s";
const ACCESS_DENIED = { code: "AccessDeniedException", message: "User is not authorized to perform this" };

/** The set-ups by their fault. An outage of AWS is not among them, because it affects all of them at once. */
export const BROKEN_SET_UPS: Readonly<Record<string, BrokenSetUp>> = {
  "no policy": {
    reason: "Denied",
    shownBy: { Ready: "False", Stalled: "True" },
    advice: /ask the platform team for a SecretAccessPolicy with action Read/,
    breakIt: async (ground) => {
      const { stage, aws, namespace, secretId } = ground;
      await stage.kubectl("label", "namespace", namespace, "team-");
      await aws.create(secretId, credential(1));
      await follow(ground);
      return async () => {
        const labels = { matchLabels: { "kubernetes.io/metadata.name": namespace } };
        await stage.apply(policy(namespace, { namespaces: labels, secrets: ["*"], actions: ["Read"] }));
      };
    },
    mended: READY,
  },
  "unknown secret": {
    reason: "Denied",
    shownBy: { Ready: "False", Stalled: "True" },
    advice: /check spec[.]secretId and spec[.]region/,
    breakIt: async (ground) => {
      await follow(ground);
      return async () => void (await ground.aws.create(ground.secretId, credential(1)));
    },
    mended: READY,
  },
  "pinned version unknown": {
    reason: "PinnedVersionMissing",
    shownBy: { Ready: "False", Current: "False", Stalled: "True" },
    advice: /aws secretsmanager list-secret-version-ids .*--include-deprecated .* or remove spec[.]pin/,
    breakIt: async (ground) => {
      const { stage, aws, namespace, secretId } = ground;
      await aws.create(secretId, credential(1));
      await follow(ground, { pin: { versionId: "00000000-0000-4000-8000-000000000001" } });
      const unpinned = JSON.stringify({ spec: { pin: null } });
      return async () =>
        void (await stage.kubectl("patch", "rsec", "db", "-n", namespace, "--type=merge", "-p", unpinned));
    },
    mended: READY,
  },
  "no rotation configured": {
    reason: "RotationNotConfigured",
    shownBy: { Rotated: "False", Stalled: "True" },
    advice:
      /aws secretsmanager rotate-secret .* --rotation-lambda-arn .* or write spec[.]rotation[.]trigger: External/,
    breakIt: async (ground) => {
      const { stage, aws, secretId } = ground;
      await aws.create(secretId, credential(1));
      await follow(ground, { rotation: { trigger: "Manual" } });
      return () => aws.setUpRotation(secretId, stage.rotator.arn);
    },
    mended: NOT_STALLED,
  },
  "Lambda failing": {
    reason: "RotationTimedOut",
    shownBy: { Rotated: "False", Stalled: "True" },
    advice:
      /aws logs tail \/aws\/lambda\/failing .* setSecret is done, .* do not give this version up.* aws secretsmanager update-secret-version-stage/,
    breakIt: async (ground) => {
      const { stage, aws, namespace, secretId } = ground;
      const bundle = join(import.meta.dirname, "failing-rotator.mjs");
      const { arn } = await stage.aws.deployFunction({ name: "failing", bundle, handler: "handler" });
      await aws.create(secretId, credential(1));
      await aws.setUpRotation(secretId, arn);
      await follow(ground, { rotation: { trigger: "Manual", timeout: SHORTLY } });
      await stage.requestRotation(namespace, "db", "now");
      return (message) => giveUpVersion(stage, secretId, message);
    },
    mended: { type: "Rotated", status: "False", reason: "RotationFailed" },
  },
  "database away": {
    reason: "RotationTimedOut",
    shownBy: { Rotated: "False", Stalled: "True" },
    advice: /AWS may try again by itself, and a late success counts/,
    breakIt: async (ground) => {
      const { stage, namespace, secretId } = ground;
      const gate = await DatabaseGate.before(stage.postgres.port);
      const postgres = { ...stage.postgres, port: gate.port };
      await createDatabaseSecret({ ...stage, postgres }, { name: secretId, user: "away" });
      await gate.close();
      await follow(ground, { rotation: { trigger: "Manual", timeout: SHORTLY } });
      await stage.requestRotation(namespace, "db", "now");
      return () => gate.open();
    },
    mended: { type: "Rotated", status: "True", reason: "RotationSucceeded" },
  },
  "AWS denied": {
    reason: "AwsDenied",
    shownBy: { Ready: "False", Current: "Unknown", Stalled: "True" },
    advice: /Allow the operator's IAM role secretsmanager:DescribeSecret/,
    breakIt: async (ground) => {
      const { stage, aws, secretId } = ground;
      const { arn } = await aws.create(secretId, credential(1));
      const allow = [secretId, arn].map((id) =>
        stage.aws.fail({ ...operatorOf(stage), secretId: id }, ACCESS_DENIED),
      );
      await follow(ground);
      return async () => {
        for (const end of allow) end();
      };
    },
    mended: READY,
  },
  "Secret of somebody else": {
    reason: "TargetNotOwned",
    shownBy: { Ready: "False", Stalled: "True" },
    advice: /kubectl annotate secret db -n \S+ rotatedsecrets[.]dev\/adopt=db/,
    breakIt: async (ground) => {
      const { stage, aws, namespace, secretId } = ground;
      await aws.create(secretId, credential(1));
      await stage.kubectl(
        "create",
        "secret",
        "generic",
        "db",
        "-n",
        namespace,
        "--from-literal=username=theirs",
      );
      await follow(ground);
      // rollouts.test.ts hands it over.
      return undefined;
    },
  },
  "bad document": {
    reason: "DocumentInvalid",
    shownBy: { Ready: "False", Current: "False", Stalled: "True" },
    advice: /"user name".* put a corrected value into the secret/,
    breakIt: async (ground) => {
      const { aws, secretId } = ground;
      await aws.create(secretId, { "user name": "app" });
      await follow(ground);
      return async () => void (await aws.put(secretId, credential(1)));
    },
    mended: READY,
  },
  "template of another document": {
    reason: "TemplateInvalid",
    shownBy: { Ready: "False", Current: "False", Stalled: "True" },
    advice: /template\[URL\]: \{\{ host \| url \}\}: the document has no such field.* correct the template/,
    breakIt: async (ground) => {
      const { stage, aws, namespace, secretId } = ground;
      await aws.create(secretId, credential(1));
      await follow(ground, { target: { template: { URL: "app://{{ host | url }}" } } });
      const target = { template: { URL: "app://{{ username | url }}" } };
      const patch = JSON.stringify({ spec: { target } });
      return async () =>
        void (await stage.kubectl("patch", "rsec", "db", "-n", namespace, "--type=merge", "-p", patch));
    },
    mended: READY,
  },
  "type without its keys": {
    reason: "TypeRequiresKeys",
    shownBy: { Ready: "False", Current: "False", Stalled: "True" },
    advice: /of type kubernetes[.]io\/tls: it needs the key "tls[.]crt".* rename a field to the key/,
    breakIt: async (ground) => {
      const { aws, secretId } = ground;
      await aws.create(secretId, credential(1));
      await follow(ground, { target: { type: "kubernetes.io/tls" } });
      return async () =>
        void (await aws.put(secretId, { "tls.crt": "planted-cert", "tls.key": "planted-key" }));
    },
    mended: READY,
  },
  "Deployment never ready": {
    reason: "RolloutTimedOut",
    shownBy: { RolledOut: "False", Current: "False", Stalled: "True" },
    advice: /Deployment web: .* is not ready.* kubectl rollout status deployment\/web -n /,
    breakIt: async (ground) => {
      const { stage, aws, namespace, secretId } = ground;
      await aws.create(secretId, credential(1));
      await follow(ground, { rollout: { timeout: SHORTLY } });
      await stage.condition(namespace, "db", READY);
      const readinessProbe = { exec: { command: ["/bin/false"] }, periodSeconds: 1 };
      await stage.apply(reader(namespace, "web", "db", { container: { readinessProbe } }));
      await eventually("a pod of web runs", async () => {
        const get = [
          "get",
          "pods",
          "-n",
          namespace,
          "-l",
          "app=web",
          "-o",
          "jsonpath={.items[*].status.phase}",
        ];
        return (await stage.kubectl(...get)).includes("Running") ? true : undefined;
      });
      await aws.put(secretId, credential(2));
      return async () => {
        const path = "/spec/template/spec/containers/0/readinessProbe";
        const patch = JSON.stringify([{ op: "remove", path }]);
        await stage.kubectl("patch", "deployment", "web", "-n", namespace, "--type=json", "-p", patch);
      };
    },
    mended: { type: "RolledOut", status: "True" },
  },
};

/** Makes the RotatedSecret. */
export async function follow({ stage, namespace, secretId }: Ground, spec: object = {}): Promise<void> {
  await stage.apply(rotatedSecret(namespace, "db", { secretId, ...spec }));
}

function operatorOf(stage: Stage): { readonly accessKeyId: string } {
  return { accessKeyId: stage.aws.credentials("operator").AWS_ACCESS_KEY_ID };
}

function policy(name: string, spec: object): object {
  return { apiVersion: "rotatedsecrets.dev/v1alpha1", kind: "SecretAccessPolicy", metadata: { name }, spec };
}

/** Does what the message says, with the version that it names. */
async function giveUpVersion(stage: Stage, secretId: string, message: string): Promise<void> {
  const [, versionId] = /--version-stage AWSPENDING --remove-from-version-id (\S+)/.exec(message) ?? [];
  const client = awsClient(stage);
  await client.send(
    new UpdateSecretVersionStageCommand({
      SecretId: secretId,
      VersionStage: "AWSPENDING",
      RemoveFromVersionId: versionId,
    }),
  );
  client.destroy();
}
