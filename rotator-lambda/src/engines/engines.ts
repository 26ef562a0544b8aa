import { ENGINE_TAG } from "@rotated-secrets/contract/annotations";
import type { SecretValue } from "@rotated-secrets/contract/secret-value";
import { RotationError } from "../rotation-error.ts";
import type { CreateEngine, Engine, EngineDependencies, Tags } from "./engine.ts";
import { parseJsonObject } from "./json-object.ts";

const postgres = async (): Promise<CreateEngine> => {
  const { createPostgresEngine } = await import("./postgres/postgres-engine.ts");
  return (dependencies) => createPostgresEngine(dependencies);
};
const randomValue = async (): Promise<CreateEngine> =>
  (await import("./random-value/random-value-engine.ts")).createRandomValueEngine;

/** Engines by the field `engine` of a secret's document. Each is loaded when a secret needs it. */
const ENGINES: ReadonlyMap<string, () => Promise<CreateEngine>> = new Map([
  ["postgres", postgres],
  ["aurora-postgresql", postgres],
  ["generated", randomValue],
]);

/** The only engine that a secret's tag can choose. The documents of all others name their engine, as in AWS's templates. */
const BY_TAG = "generated";

/** The parts of a secret that decide its engine. */
export interface EngineChoice {
  readonly value: SecretValue<string>;
  readonly tags: Tags;
}

/**
 * The engine that a secret's document names. If the document names none, the secret's tag can choose `generated`.
 * @throws RotationError of kind `document` when they name no known engine, or two different ones
 */
export async function loadEngine(choice: EngineChoice, dependencies: EngineDependencies): Promise<Engine> {
  const load = ENGINES.get(engineOf(choice) ?? "");
  if (load !== undefined) return (await load())(dependencies, choice.tags);
  if (DATABASE_FIELDS.some((field) => hasText(choice.value, field))) throw databaseWithoutEngine();
  throw new RotationError(
    "document",
    `The secret's document must name a known engine in its field "engine": ${[...ENGINES.keys()].join(", ")}. ` +
      `If it has no such field, the secret's tag "${ENGINE_TAG}" can choose "${BY_TAG}", and nothing else.`,
  );
}

/** Fields that only a database's document has. */
const DATABASE_FIELDS = ["masterarn", "dbname", "dbClusterIdentifier", "dbInstanceIdentifier"];

function hasText(value: SecretValue<string>, field: string): boolean {
  return typeof parseJsonObject(value)?.[field] === "string";
}

/** The tag would make the function replace the password in the secret, and leave the database as it is. */
function databaseWithoutEngine(): RotationError {
  return new RotationError(
    "document",
    'The secret\'s document is for a database, but its field "engine" names no known engine. Set the field to "postgres" or ' +
      `"aurora-postgresql". The tag "${ENGINE_TAG}" is not for databases: it would replace the password in the secret alone.`,
  );
}

function engineOf({ value, tags }: EngineChoice): string | undefined {
  const tag = tags.get(ENGINE_TAG);
  const field = parseJsonObject(value)?.["engine"];
  const named = typeof field === "string" && ENGINES.has(field) ? field : undefined;
  // The right to tag a secret must not be enough to detach the secret from its database.
  if (named !== undefined && tag !== undefined && named !== tag) {
    throw new RotationError(
      "document",
      `The secret's document names the engine "${named}", but its tag "${ENGINE_TAG}" names "${tag}". Remove the tag, ` +
        'or correct the field "engine".',
    );
  }
  if (named !== undefined || tag !== BY_TAG) return named;
  if (hasText(value, "masterarn")) throw databaseWithoutEngine();
  return tag;
}
