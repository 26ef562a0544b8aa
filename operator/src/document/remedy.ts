import type { DocumentForm } from "../ports/document-form.ts";

/**
 * The remedy for a document that cannot become the Secret's data.
 *
 * - `rename`: give these fields these keys in `spec.target.keys.rename`.
 * - `form`: the form of the document has changed, or it is broken JSON. `removes` has the keys that would be removed.
 */
export type Remedy =
  | { readonly kind: "rename"; readonly renames: Readonly<Record<string, string>> }
  | { readonly kind: "form"; readonly form: DocumentForm; readonly removes: readonly string[] };
