import { describe, expect, it } from "vitest";
import { AnswerMemory } from "./answer-memory.ts";
import type { Call } from "./call.ts";

const list: Call = { number: 1, method: "GET", path: "/list", watch: false, userAgent: "", at: 0 };
const nothing = Buffer.alloc(0);
const answer = (body: string, status = 200) => ({ status, headers: {}, body });

describe("the memory of answers", () => {
  it("says what to do if no answer is that old", () => {
    const memory = new AnswerMemory();
    memory.keep(list, nothing, answer("1"));
    memory.keep(list, nothing, answer("1"));
    expect(() => memory.old(list, nothing, 1)).toThrow(
      /only 1 different answers are known: make the same read/,
    );
  });

  it("keeps the last 10 different answers", () => {
    const memory = new AnswerMemory();
    for (let version = 1; version <= 12; version += 1) memory.keep(list, nothing, answer(String(version)));
    expect(memory.old(list, nothing, 9).body).toBe("3");
    expect(() => memory.old(list, nothing, 10)).toThrow();
  });

  it("keeps neither errors nor answers to calls other than reads", () => {
    const memory = new AnswerMemory();
    memory.keep(list, nothing, answer("busy", 429));
    const write = { ...list, method: "PATCH" };
    memory.keep(write, nothing, answer("done"));
    expect(() => memory.old(list, nothing, 0)).toThrow(/only 0/);
    expect(() => memory.old(write, nothing, 0)).toThrow(/only 0/);
  });
});
