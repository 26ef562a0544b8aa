import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import type { Sandbox } from "@rotated-secrets/sandbox/sandbox";
import { operatorProcess } from "./operator-process.ts";

/** Every kind that the operator, the node or the controllers write to, Secrets excepted. */
const KINDS =
  "rotatedsecrets,secretaccesspolicies,events,deployments,replicasets,pods,configmaps,nodes,namespaces";

/**
 * Everything that people and machines may read without being allowed to read Secrets: all log files of the sandbox (of
 * pods that are gone, too), all objects but the data of Secrets, and the operator's metrics. By name.
 */
export async function readableTexts(sandbox: Sandbox): Promise<ReadonlyMap<string, string>> {
  const metrics = await (await operatorProcess(sandbox))?.get("/metrics");
  const texts = [
    ...(await logFiles(sandbox)),
    ["the cluster's objects", await sandbox.kubectl("get", KINDS, "--all-namespaces", "-o", "json")],
    ["metadata of the Secrets", await secretMetadata(sandbox)],
    ...(metrics === undefined ? [] : [["the operator's metrics", metrics] as const]),
  ] as const;
  return new Map(texts);
}

async function logFiles({ dir }: Sandbox): Promise<readonly (readonly [string, string])[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith(".log"));
  return await Promise.all(
    files.map(async ({ parentPath, name }) => {
      const path = join(parentPath, name);
      return [relative(dir, path), await readFile(path, "utf8")] as const;
    }),
  );
}

/** kubectl apply keeps a copy of the whole object in an annotation of its own, which is as secret as the data. */
async function secretMetadata(sandbox: Sandbox): Promise<string> {
  const list = await sandbox.kubectl("get", "secrets", "--all-namespaces", "-o", "json");
  const { items } = JSON.parse(list) as { items: { metadata: { annotations?: Record<string, string> } }[] };
  return JSON.stringify(
    items.map(({ metadata: { annotations, ...metadata } }) => {
      const { "kubectl.kubernetes.io/last-applied-configuration": _, ...rest } = annotations ?? {};
      return { ...metadata, annotations: rest };
    }),
  );
}
