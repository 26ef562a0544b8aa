import { ROTATED_SECRET } from "@rotated-secrets/operator/api/resources";
import { rotatedSecretSchema } from "@rotated-secrets/operator/api/rotated-secret";
import { secretAccessPolicySchema } from "@rotated-secrets/operator/api/secret-access-policy";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { customResourceDefinition, openApiSchema, type Schema } from "./crd.ts";

/** Every schema in a tree with its path. */
function* walk(schema: Schema, path: string): Generator<[string, Schema]> {
  yield [path, schema];
  for (const [name, field] of Object.entries(schema.properties ?? {})) yield* walk(field, `${path}.${name}`);
  if (schema.items !== undefined) yield* walk(schema.items, `${path}[]`);
}

describe.each([
  ["RotatedSecret", rotatedSecretSchema],
  ["SecretAccessPolicy", secretAccessPolicySchema],
])("the schema of %s", (kind, schema) => {
  const fields = [...walk(openApiSchema(schema), kind)];

  it("describes every field", () => {
    const silent = fields.filter(([path, field]) => !path.endsWith("[]") && (field.description ?? "") === "");
    expect(silent.map(([path]) => path)).toEqual([]);
  });

  it("bounds every text and every list", () => {
    const unbounded = fields.filter(
      ([, field]) =>
        (field.type === "string" && field.enum === undefined && field.maxLength === undefined) ||
        (field.type === "array" && field.maxItems === undefined),
    );
    expect(unbounded.map(([path]) => path)).toEqual([]);
  });

  it("says of every list how it merges", () => {
    const lists = fields.filter(([, field]) => field.type === "array");
    expect(lists.filter(([, field]) => !("x-kubernetes-list-type" in field)).map(([path]) => path)).toEqual(
      [],
    );
  });

  it("has no default except that of a status before its first write", () => {
    const defaults = fields.filter(([, field]) => field.default !== undefined).map(([path]) => path);
    expect(defaults).toEqual(kind === "RotatedSecret" ? ["RotatedSecret.status"] : []);
  });
});

// For the admission policy of the chart, a change of these fields does not change the Secret. If you add a field, decide whether this
// is still true, and change templates/admission-author.yaml if not.
describe("the fields that an author without permission for the Secret may change", () => {
  const { properties: { spec } = {} } = openApiSchema(rotatedSecretSchema);

  it.each([
    ["rotation", ["trigger", "schedule", "maxAge", "timeout"]],
    ["rollout", ["workloads", "timeout"]],
  ])("is of spec.%s: %j", (field, names) => {
    expect(Object.keys(spec?.properties?.[field]?.properties ?? {}).sort()).toEqual(names.sort());
  });
});

describe("a zod schema as the API server takes it", () => {
  it("writes integers by format rather than by what the type holds", () => {
    expect(openApiSchema(z.int().min(-1))).toEqual({ type: "integer", format: "int64", minimum: -1 });
    expect(openApiSchema(z.int32().min(0))).toEqual({ type: "integer", format: "int32", minimum: 0 });
    expect(openApiSchema(z.int32().min(0).max(9))).toMatchObject({ format: "int64", maximum: 9 });
  });

  it("stays out of the category that hides the core Secrets from kubectl", () => {
    expect(customResourceDefinition(ROTATED_SECRET, rotatedSecretSchema)).toMatchObject({
      spec: { names: { categories: ["rotated-secrets"] } },
    });
  });
});
