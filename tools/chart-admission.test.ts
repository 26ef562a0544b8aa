import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { VERSION_ANNOTATION_PREFIX } from "@rotated-secrets/contract/annotations";
import { SECRET_TYPES } from "@rotated-secrets/operator/api/target";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";

const ROOT = join(import.meta.dirname, "..");

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

/** The paths of all fields without fields of their own. */
function leaves(schema: Schema, path: string): readonly string[] {
  if (schema.items !== undefined) return leaves(schema.items, `${path}[]`);
  const below = Object.entries(schema.properties ?? {});
  return below.length === 0 ? [path] : below.flatMap(([name, field]) => leaves(field, `${path}.${name}`));
}

async function specSchema(): Promise<Readonly<Record<string, Schema>>> {
  const crd = parse(await readFile(join(ROOT, "crds/rotatedsecrets.yaml"), "utf8")) as {
    spec: { versions: readonly [{ schema: { openAPIV3Schema: Schema } }] };
  };
  return crd.spec.versions[0].schema.openAPIV3Schema.properties?.spec?.properties ?? {};
}

function template(name: string): Promise<string> {
  return readFile(join(ROOT, "charts/rotated-secrets/templates", name), "utf8");
}

describe("the admission policy for authors", () => {
  it("needs no permission on Secrets for these fields, which only say when something happens", async () => {
    const spec = await specSchema();
    const fields = ["rotation", "rollout", "windows", "suspend"];
    // A new field belongs here only if it changes neither the Secret nor the credential that readers have. Otherwise remove the
    // field above it from the list in the policy.
    expect(fields.flatMap((field) => leaves(spec[field] ?? {}, field))).toEqual([
      ...[
        "rotation.trigger",
        "rotation.schedule.cron",
        "rotation.schedule.timeZone",
        "rotation.schedule.every",
      ],
      ...["rotation.maxAge", "rotation.timeout"],
      ...["rollout.workloads.mode", "rollout.workloads.names[]", "rollout.workloads.selector.matchLabels"],
      ...["key", "operator", "values[]"].map(
        (name) => `rollout.workloads.selector.matchExpressions[].${name}`,
      ),
      ...["rollout.timeout"],
      ...["kind", "cron", "duration", "timeZone"].map((name) => `windows[].${name}`),
      ...["suspend"],
    ]);
  });
});

describe("the admission policy for the operator", () => {
  it("allows the types of Secrets and the annotations that the operator writes", async () => {
    const policy = await template("admission-operator.yaml");
    const [, types = ""] = /object\.type in \[([^\]]*)\]/.exec(policy) ?? [];
    expect(types.split(",").map((type) => type.trim().replaceAll("'", ""))).toEqual(SECRET_TYPES);
    const prefixes = [...policy.matchAll(/startsWith\('([^']*)'\)/g)].map(([, prefix]) => prefix);
    expect(new Set(prefixes)).toEqual(new Set([VERSION_ANNOTATION_PREFIX]));
  });
});
