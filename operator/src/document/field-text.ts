/** What a member, or a filter, gives. */
export type MemberText =
  | { readonly kind: "text"; readonly text: string }
  /** A number, a boolean, an object or an array: its JSON text. */
  | { readonly kind: "json"; readonly text: string }
  | { readonly kind: "bytes"; readonly bytes: Uint8Array };

/** What a text may not have, for messages. */
export const HALF_A_PAIR = "half a surrogate pair, which is no character and no UTF-8";

/** Strings and bytes as they are, numbers and booleans as their JSON text, objects and arrays as compact JSON. */
export function textOfMember(member: unknown): MemberText {
  if (typeof member === "string") return { kind: "text", text: member };
  if (member instanceof Uint8Array) return { kind: "bytes", bytes: member };
  return { kind: "json", text: JSON.stringify(member) };
}

/** As the bytes that a Secret holds; undefined for half a surrogate pair, which no UTF-8 can hold and which would silently become another character. */
export function bytesOf(member: MemberText): Uint8Array | undefined {
  if (member.kind === "bytes") return member.bytes;
  return member.text.isWellFormed() ? Buffer.from(member.text) : undefined;
}

/** How much of it there is, in bytes or UTF-16 units. */
export function sizeOf(member: MemberText): number {
  return member.kind === "bytes" ? member.bytes.byteLength : member.text.length;
}
