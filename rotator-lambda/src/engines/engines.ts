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

/** Engines by the `engine` of a secret's document; each is loaded when a secret needs it. */
const ENGINES: ReadonlyMap<string, () => Promise<CreateEngine>> = new Map([
  ["postgres", postgres],
  ["aurora-postgresql", postgres],
  ["generated", randomValue],
]);

/** The one engine that the secret's tag can choose: the others' documents name theirs, as AWS's templates have it. */
const BY_TAG = "generated";

/** A secret, as far as it tells which engine it needs. */
export interface EngineChoice {
  readonly value: SecretValue<string>;
  readonly tags: Tags;
}

/**
 * The engine that a secret's document names, or `generated` where that names none and the secret's tag says so.
 * @throws RotationError of kind `document` when they name none that we have, or two
 */
export async function loadEngine(choice: EngineChoice, dependencies: EngineDependencies): Promise<Engine> {
  const load = ENGINES.get(engineOf(choice) ?? "");
  if (load !== undefined) return (await load())(dependencies, choice.tags);
  throw new RotationError(
    "document",
    `The secret's document has to name by its member "engine" what it is for; known are ${[...ENGINES.keys()].join(", ")}. ` +
      `Where the value has no such member, the secret's tag "${ENGINE_TAG}" can say "${BY_TAG}", and nothing else.`,
  );
}

function engineOf({ value, tags }: EngineChoice): string | undefined {
  const tag = tags.get(ENGINE_TAG);
  const member = parseJsonObject(value)?.["engine"];
  const named = typeof member === "string" && ENGINES.has(member) ? member : undefined;
  // Who may tag a secret may not thereby take it from its database.
  if (named !== undefined && tag !== undefined && named !== tag) {
    throw new RotationError(
      "document",
      `The secret's document names the engine "${named}", its tag "${ENGINE_TAG}" the engine "${tag}". Remove the tag, ` +
        'or correct the member "engine".',
    );
  }
  return named ?? (tag === BY_TAG ? tag : undefined);
}
