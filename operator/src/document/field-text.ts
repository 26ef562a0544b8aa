/** What a field, or a filter, gives. */
export type FieldText =
  | { readonly kind: "text"; readonly text: string }
  /** A number, a boolean, an object or an array: its JSON text. */
  | { readonly kind: "json"; readonly text: string }
  | { readonly kind: "bytes"; readonly bytes: Uint8Array };

/** What a text may not have, for messages. */
export const HALF_A_PAIR = "half a surrogate pair, which is no character and no UTF-8";

/** Strings and bytes as they are, numbers and booleans as their JSON text, objects and arrays as compact JSON. */
export function textOfField(field: unknown): FieldText {
  if (typeof field === "string") return { kind: "text", text: field };
  if (field instanceof Uint8Array) return { kind: "bytes", bytes: field };
  return { kind: "json", text: JSON.stringify(field) };
}

/** As the bytes that a Secret holds; undefined for half a surrogate pair, which no UTF-8 can hold and which would silently become another character. */
export function bytesOf(field: FieldText): Uint8Array | undefined {
  if (field.kind === "bytes") return field.bytes;
  return field.text.isWellFormed() ? Buffer.from(field.text) : undefined;
}

/** How much of it there is, in bytes or UTF-16 units. */
export function sizeOf(field: FieldText): number {
  return field.kind === "bytes" ? field.bytes.byteLength : field.text.length;
}
