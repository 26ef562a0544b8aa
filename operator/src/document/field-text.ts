/** The content of a field, or the output of a filter. */
export type FieldText =
  | { readonly kind: "text"; readonly text: string }
  /** A number, a boolean, an object or an array: its JSON text. */
  | { readonly kind: "json"; readonly text: string }
  | { readonly kind: "bytes"; readonly bytes: Uint8Array };

/** Names an invalid part of a text, for messages. */
export const HALF_A_PAIR = "half a surrogate pair, which is not a character and cannot be UTF-8";

/** Strings and bytes unchanged, numbers and booleans as their JSON text, objects and arrays as compact JSON. */
export function textOfField(field: unknown): FieldText {
  if (typeof field === "string") return { kind: "text", text: field };
  if (field instanceof Uint8Array) return { kind: "bytes", bytes: field };
  return { kind: "json", text: JSON.stringify(field) };
}

/** The bytes for a Secret; undefined for half a surrogate pair, which UTF-8 cannot hold and which would become another character. */
export function bytesOf(field: FieldText): Uint8Array | undefined {
  if (field.kind === "bytes") return field.bytes;
  return field.text.isWellFormed() ? Buffer.from(field.text) : undefined;
}

/** The size, in bytes or UTF-16 units. */
export function sizeOf(field: FieldText): number {
  return field.kind === "bytes" ? field.bytes.byteLength : field.text.length;
}
