import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { scaleOperator } from "@rotated-secrets/sandbox/operator-release";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rotatedSecret } from "../support/manifests.ts";
import { type Stage, startStage } from "../support/stage.ts";
import { AwsSecrets, credential } from "./aws-secrets.ts";
import { Scene } from "./scene.ts";

let stage: Stage;
let aws: AwsSecrets;

beforeAll(async () => {
  stage = await startStage();
  aws = new AwsSecrets(stage);
});
afterAll(async () => {
  aws?.close();
  await stage?.stop();
});

it("kubectl get rsec shows how each is, and why", async () => {
  const scene = await Scene.rotating(stage, aws, "columns");
  await scene.requestRotation("now");
  await stage.condition(scene.namespace, "db", { type: "Rotated", status: "True" });
  await stage.apply(rotatedSecret(scene.namespace, "missing", { secretId: "no/such/secret" }));
  await stage.condition(scene.namespace, "missing", { type: "Ready", status: "False" });
  const [, db, missing] = (await scene.kubectl("get", "rsec")).split("\n");
  expect(db).toMatch(/^db +True +True +Synced +0\/0 +test\/columns +\d+s +on request +\d+s$/);
  expect(missing).toMatch(/^missing +False +Unknown +Denied +no\/such\/secret +\d+s$/);
});

it("kubectl get secrets lists Secrets only, kubectl get rotated-secrets our own kinds", async () => {
  const scene = await Scene.following(stage, aws, "listed");
  expect(await scene.kubectl("get", "secrets", "--output=name")).toBe("secret/db\n");
  const ours = await scene.kubectl("get", "rotated-secrets", "--output=name");
  expect(ours.trim().split("\n")).toEqual([
    "rotatedsecret.rotatedsecrets.dev/db",
    "secretaccesspolicy.rotatedsecrets.dev/allow-all",
  ]);
});

it("helm --wait waits for a RotatedSecret that no operator has seen yet, and goes on when it is ready", async () => {
  const scene = await Scene.empty(stage, aws, "helm-wait");
  await aws.create(scene.secretId, credential(1));
  const chart = await chartOf(rotatedSecret(scene.namespace, "db", { secretId: scene.secretId }));
  const install = ["upgrade", "--install", "app", chart, "--namespace", scene.namespace, "--wait"];
  await scaleOperator(stage, 0);
  await expect(stage.helm(...install, "--timeout=3s")).rejects.toThrow(/not ready/);
  await scaleOperator(stage, 1);
  await stage.helm(...install, "--timeout=30s");
  expect(Object.keys((await scene.secret()).data ?? {})).toEqual(["password", "username"]);
});

describe.concurrent("the documented commands in", () => {
  it.each([
    ["README.md", "5. Rotate now, and wait"],
    ["docs/conditions.md", "Rotate and wait"],
  ])("%s: rotate, and wait until all pods use the new version", async (page, section) => {
    const scene = await Scene.rotating(stage, aws, page.replace(/\W/g, "-").toLowerCase());
    await scene.readBy(["env"]);
    const stdout = await run(await commandsOf(page, section), scene);
    expect(stdout.trim().split("\n").at(-1)).toBe("Succeeded Stalled=False");
    const { settled, currentVersion, history } = await stage.status(scene.namespace, "db");
    expect(history).toMatchObject([{ trigger: "Request", versionId: currentVersion }]);
    expect(settled?.versionId).toBe(currentVersion);
  });

  it("docs/migrate-from-eso.md: move a Secret without a restart", async () => {
    const scene = await Scene.empty(stage, aws, "migrated");
    const [remove = "", create] = (await commandsOf("docs/migrate-from-eso.md", "Move a Secret")).split(
      "kubectl apply",
    );
    const document = credential(1);
    await ownedSecret(scene, document);
    await scene.readBy(["env"]);
    const before = await scene.secret();

    expect(await run(remove.replace("externalsecret", "configmap"), scene)).toMatch(
      /deleted.*\n.*annotated\n$/,
    );
    await aws.create(scene.secretId, document);
    const resource = rotatedSecret(scene.namespace, "db", { secretId: scene.secretId });
    await writeFile(join(stage.dir, "rotatedsecret.yaml"), JSON.stringify(resource));
    expect(await run(`kubectl apply${create}`, scene)).toMatch(
      /SecretAdopted .*was taken over and carries version/,
    );

    const after = await scene.secret();
    expect(after.metadata.uid).toBe(before.metadata.uid);
    expect(after.metadata.ownerReferences).toBeUndefined();
    expect(after.data).toEqual(before.data);
    await scene.judgedAnew();
    expect(await scene.generation("Deployment", "env")).toBe(1);
  });
});

/** A Secret that a ConfigMap owns, which stands in for the ExternalSecret. */
async function ownedSecret(scene: Scene, document: object): Promise<void> {
  await scene.kubectl("create", "configmap", "db");
  const uid = await scene.kubectl("get", "configmap", "db", "-o", "jsonpath={.metadata.uid}");
  const ownerReferences = [{ apiVersion: "v1", kind: "ConfigMap", name: "db", uid, controller: true }];
  const metadata = { name: "db", namespace: scene.namespace, ownerReferences };
  await stage.apply({ apiVersion: "v1", kind: "Secret", metadata, stringData: document });
}

/** The lines of the code blocks in a section of a page. */
async function commandsOf(page: string, section: string): Promise<string> {
  const text = await readFile(join(import.meta.dirname, "../..", page), "utf8");
  const [, content = ""] = text.split(new RegExp(`^#+ ${section}\n`, "m"));
  const [own = ""] = content.split(/^#+ /m);
  const indented = [...own.matchAll(/^ {4}(.*)$/gm)].map(([, line = ""]) => line);
  const fenced = [...own.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block = ""]) => block);
  return [...indented, ...fenced].join("\n");
}

/** Runs commands of a page in a shell, for the objects `db` of the scene. Resolves with their output. */
async function run(commands: string, { namespace }: Scene): Promise<string> {
  const script = commands
    .replaceAll(/-n \w+/g, `-n ${namespace}`)
    .replaceAll("payments-db", "db")
    .replaceAll("NAME", "db");
  const PATH = [dirname(stage.tools.kubectl), process.env["PATH"]].join(delimiter);
  const env = { ...process.env, ...stage.environment, PATH };
  const { stdout } = await promisify(execFile)("sh", ["-ec", script], { env, cwd: stage.dir });
  return stdout;
}

/** A chart of one manifest. */
async function chartOf(manifest: object): Promise<string> {
  const dir = join(stage.dir, "chart-app");
  await mkdir(join(dir, "templates"), { recursive: true });
  await writeFile(
    join(dir, "Chart.yaml"),
    JSON.stringify({ apiVersion: "v2", name: "app", version: "1.0.0" }),
  );
  await writeFile(join(dir, "templates", "db.yaml"), JSON.stringify(manifest));
  return dir;
}
