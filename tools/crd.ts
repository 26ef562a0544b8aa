import { API_VERSION, GROUP, type Resource, VERSION } from "@rotated-secrets/operator/api/resources";
import { z } from "zod";

/** The parts of an OpenAPI schema that our CRDs use. */
export interface Schema {
  readonly type: string;
  readonly description?: string;
  readonly format?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly maxProperties?: number;
  readonly items?: Schema;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema;
  readonly "x-kubernetes-validations"?: readonly {
    readonly rule: string;
    readonly message: string;
    readonly messageExpression?: string;
  }[];
}

/** The order of a schema's keywords: the meaning of a field comes before its bounds. */
const ORDER = [
  "description",
  "type",
  "format",
  "default",
  "enum",
  "required",
  "properties",
  "additionalProperties",
  "items",
];

/** The CustomResourceDefinition of a kind, whose `spec` and `status` the zod schema describes. */
export function customResourceDefinition(resource: Resource, schema: z.ZodType): object {
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${resource.plural}.${GROUP}` },
    spec: {
      group: GROUP,
      names: {
        kind: resource.kind,
        listKind: `${resource.kind}List`,
        plural: resource.plural,
        singular: resource.singular,
        ...(resource.shortNames.length > 0 && { shortNames: resource.shortNames }),
        categories: resource.categories,
      },
      scope: resource.scope,
      versions: [
        {
          name: VERSION,
          served: true,
          storage: true,
          ...(resource.hasStatus && { subresources: { status: {} } }),
          additionalPrinterColumns: resource.columns,
          schema: { openAPIV3Schema: rootSchema(resource, schema) },
        },
      ],
    },
  };
}

/** The schema of a complete object: ours, and the fields that all objects have. */
function rootSchema(resource: Resource, schema: z.ZodType): Schema {
  const { properties, ...root } = openApiSchema(schema);
  const text = (description: string) => ({ description, type: "string" });
  return {
    ...root,
    properties: {
      apiVersion: text(`The version of the API: ${API_VERSION}.`),
      kind: text(`The kind: ${resource.kind}.`),
      metadata: { type: "object" },
      ...properties,
    },
  };
}

/** The schema in the form that the API server accepts: structural, and without the keywords that it refuses. */
export function openApiSchema(schema: z.ZodType): Schema {
  const converted = z.toJSONSchema(schema, {
    target: "openapi-3.0",
    io: "input",
    override: ({ jsonSchema }) => adapt(jsonSchema),
  });
  // Through JSON, because zod adds a property "~standard" that is not part of the schema.
  return JSON.parse(JSON.stringify(converted, inOrder)) as Schema;
}

function adapt(schema: z.core.JSONSchema.BaseSchema): void {
  if (schema.additionalProperties === false) delete schema.additionalProperties;
  if (schema.type !== "integer") return;
  // zod adds the limits of the integer's type, which the format already states.
  schema.format = schema.maximum === 2 ** 31 - 1 ? "int32" : "int64";
  if (schema.maximum === 2 ** 31 - 1 || schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
}

/** Sorts the keywords of schemas by `ORDER`. Fields keep the order of the zod schema. */
function inOrder(key: string, value: unknown): unknown {
  if (key === "properties" || typeof value !== "object" || value === null || Array.isArray(value))
    return value;
  if (!("type" in value) || typeof value.type !== "string") return value;
  const rank = (name: string) => (ORDER.includes(name) ? ORDER.indexOf(name) : 3.5);
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => rank(a) - rank(b)));
}
