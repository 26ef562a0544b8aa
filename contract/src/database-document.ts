import { z } from "zod";

const PORT =
  "must be a port from 1 to 65535, as a number or as digits; leave it out for the engine's own port";
// C strings and database protocols end at a NUL, so text after a NUL could hide something.
const PASSWORD = "must be a text that is not empty and has no NUL character";
const password = z.string(PASSWORD).regex(/^[^\0]+$/, PASSWORD);
// A line break in a name would let the writer of a document send lines of a different protocol to any host.
const NAME = "must be a text that is not empty and has no NUL or other control character";
const name = z.string(NAME).regex(/^\P{Cc}+$/u, NAME);
// A driver takes a path for the name of a socket in the file system.
const HOST = "must be the name or the address of a host, without spaces, slashes and control characters";
const host = z.string(HOST).regex(/^[^\p{Cc}\s/\\]+$/u, HOST);
const isPort = (port: number) => Number.isInteger(port) && port >= 1 && port <= 65_535;

/**
 * A database credential in the format of AWS's rotation templates. Unknown fields are kept.
 * AWS: user guide, "JSON structure of Secrets Manager database credential secrets".
 */
export const databaseDocumentSchema = z.looseObject({
  engine: name,
  host,
  /** Number or text of digits; `portOf` reads both. @default the engine's own port */
  port: z
    .union(
      [
        z.number().refine(isPort, PORT),
        z.string().refine((text) => /^\d{1,5}$/.test(text) && isPort(Number(text)), PORT),
      ],
      PORT,
    )
    .optional(),
  username: name,
  password,
  /** Null means absent: AWS's templates for two users store null. @default the engine's own database */
  dbname: name.nullish(),
  /** Boolean, or its text. `usesTls` reads both; any other value means true. */
  ssl: z.unknown().optional(),
  /** ARN of the secret of the master: a user who may create and change the two alternating users. */
  masterarn: name.nullish(),
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
