import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import type { Sandbox } from "../sandbox.ts";

/** A Deployment of the example that reads the Secret and queries PostgreSQL all the time. */
export interface Service {
  readonly name: string;
  /** Absolute path of its manifest. */
  readonly path: string;
  readonly replicas: number;
  /** How it reads the Secret. */
  readonly reading: "env" | "volume";
}

const deploymentSchema = z.object({
  metadata: z.object({ name: z.string(), namespace: z.string() }),
  spec: z.object({
    replicas: z.int(),
    template: z.object({ spec: z.object({ volumes: z.array(z.unknown()).default([]) }) }),
  }),
});

/** The services of the example. Their manifests are the files of the same names in this folder. */
export const SERVICES: readonly Service[] = [serviceOf("checkout.yaml"), serviceOf("invoices.yaml")];
/** How many pods the services have together. */
export const PODS = SERVICES.reduce((sum, { replicas }) => sum + replicas, 0);

function serviceOf(file: string): Service {
  const path = join(import.meta.dirname, file);
  const { metadata, spec } = deploymentSchema.parse(parse(readFileSync(path, "utf8")));
  const reading = spec.template.spec.volumes.length > 0 ? "volume" : "env";
  return { name: metadata.name, path, replicas: spec.replicas, reading };
}

/** Names each service, how many pods it has and how it reads the Secret. */
export function describeServices(): string {
  return SERVICES.map(({ name, replicas, reading }) => `${name} (${replicas} pods, ${reading})`).join(
    " and ",
  );
}

/** Starts the services, and waits until all their pods have logged in to the database. */
export async function startServices(sandbox: Sandbox): Promise<void> {
  const files = SERVICES.map(({ path }) => `--filename=${path}`);
  await sandbox.kubectl("apply", ...files);
  await sandbox.kubectl("wait", ...files, "--for=condition=Available", "--timeout=90s");
}
