import { z } from "zod";

const PORT = "has to be a port, 1 to 65535, as a number or as digits";
// Both C strings and the protocols of databases end at a NUL: behind one, something else could hide.
const text = z.string().regex(/^[^\0]+$/, "has to be a text that is not empty and has no NUL character");
const isPort = (port: number) => Number.isInteger(port) && port >= 1 && port <= 65_535;

/**
 * A database credential as AWS's rotation templates store it; members that it does not name are kept.
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
  /** Null is as good as absent: AWS's templates for two users store it so. @default the engine's own database */
  dbname: text.nullish(),
  /** Boolean or the text of one; `usesTls` reads both, and takes anything else for a yes. */
  ssl: z.unknown().optional(),
  /** ARN of the secret of a user who may make and change the users that take turns. */
  masterarn: text.nullish(),
});
export type DatabaseDocument = z.infer<typeof databaseDocumentSchema>;

/** The document's port as a number, or the engine's own. */
export function portOf(document: DatabaseDocument, enginePort: number): number {
  return document.port === undefined ? enginePort : Number(document.port);
}

/** False only where the document asks for plaintext by `"ssl": false` or `"ssl": "false"`; there is no fallback. */
export function usesTls(document: DatabaseDocument): boolean {
  const { ssl } = document;
  return typeof ssl === "string" ? ssl.toLowerCase() !== "false" : ssl !== false;
}
