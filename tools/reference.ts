import { API_VERSION, type Resource } from "@rotated-secrets/operator/api/resources";
import type { Schema } from "./crd.ts";
import { markdownTable } from "./markdown-table.ts";

/** A row in the table of fields. */
interface Field {
  readonly path: string;
  readonly schema: Schema;
  readonly required: boolean;
}

/** The reference page of a kind, in Markdown. */
export function referencePage(resource: Resource, root: Schema): string {
  const parts = Object.entries(root.properties ?? {});
  return [
    `# ${resource.kind}`,
    root.description ?? "",
    identity(resource),
    ...parts.map(([name, schema]) => section(name, schema)),
    rulesOfRoot(root),
    columnsOf(resource),
  ]
    .filter((block) => block !== "")
    .join("\n\n");
}

function identity(resource: Resource): string {
  const lines = [
    `- \`apiVersion: ${API_VERSION}\`, \`kind: ${resource.kind}\``,
    `- ${resource.scope === "Cluster" ? "cluster-scoped" : "namespaced"}`,
    `- for kubectl: ${[resource.plural, resource.singular, ...resource.shortNames].map(code).join(", ")}`,
  ];
  return lines.join("\n");
}

function section(name: string, schema: Schema): string {
  const fields = [...fieldsOf(schema, "")];
  const rows = fields.map((field) => [
    code(field.path),
    typeOf(field),
    boundsOf(field.schema),
    ...textOf(field.schema),
  ]);
  const columns = ["Field", "Type", "Bounds", "Meaning", "Default"];
  // Only the operator writes status, so its fields have no defaults.
  const width = rows.some((row) => row[4] !== "") ? 5 : 4;
  const note = name === "status" ? "Only the operator writes it, and overwrites changes by others." : "";
  return [
    `## ${name}`,
    [schema.description ?? "", note].join(" ").trim(),
    markdownTable(
      columns.slice(0, width),
      rows.map((row) => row.slice(0, width)),
    ),
    rulesOf(schema, name),
  ]
    .filter((block) => block !== "")
    .join("\n\n");
}

function* fieldsOf(schema: Schema, prefix: string): Generator<Field> {
  for (const [name, child] of Object.entries(schema.properties ?? {})) {
    const path = `${prefix}${name}`;
    yield { path, schema: child, required: schema.required?.includes(name) ?? false };
    yield* fieldsOf(child, `${path}.`);
    if (child.items !== undefined) yield* fieldsOf(child.items, `${path}[].`);
  }
}

function typeOf({ schema, required }: Field): string {
  return required ? `${typeName(schema)}, required` : typeName(schema);
}

function typeName(schema: Schema): string {
  if (schema.enum !== undefined) return schema.enum.map(code).join(" or ");
  if (schema.items !== undefined)
    return `list of ${schema.items.type === "object" ? "objects" : typeName(schema.items)}`;
  if (schema.additionalProperties !== undefined) return `map of ${typeName(schema.additionalProperties)}`;
  return schema.format === "duration" || schema.format === "date-time" ? schema.format : schema.type;
}

function boundsOf(schema: Schema): string {
  // The form of a duration or of a time already bounds its length.
  const texts: Partial<Schema> = schema.format === undefined && schema.enum === undefined ? schema : {};
  return [
    range(texts.minLength, texts.maxLength, "characters"),
    range(schema.minItems, schema.maxItems, "items"),
    range(undefined, schema.maxProperties, "items"),
    range(schema.minimum, schema.maximum, ""),
    eachOf(schema.items),
    eachOf(schema.additionalProperties),
  ]
    .filter((text) => text !== "")
    .join(", ");
}

/** The bounds of the items in a list or a map. */
function eachOf(held: Schema | undefined): string {
  return held === undefined ? "" : boundsOf(held).replace(/^(?=.)/, "each ");
}

function range(min: number | undefined, max: number | undefined, unit: string): string {
  if (min === undefined && max === undefined) return "";
  if (max === undefined) return `${min} or more ${unit}`.trim();
  return `${min === undefined ? "at most" : `${min} to`} ${max} ${unit}`.trim();
}

/** The meaning of a field, and its default, which is the last sentence of the description. */
function textOf(schema: Schema): [string, string] {
  const [meaning = "", absence = ""] = (schema.description ?? "").split(" Default: ");
  return [meaning, absence.replace(/\.$/, "")];
}

function rulesOf(schema: Schema, path: string): string {
  const rules = [...rulesBelow(schema, path)].map((rule) => `- ${code(rule.path)}: ${rule.message}`);
  return rules.length === 0
    ? ""
    : ["Rules, and the API server's message if a resource breaks them:", "", ...rules].join("\n");
}

function* rulesBelow(
  schema: Schema,
  path: string,
): Generator<{ readonly path: string; readonly message: string }> {
  for (const { message } of schema["x-kubernetes-validations"] ?? []) yield { path, message };
  for (const [name, child] of Object.entries(schema.properties ?? {}))
    yield* rulesBelow(child, `${path}.${name}`);
  for (const held of [schema.items, schema.additionalProperties])
    if (held !== undefined) yield* rulesBelow(held, `${path}[]`);
}

/** The rules at the root, which need the resource's name. */
function rulesOfRoot(root: Schema): string {
  const rules = (root["x-kubernetes-validations"] ?? []).map(({ message }) => `- ${message}`);
  return rules.length === 0 ? "" : ["## Rules of the whole resource", "", ...rules].join("\n");
}

function columnsOf(resource: Resource): string {
  const rows = resource.columns.map(({ name, jsonPath, description }) => [name, code(jsonPath), description]);
  return ["## Columns of `kubectl get`", markdownTable(["Column", "From", "Meaning"], rows)].join("\n\n");
}

function code(text: string): string {
  return `\`${text}\``;
}
