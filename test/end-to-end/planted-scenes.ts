import { randomBytes } from "node:crypto";
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  RotateSecretCommand,
  type SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { ADOPT_ANNOTATION, ADOPT_REMOVES_ANNOTATION } from "@rotated-secrets/contract/annotations";
import { calls } from "@rotated-secrets/sandbox/proxy/call-match";
import { createDatabaseSecret } from "@rotated-secrets/sandbox/samples/database-secret";
import pg from "pg";
import { eventually } from "../support/eventually.ts";
import type { Planted } from "../support/leak-search.ts";
import { reader, rotatedSecret } from "../support/manifests.ts";
import { operatorKill, restingOperator } from "../support/operator-calls.ts";
import { secretFacts } from "../support/secret-facts.ts";
import type { Stage } from "../support/stage.ts";

/** The namespace in which everything happens. */
export const NAMESPACE = "leaks";

/** Everything that could make somebody say a secret value: rotations that succeed, fail and are cut short, bad documents, refusals, drift. */
export class PlantedScenes {
  /** Values that were put somewhere, whether a version in AWS has them or not. */
  readonly planted: Planted[] = [];
  readonly #stage: Stage;
  readonly #client: SecretsManagerClient;

  constructor(stage: Stage, client: SecretsManagerClient) {
    this.#stage = stage;
    this.#client = client;
  }

  /** Plays all scenes; resolves when the operator is at rest after the last. */
  async play(): Promise<void> {
    await this.#stage.kubectl("create", "namespace", NAMESPACE);
    await Promise.all([
      this.#rotationWithCrash(),
      this.#badDocuments(),
      this.#failedRotations(),
      this.#adoption(),
    ]);
    await this.#awsFailing();
    await restingOperator(this.#stage);
  }

  #plant(name: string): string {
    const value = `${randomBytes(9).toString("base64url")}<&">${randomBytes(9).toString("base64url")}`;
    this.planted.push({ name, value });
    return value;
  }

  /** A rotation in which the operator dies with the value in its memory, a restart, and drift of the Secret. */
  async #rotationWithCrash(): Promise<void> {
    const secret = await createDatabaseSecret(this.#stage, { name: "prod/leaks", user: "leaks" });
    await this.#putMembers(secret.name, { apiNote: this.#plant("another member") });
    await this.#stage.apply(
      rotatedSecret(NAMESPACE, "leaks", { secretId: secret.name, rotation: { trigger: "Manual" } }),
    );
    await this.#stage.condition(NAMESPACE, "leaks", { type: "Current", status: "True" });
    await this.#stage.apply(
      reader(NAMESPACE, "env", "leaks"),
      reader(NAMESPACE, "volume", "leaks", { reading: "volume" }),
    );
    await this.#stage.kubectl(
      "wait",
      "deployment",
      "--all",
      "-n",
      NAMESPACE,
      "--for=condition=Available",
      "--timeout=60s",
    );
    const fault = await operatorKill(this.#stage);
    const killing = this.#stage.apiProxy.inject({
      on: calls("PATCH", /secrets[/]leaks$/),
      when: "after",
      fault,
    });
    await this.#stage.requestRotation(NAMESPACE, "leaks", "once");
    await eventually("the rotation has come to its end", async () => {
      const { history, rotation, conditions } = await this.#stage.status(NAMESPACE, "leaks");
      const isCurrent = conditions?.some(({ type, status }) => type === "Current" && status === "True");
      return history?.[0]?.result === "Succeeded" && rotation === undefined && isCurrent ? true : undefined;
    });
    if (killing.hit.length === 0)
      throw new Error("the operator wrote no Secret, so it was not killed after that");
    await this.#drift("leaks");
  }

  async #drift(name: string): Promise<void> {
    const before = await secretFacts(this.#stage, NAMESPACE, name);
    const data = {
      password: base64(this.#plant("an edited key")),
      extra: base64(this.#plant("a foreign key")),
    };
    await this.#stage.kubectl(
      "patch",
      "secret",
      name,
      "-n",
      NAMESPACE,
      "--type=merge",
      "-p",
      JSON.stringify({ data }),
    );
    await eventually("the edited Secret is right again", async () => {
      const { data } = await secretFacts(this.#stage, NAMESPACE, name);
      return data.password === before.data.password && data.extra === undefined ? true : undefined;
    });
  }

  /** Documents that cannot be a Secret, or that the rotation function cannot read. */
  async #badDocuments(): Promise<void> {
    await this.#create(
      "prod/no-key",
      JSON.stringify({ "no key!": this.#plant("a field with a name that is not a key") }),
    );
    await this.#stage.apply(rotatedSecret(NAMESPACE, "no-key", { secretId: "prod/no-key" }));
    await this.#stage.condition(NAMESPACE, "no-key", {
      type: "Stalled",
      status: "True",
      reason: "DocumentInvalid",
    });
    const template = { decoded: "{{ token | base64decode }}", inner: "{{ token.part }}" };
    await this.#create(
      "prod/template",
      JSON.stringify({ token: this.#plant("a member that a filter cannot take") }),
    );
    await this.#stage.apply(
      rotatedSecret(NAMESPACE, "template", { secretId: "prod/template", target: { template } }),
    );
    await this.#stage.condition(NAMESPACE, "template", {
      type: "Stalled",
      status: "True",
      reason: "TemplateInvalid",
    });
    const texts = {
      "prod/no-json": this.#plant("a text that is not JSON"),
      "prod/cut": `{"password":"${this.#plant("a document that breaks off")}`,
      "prod/wrong": JSON.stringify({
        engine: this.#plant("an engine that does not exist"),
        host: 1,
        password: this.#plant("its password"),
      }),
    };
    for (const [name, text] of Object.entries(texts)) {
      await this.#create(name, text);
      await this.#failsToRotate(name);
    }
  }

  /** Passwords that the server refuses, and a master that it refuses. */
  async #failedRotations(): Promise<void> {
    const refused = await createDatabaseSecret(this.#stage, { name: "prod/refused", user: "refused" });
    await this.#putMembers(refused.name, { password: this.#plant("a password that the server refuses") });
    await this.#failsToRotate(refused.name);
    const masterless = await createDatabaseSecret(this.#stage, {
      name: "prod/masterless",
      user: "masterless",
    });
    await this.#putMembers(`${masterless.name}-master`, {
      password: this.#plant("a master's password that the server refuses"),
    });
    await this.#failsToRotate(masterless.name);
    // A role of somebody else with the name of the clone is refused.
    const forbidden = await createDatabaseSecret(this.#stage, { name: "prod/forbidden", user: "forbidden" });
    await this.#asSuperuser('CREATE ROLE "forbidden_clone" LOGIN');
    await this.#failsToRotate(forbidden.name);
  }

  async #asSuperuser(statement: string): Promise<void> {
    const { host, port, superuser } = this.#stage.postgres;
    const { username: user, password } = superuser;
    const database = new pg.Client({ host, port, user, password, database: "postgres" });
    await database.connect();
    await database.query(statement);
    await database.end();
  }

  /** A Secret of somebody else, refused and then taken over. */
  async #adoption(): Promise<void> {
    await this.#create("prod/adopted", JSON.stringify({ token: this.#plant("a token") }));
    const literals = [
      `token=${this.#plant("a Secret that is not ours")}`,
      `note=${this.#plant("its other key")}`,
    ];
    await this.#stage.kubectl(
      ...["create", "secret", "generic", "adopted", "-n", NAMESPACE],
      ...literals.map((literal) => `--from-literal=${literal}`),
    );
    await this.#stage.apply(rotatedSecret(NAMESPACE, "adopted", { secretId: "prod/adopted" }));
    await this.#stage.condition(NAMESPACE, "adopted", {
      type: "Stalled",
      status: "True",
      reason: "TargetNotOwned",
    });
    await this.#stage.kubectl(
      "annotate",
      "secret",
      "adopted",
      "-n",
      NAMESPACE,
      `${ADOPT_ANNOTATION}=adopted`,
      `${ADOPT_REMOVES_ANNOTATION}=note`,
    );
    // Secrets that are not the operator's are not watched: it looks again every 30 s, or when the resource changes.
    await this.#stage.kubectl("annotate", "rsec", "adopted", "-n", NAMESPACE, "look=again");
    await this.#stage.condition(NAMESPACE, "adopted", { type: "Current", status: "True" });
  }

  /** AWS refuses the value with a message that contains one: the message is reduced to its code. */
  async #awsFailing(): Promise<void> {
    await this.#create(
      "prod/denied",
      JSON.stringify({ token: this.#plant("a token that AWS does not give") }),
    );
    const message = this.#plant("the message of an error of AWS");
    const end = this.#stage.aws.fail({ secretId: "prod/denied" }, { code: "AccessDeniedException", message });
    await this.#stage.apply(rotatedSecret(NAMESPACE, "denied", { secretId: "prod/denied" }));
    await eventually("AWS's refusal shows", async () => {
      const { conditions = [] } = await this.#stage.status(NAMESPACE, "denied");
      return conditions.find(({ type, status }) => type === "Stalled" && status === "True");
    });
    end();
  }

  async #create(name: string, text: string): Promise<void> {
    await this.#client.send(new CreateSecretCommand({ Name: name, SecretString: text }));
  }

  /** Makes a version whose document has these members instead of its own. */
  async #putMembers(name: string, members: object): Promise<void> {
    const read = new GetSecretValueCommand({ SecretId: name });
    // AWS's reads lag behind its writes.
    const { SecretString = "" } = await eventually(`${name} can be read`, () => this.#client.send(read));
    const text = JSON.stringify({ ...JSON.parse(SecretString), ...members });
    await this.#client.send(new PutSecretValueCommand({ SecretId: name, SecretString: text }));
  }

  /** Has the operator follow a rotation by the sandbox's function, which fails. */
  async #failsToRotate(secretId: string): Promise<void> {
    const name = secretId.replace("prod/", "");
    const rotate = new RotateSecretCommand({
      SecretId: secretId,
      RotationLambdaARN: this.#stage.rotator.arn,
      RotationRules: { AutomaticallyAfterDays: 1000 },
    });
    // AWS refuses it while the trial by which the rotation was set up is under way.
    await eventually(`${secretId} is rotated`, () => this.#client.send(rotate));
    await this.#stage.apply(rotatedSecret(NAMESPACE, name, { secretId, rotation: { timeout: "5s" } }));
    await eventually(`the rotation of ${secretId} has failed`, () =>
      this.#stage.aws.rotations.find(
        ({ arn, outcome }) => arn.includes(`:${secretId}-`) && outcome === "failed",
      ),
    );
    await this.#stage.condition(NAMESPACE, name, {
      type: "Rotated",
      status: "False",
      reason: "RotationTimedOut",
    });
  }
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
