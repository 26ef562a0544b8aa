import { type ServiceModel, type Shape, shapeOf } from "./service-model.ts";

/** Values that match the patterns of the model, by the pattern. They can be repeated to any length. */
const MATCHES: Readonly<Record<string, string>> = {
  "[0-9]+h": "3h",
  "[0-9A-Za-z\\(\\)#\\?\\*\\-\\/, ]+": "rate(10 days)",
  "^[a-zA-Z0-9\\-]+$": "a",
  "^\\!?[a-zA-Z0-9 :_@\\/\\+\\=\\.\\-\\!]*$": "a",
  "^([a-z]+-)+\\d+$": "eu-central-1",
};
/** No pattern of the model allows this character. */
export const FOREIGN_CHARACTER = "\u00A7";

/** A value that the model allows for this type. */
export function sampleOf(model: ServiceModel, name: string): unknown {
  const shape = shapeOf(model, name);
  switch (shape.type) {
    case "structure":
      return Object.fromEntries(
        Object.entries(shape.members ?? {}).map(([member, { shape: of }]) => [member, sampleOf(model, of)]),
      );
    case "list":
      return Array.from({ length: Math.max(shape.min ?? 0, 1) }, () =>
        sampleOf(model, shape.member?.shape ?? ""),
      );
    case "boolean":
      return true;
    case "blob":
      return Buffer.from("x").toString("base64");
    case "integer":
    case "long":
      return shape.min ?? 7;
    default:
      return textOf(shape);
  }
}

/** A text that the model allows, of this length if its pattern lets it have any. */
export function textOf(shape: Shape, length = Math.max(shape.min ?? 0, 1)): string {
  if (shape.enum !== undefined) return shape.enum[0] ?? "";
  const match = shape.pattern === undefined ? "a" : MATCHES[shape.pattern];
  if (match === undefined) throw new Error(`Add a text that matches ${shape.pattern} to MATCHES.`);
  return match.length > 1 ? match : match.repeat(length);
}
