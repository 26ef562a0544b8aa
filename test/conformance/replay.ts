import {
  startTestEmulator,
  TEST_ROTATOR,
  type TestEmulator,
} from "@rotated-secrets/sandbox/aws/test-emulator";
import { expect } from "vitest";
import { eventually } from "../support/eventually.ts";
import {
  type Answer,
  ARN,
  ARN_2,
  ARN_3,
  type Call,
  DATE,
  type Members,
  NAME,
  PARTIAL_ARN,
  type Refusal,
  type Scenario,
  type Step,
} from "./scenario.ts";

const WITHOUT_SECRET_ID = new Set(["CreateSecret", "ListSecrets"]);
const ARNS = [ARN, ARN_2, ARN_3];

/** Runs a scenario on an emulator of its own and compares each recorded answer: status, every member, type and message. */
export async function replay({ secret, steps }: Scenario): Promise<void> {
  await using emulator = await startTestEmulator();
  const run = new Replay(emulator, secret);
  for (const [index, step] of steps.entries()) await run.step(step, index + 1);
}

class Replay {
  readonly #emulator: TestEmulator;
  readonly #name: string;
  /** ARNs in the order in which they appeared. */
  readonly #arns: string[] = [];

  constructor(emulator: TestEmulator, name: string) {
    this.#emulator = emulator;
    this.#name = name;
  }

  async step(step: Step, number: number): Promise<void> {
    const { aws } = this.#emulator;
    switch (step.kind) {
      case "deploy rotator":
        await aws.deployFunction({ name: "rotator", bundle: TEST_ROTATOR, handler: "handler" });
        return;
      case "until rotated":
        await eventually(`the rotation to ${step.versionId}`, () =>
          aws.rotations.find(({ token, outcome }) => token === step.versionId && outcome === "succeeded"),
        );
        return;
      case "unrecorded":
        expect((await this.#call(step.call)).status, `step ${number}, ${step.call.operation}`).toBe(200);
        return;
      case "recorded":
        expect(await this.#call(step.call), `step ${number}, ${step.call.operation}`).toEqual(
          expectedOf(step.answer, this.#name),
        );
    }
  }

  async #call({ operation, request }: Call): Promise<{ status: number; body: unknown }> {
    const { endpoint } = this.#emulator.aws;
    const whole = WITHOUT_SECRET_ID.has(operation) ? request : { SecretId: NAME, ...request };
    const answer = await fetch(endpoint, {
      method: "POST",
      headers: {
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": `secretsmanager.${operation}`,
        authorization:
          "AWS4-HMAC-SHA256 Credential=AKIATEST/20261123/eu-west-1/secretsmanager/aws4_request, SignedHeaders=host, Signature=0",
      },
      body: JSON.stringify(whole, (_key, value: unknown) => this.#real(value)),
    });
    const body: unknown = JSON.parse(await answer.text(), (key, value: unknown) =>
      this.#symbolic(key, value),
    );
    return { status: answer.status, body };
  }

  #real(value: unknown): unknown {
    if (value === NAME) return this.#name;
    if (value === PARTIAL_ARN) return this.#arns[0]?.slice(0, -"-AbCdEf".length);
    const known = typeof value === "string" ? ARNS.indexOf(value) : -1;
    return known < 0 ? value : this.#arns[known];
  }

  #symbolic(key: string, value: unknown): unknown {
    if (key.endsWith("Date") && typeof value === "number" && value > 1_600_000_000) return DATE;
    if (key !== "ARN" || typeof value !== "string") return value;
    if (!/^arn:aws:secretsmanager:eu-west-1:111122223333:secret:.+-[A-Za-z0-9]{6}$/.test(value)) return value;
    if (!this.#arns.includes(value)) this.#arns.push(value);
    return ARNS[this.#arns.indexOf(value)];
  }
}

// Errors that are not in AWS's model of the service spell their message with a small letter.
const NOT_IN_THE_MODEL = new Set(["ValidationException", "AccessDeniedException"]);

function expectedOf(answer: Answer, name: string): { status: number; body: unknown } {
  const status = answer.kind === "given" ? 200 : 400;
  const body = answer.kind === "given" ? answer.members : errorBody(answer.refusal);
  const text = JSON.stringify(body).replaceAll(NAME, JSON.stringify(name).slice(1, -1));
  const parsed: unknown = JSON.parse(text);
  return { status, body: parsed };
}

function errorBody({ type, message }: Refusal): Members {
  return { __type: type, [NOT_IN_THE_MODEL.has(type) ? "message" : "Message"]: message };
}
