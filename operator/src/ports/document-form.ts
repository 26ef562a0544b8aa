/** The forms of a secret's value: a JSON object, any other text, or bytes. */
export const DOCUMENT_FORMS = ["object", "text", "bytes"] as const;
/** One of `DOCUMENT_FORMS`. */
export type DocumentForm = (typeof DOCUMENT_FORMS)[number];
