import type { SecretValue } from "@rotated-secrets/contract/secret-value";
import type { ResolvedTarget } from "../api/resolved-target.ts";
import { SecretData } from "../ports/secret-data.ts";
import { chooseKeys } from "./key-choice.ts";
import { readDocument } from "./secret-document.ts";
import { lackOfType } from "./secret-type.ts";
import { renderTemplates } from "./template.ts";

/** The result of mapping a value: the Secret's data, or the problem. Problems name keys and sizes, never values. */
export type Mapped =
  | { readonly kind: "data"; readonly data: SecretData }
  | {
      readonly kind: "invalid";
      /** The cause: the document, a template that does not fit the document, or a key that the type needs. */
      readonly reason: "DocumentInvalid" | "TemplateInvalid" | "TypeRequiresKeys";
      readonly problem: string;
    };

/** Kubernetes: the data of a Secret has at most 1 MiB. */
const MAX_BYTES = 1_048_576;

/** Maps a secret's value to a Secret's data: the chosen fields under their keys, and the keys of templates. */
export function mapDocument(
  value: SecretValue,
  { type, keys, template }: Pick<ResolvedTarget, "type" | "keys" | "template">,
): Mapped {
  const reading = readDocument(value);
  if (reading.kind === "invalid") return invalid("DocumentInvalid", reading.problem);
  const { document } = reading;
  const made = renderTemplates(template, document);
  if (made.kind === "invalid") return invalid("TemplateInvalid", made.problem);
  const chosen = chooseKeys(document.fields, keys, template);
  if (chosen.kind === "invalid") return invalid("DocumentInvalid", chosen.problem);
  const entries = new Map([...chosen.keys, ...made.keys]);
  const bytes = [...entries].reduce((sum, [key, content]) => sum + key.length + content.byteLength, 0);
  if (bytes > MAX_BYTES)
    return invalid(
      "DocumentInvalid",
      `its data would have ${bytes} bytes, and a Secret holds at most ${MAX_BYTES}`,
    );
  const lack = lackOfType(type, entries);
  if (lack !== undefined) return invalid("TypeRequiresKeys", lack);
  return { kind: "data", data: new SecretData(entries) };
}

function invalid(reason: Extract<Mapped, { kind: "invalid" }>["reason"], problem: string): Mapped {
  return { kind: "invalid", reason, problem };
}
