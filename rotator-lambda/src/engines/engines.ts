import type { SecretValue } from "@rotated-secrets/contract/secret-value";
import { RotationError } from "../rotation-error.ts";
import type { CreateEngine, Engine, EngineDependencies } from "./engine.ts";
import { jsonObject } from "./json-object.ts";

const postgres = async (): Promise<CreateEngine> =>
  (await import("./postgres/postgres-engine.ts")).createPostgresEngine;

/** Engines by the `engine` of a secret's document; each is loaded when a secret needs it. */
const ENGINES: ReadonlyMap<string, () => Promise<CreateEngine>> = new Map([
  ["postgres", postgres],
  ["aurora-postgresql", postgres],
]);

/** The engine that a secret's document names. @throws RotationError of kind `document` when it names none that we have */
export async function loadEngine(
  value: SecretValue<string>,
  dependencies: EngineDependencies,
): Promise<Engine> {
  const { engine } = jsonObject(value);
  const load = typeof engine === "string" ? ENGINES.get(engine) : undefined;
  if (load !== undefined) return (await load())(dependencies);
  throw new RotationError(
    "document",
    `The secret's document has to name by its member "engine" what it is for; known are ${[...ENGINES.keys()].join(", ")}.`,
  );
}
