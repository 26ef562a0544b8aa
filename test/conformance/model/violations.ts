import { FOREIGN_CHARACTER, sampleOf, textOf } from "./sample-values.ts";
import { type ServiceModel, type Shape, shapeOf } from "./service-model.ts";

/** One request that breaks the model in one place. */
export interface Violation {
  /** Such as `CreateSecret Tags[0].Key: longer than 128`. */
  readonly title: string;
  readonly operation: string;
  readonly request: Readonly<Record<string, unknown>>;
  /** AWS: "Common Errors": a value of the wrong type cannot be read; any other value is not valid. */
  readonly code: "SerializationException" | "ValidationException";
}

/** A value that breaks a type in one way. `at` is the place inside the value. */
interface Broken {
  readonly at: string;
  readonly how: string;
  readonly value: unknown;
  readonly code: Violation["code"];
}

/** Every way to break the model's bounds for one field of the operation's request, at any depth. */
export function violationsOf(model: ServiceModel, operation: string): Violation[] {
  const input = model.operations[operation]?.input?.shape;
  if (input === undefined) return [];
  const request = shapeOf(model, input);
  const required = (request.required ?? []).map((name) => [
    name,
    sampleOf(model, request.members?.[name]?.shape ?? ""),
  ]);
  const valid: Readonly<Record<string, unknown>> = Object.fromEntries(required);
  const missing = (request.required ?? []).map((name) => ({
    title: `${operation} ${name}: missing`,
    operation,
    request: { ...valid, [name]: undefined },
    code: "ValidationException" as const,
  }));
  const broken = Object.entries(request.members ?? {}).flatMap(([name, { shape }]) =>
    brokenValues(model, shape).map(({ at, how, value, code }) => ({
      title: `${operation} ${name}${at}: ${how}`,
      operation,
      request: { ...valid, [name]: value },
      code,
    })),
  );
  return [...missing, ...broken];
}

function brokenValues(model: ServiceModel, name: string): Broken[] {
  const shape = shapeOf(model, name);
  switch (shape.type) {
    case "structure":
      return [wrongType("text"), ...brokenFields(model, shape)];
    case "list":
      return [wrongType("text"), ...brokenLists(model, shape)];
    case "boolean":
      return [wrongType("yes")];
    case "blob":
      return [wrongType(7), ...outsideOf(shape, (length) => Buffer.alloc(length).toString("base64"))];
    case "integer":
    case "long":
      return [wrongType("7"), wrongType(1.5), ...outsideOf(shape, (value) => value)];
    default:
      return [
        wrongType(7),
        ...outsideOf(shape, (length) => textOf({ ...shape, pattern: undefined }, length)),
        ...notMatching(shape),
      ];
  }
}

function brokenFields(model: ServiceModel, shape: Shape): Broken[] {
  const valid = Object.fromEntries(
    Object.entries(shape.members ?? {}).map(([name, { shape: of }]) => [name, sampleOf(model, of)]),
  );
  return Object.entries(shape.members ?? {}).flatMap(([name, { shape: of }]) =>
    brokenValues(model, of).map(({ at, value, ...broken }) => ({
      ...broken,
      at: `.${name}${at}`,
      value: { ...valid, [name]: value },
    })),
  );
}

function brokenLists(model: ServiceModel, shape: Shape): Broken[] {
  const of = shape.member?.shape ?? "";
  const items = (length: number) => Array.from({ length }, () => sampleOf(model, of));
  const members = brokenValues(model, of).map(({ at, value, ...broken }) => ({
    ...broken,
    at: `[0]${at}`,
    value: [value],
  }));
  return [...outsideOf(shape, items), ...members];
}

/** The values just below the minimum and just above the maximum. */
function outsideOf(shape: Shape, make: (size: number) => unknown): Broken[] {
  const { min, max } = shape;
  return [
    ...(min === undefined || min <= 0 || shape.enum !== undefined
      ? []
      : [invalid(`less than ${min}`, make(min - 1))]),
    ...(max === undefined || shape.enum !== undefined ? [] : [invalid(`more than ${max}`, make(max + 1))]),
  ];
}

function notMatching(shape: Shape): Broken[] {
  const text = shape.min === undefined ? FOREIGN_CHARACTER : FOREIGN_CHARACTER.repeat(Math.max(shape.min, 1));
  if (shape.enum !== undefined) return [invalid("not one of the values", "none-of-them")];
  return shape.pattern === undefined ? [] : [invalid("does not match the pattern", text)];
}

function wrongType(value: unknown): Broken {
  return { at: "", how: `the wrong type (${typeof value})`, value, code: "SerializationException" };
}

function invalid(how: string, value: unknown): Broken {
  return { at: "", how, value, code: "ValidationException" };
}
