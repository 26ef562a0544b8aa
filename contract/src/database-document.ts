import { z } from "zod";

const PORT = "must be a port from 1 to 65535, as a number or as digits";
// C strings and database protocols end at a NUL, so text after a NUL could hide something.
const text = z.string().regex(/^[^\0]+$/, "must be a text that is not empty and has no NUL character");
const isPort = (port: number) => Number.isInteger(port) && port >= 1 && port <= 65_535;

/**
 * A database credential in the format of AWS's rotation templates. Unknown fields are kept.
 * AWS: user guide, "JSON structure of Secrets Manager database credential secrets".
 */
export const databaseDocumentSchema = z.looseObject({
  engine: text,
  host: text,
  /** Number or text of digits; `portOf` reads both. @default the engine's own port */
  port: z
    .union([
      z.number().refine(isPort, PORT),
      z.string().refine((text) => /^\d{1,5}$/.test(text) && isPort(Number(text)), PORT),
    ])
    .optional(),
  username: text,
  password: text,
  /** Null means absent: AWS's templates for two users store null. @default the engine's own database */
  dbname: text.nullish(),
  /** Boolean, or its text. `usesTls` reads both; any other value means true. */
  ssl: z.unknown().optional(),
  /** ARN of the secret of the master: a user who may create and change the two alternating users. */
  masterarn: text.nullish(),
});
export type DatabaseDocument = z.infer<typeof databaseDocumentSchema>;

/** The document's port as a number, or else the engine's own port. */
export function portOf(document: DatabaseDocument, enginePort: number): number {
  return document.port === undefined ? enginePort : Number(document.port);
}

/** False only if the document sets `"ssl": false` or `"ssl": "false"`. There is no fallback to plaintext. */
export function usesTls(document: DatabaseDocument): boolean {
  const { ssl } = document;
  return typeof ssl === "string" ? ssl.toLowerCase() !== "false" : ssl !== false;
}
