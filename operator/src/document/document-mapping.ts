import type { SecretValue } from "@rotated-secrets/contract/secret-value";
import type { ResolvedTarget } from "../api/resolved-target.ts";
import type { DocumentForm } from "../ports/document-form.ts";
import { SecretData } from "../ports/secret-data.ts";
import { chooseKeys } from "./key-choice.ts";
import { type HeldKeys, lostForm } from "./lost-form.ts";
import type { Remedy } from "./remedy.ts";
import { readDocument, type SecretDocument } from "./secret-document.ts";
import { lackOfType } from "./secret-type.ts";
import { shownNames } from "./shown-names.ts";
import { renderTemplates } from "./template.ts";

/** The result of mapping a value: the Secret's data, or the problem. Problems name keys and sizes, never values. */
export type Mapped =
  | { readonly kind: "data"; readonly data: SecretData; readonly form: DocumentForm }
  | Invalid;

/** Why a value cannot become the data of the Secret. */
export interface Invalid {
  readonly kind: "invalid";
  /** The cause: the document, a template that does not fit the document, or a key that the type needs. */
  readonly reason: "DocumentInvalid" | "TemplateInvalid" | "TypeRequiresKeys";
  readonly problem: string;
  /** The remedy, unless it is to correct the document. */
  readonly remedy?: Remedy;
}

/** Kubernetes: the data of a Secret has at most 1 MiB. */
const MAX_BYTES = 1_048_576;

/**
 * Maps a secret's value to a Secret's data: the chosen fields under their keys, and the keys of templates.
 *
 * @param held the keys in the Secret now, if the operator has written it
 */
export function mapDocument(value: SecretValue, target: Shape, held?: HeldKeys): Mapped {
  const reading = readDocument(value);
  if (reading.kind === "invalid") return invalid("DocumentInvalid", reading.problem);
  const mapped = mapFields(reading.document, target);
  const keys = mapped.kind === "data" ? mapped.data.keys : undefined;
  const lost = lostForm(reading.document, { held, target, keys });
  if (lost === undefined) return mapped;
  return {
    ...invalid("DocumentInvalid", lost.problem),
    remedy: { kind: "form", form: reading.document.form, removes: lost.keys },
  };
}

type Shape = Pick<ResolvedTarget, "type" | "keys" | "template">;

function mapFields(document: SecretDocument, { type, keys, template }: Shape): Mapped {
  const made = renderTemplates(template, document);
  if (made.kind === "invalid") return invalid("TemplateInvalid", made.problem);
  const chosen = chooseKeys(document.fields, keys, template);
  if (chosen.kind === "invalid") return { ...chosen, reason: "DocumentInvalid" };
  const entries = new Map([...chosen.keys, ...made.keys]);
  if (entries.size === 0) return invalid("DocumentInvalid", noKey(document));
  const bytes = [...entries].reduce((sum, [key, content]) => sum + key.length + content.byteLength, 0);
  if (bytes > MAX_BYTES)
    return invalid(
      "DocumentInvalid",
      `its data would have ${bytes} bytes, and a Secret holds at most ${MAX_BYTES}`,
    );
  const lack = lackOfType(type, entries);
  if (lack !== undefined) return invalid("TypeRequiresKeys", lack);
  return { kind: "data", data: new SecretData(entries), form: document.form };
}

/** Why no key is left: a Secret is never emptied. */
function noKey({ fields }: SecretDocument): string {
  return fields.size === 0
    ? "it has no field that is not null, so the Secret would be empty"
    : `spec.target.keys chooses none of its fields (${shownNames([...fields.keys()])}), so the Secret would be empty`;
}

function invalid(reason: Invalid["reason"], problem: string): Invalid {
  return { kind: "invalid", reason, problem };
}
