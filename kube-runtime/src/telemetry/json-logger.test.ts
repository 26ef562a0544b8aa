import { SecretValue } from "@rotated-secrets/contract/secret-value";
import { describe, expect, it } from "vitest";
import { jsonLogger } from "./json-logger.ts";
import { withLogFields } from "./log-scope.ts";
import type { Logger, LogLevel } from "./logger.ts";

function logged(write: (log: Logger<string>) => void, level: LogLevel = "info"): Record<string, unknown>[] {
  const lines: string[] = [];
  write(jsonLogger<string>({ level, destination: { write: (line: string) => lines.push(line) } }));
  return lines.map((line) => JSON.parse(line));
}

class OurError extends Error {
  override readonly name = "OurError";
  readonly disclosable = true;
  readonly reason = "Denied";
}

describe("a line", () => {
  it("has time, level, fields and message, and nothing of the machine", () => {
    const [line] = logged((log) => log.child({ controller: "c" }).info("synced", { attempt: 2 }));
    expect(line).toEqual({
      level: "info",
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      controller: "c",
      attempt: 2,
      msg: "synced",
    });
  });

  it("has each field once: the line's own before its logger's before those of the scope", () => {
    const lines: string[] = [];
    const log = jsonLogger<string>({
      level: "info",
      destination: { write: (line: string) => lines.push(line) },
    });
    withLogFields({ controller: "scope", reconcileID: "1" }, () => {
      withLogFields({ attempt: 1 }, () => log.child({ controller: "child" }).info("one", { attempt: 2 }));
    });
    log.info("two");
    expect(lines.map((line) => line.replace(/"time":"[^"]*",/, "").trim())).toEqual([
      '{"level":"info","controller":"child","reconcileID":"1","attempt":2,"msg":"one"}',
      '{"level":"info","msg":"two"}',
    ]);
  });

  it.each<[LogLevel, string[]]>([
    ["debug", ["debug", "info", "warn", "error"]],
    ["warn", ["warn", "error"]],
  ])("is written from level %s on", (level, expected) => {
    const lines = logged((log) => {
      log.debug("x");
      log.info("x");
      log.warn("x");
      log.error("x");
    }, level);
    expect(lines.map((line) => line.level)).toEqual(expected);
  });
});

describe("nothing leaks", () => {
  const secret = "hunter2";
  const thrownBy = (work: () => unknown): unknown => {
    try {
      return work();
    } catch (error) {
      return error;
    }
  };
  it.each<[string, unknown]>([
    ["a value", new SecretValue(secret)],
    ["a value in an object", { database: { password: new SecretValue(secret) } }],
    ["a value in a list", [new SecretValue(secret)]],
    [
      "somebody's error",
      Object.assign(new Error(`${secret} is wrong`), { body: secret, headers: { a: secret } }),
    ],
    ["an error in an object", { nested: Object.assign(new Error("x"), { body: secret }) }],
    ["a parser's error", thrownBy(() => JSON.parse(secret))],
    ["the language's error", thrownBy(() => "x" in (secret as unknown as object))],
    ["an error with a cause", new Error("x", { cause: new Error(secret) })],
    ["our error with a cause", new OurError("refused", { cause: new Error(secret) })],
    ["a sentence as an error's reason", Object.assign(new Error("x"), { reason: `no ${secret}` })],
    ["a thrown string", secret],
    ["bytes", Buffer.from(secret)],
  ])("of %s, at any level", (_, value) => {
    for (const level of ["debug", "info"] as const) {
      const fields = typeof value === "string" ? { error: value } : { error: value, object: value };
      const text = JSON.stringify(logged((log) => log.error("failed", fields), level));
      expect(text).not.toContain(secret);
      expect(text).not.toContain([...Buffer.from(secret)].join(","));
    }
  });
});

describe("an error", () => {
  it("of ours is shown with its reason and message", () => {
    const [line] = logged((log) =>
      log.error("failed", { error: new OurError("refused: no policy allows it") }),
    );
    expect(line?.error).toEqual({
      name: "OurError",
      reason: "Denied",
      message: "refused: no policy allows it",
    });
  });

  it("of others is shown with its code and the place where it was thrown", () => {
    const [line] = logged((log) =>
      log.error("failed", { error: Object.assign(new Error("x"), { code: "ECONNRESET" }) }),
    );
    expect(line?.error).toMatchObject({ name: "Error", reason: "ECONNRESET" });
    expect(JSON.stringify(line)).toContain("json-logger.test.ts");
  });

  it("has a stack at level debug only", () => {
    const write = (log: Logger<string>) => log.error("failed", { error: new OurError("refused") });
    expect(JSON.stringify(logged(write, "info"))).not.toContain("json-logger.test.ts");
    expect(JSON.stringify(logged(write, "debug"))).toContain("json-logger.test.ts");
  });
});

it("bounds depth and length, and survives a circle", () => {
  const circle: Record<string, unknown> = { long: "x".repeat(5_000) };
  circle.self = circle;
  const [line] = logged((log) => log.info("odd", { object: circle }));
  expect(JSON.stringify(line).length).toBeLessThan(15_000);
});
