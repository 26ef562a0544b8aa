import { type Resource, ROTATED_SECRET, SECRET_ACCESS_POLICY } from "@rotated-secrets/operator/api/resources";
import { rotatedSecretSchema } from "@rotated-secrets/operator/api/rotated-secret";
import { secretAccessPolicySchema } from "@rotated-secrets/operator/api/secret-access-policy";
import { stringify } from "yaml";
import type { z } from "zod";
import { valuesSchema } from "./chart-values.ts";
import { customResourceDefinition, openApiSchema } from "./crd.ts";
import { referencePage } from "./reference.ts";
import { settingsPage } from "./settings-reference.ts";

/** A file that is generated from the zod schemas. */
export interface GeneratedFile {
  /** From the root of the repository. */
  readonly path: string;
  readonly text: string;
}

const NOTE =
  "Generated from the zod schemas in operator/src and tools by `npm run generate`: change it there.";
const KINDS: readonly [Resource, z.ZodType][] = [
  [ROTATED_SECRET, rotatedSecretSchema],
  [SECRET_ACCESS_POLICY, secretAccessPolicySchema],
];

/** All files that are generated from the zod schemas, with their correct content. */
export function generatedFiles(): readonly GeneratedFile[] {
  const values = JSON.stringify({ $comment: NOTE, ...valuesSchema() }, undefined, 2);
  return [
    ...KINDS.flatMap(([resource, schema]) => filesOf(resource, schema)),
    { path: "docs/reference/settings.md", text: `<!-- ${NOTE} -->\n${settingsPage()}\n` },
    { path: "charts/rotated-secrets/values.schema.json", text: `${values}\n` },
  ];
}

function filesOf(resource: Resource, schema: z.ZodType): readonly GeneratedFile[] {
  const crd = stringify(customResourceDefinition(resource, schema), { lineWidth: 120 });
  const page = referencePage(resource, openApiSchema(schema));
  const text = `# ${NOTE}\n${crd}`;
  return [
    { path: `crds/${resource.plural}.yaml`, text },
    { path: `charts/rotated-secrets/crds/${resource.plural}.yaml`, text },
    { path: `docs/reference/${resource.singular}.md`, text: `<!-- ${NOTE} -->\n${page}\n` },
  ];
}
