import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { leftOut } from "./left-out.ts";
import { factsExpected, factsRecorded, RECORDINGS, recordedAnswers } from "./recorded-answers.ts";
import { replay } from "./replay.ts";
import type { Scenario } from "./scenario.ts";
import { scenarios } from "./scenarios.ts";

/** A scenario for each recording of it. */
const replays = Object.values(scenarios)
  .flat()
  .flatMap((scenario) => scenario.recordings.map((recording) => ({ recording, scenario })));

const answersOf = ({ steps }: Scenario) =>
  steps.flatMap((step) => (step.kind === "recorded" ? [step.answer] : []));

const replayed = replays.reduce((sum, { scenario }) => sum + answersOf(scenario).length, 0);
const omitted = leftOut.reduce(
  (sum, { recordings, interactions }) => sum + recordings.length * interactions,
  0,
);

describe("the emulator answers as AWS was recorded to", () => {
  for (const [subject, about] of Object.entries(scenarios)) {
    describe(subject, () => {
      it.each(
        about.flatMap((scenario) => scenario.recordings.map((recording) => ({ ...scenario, recording }))),
      )("$title ($recording)", (scenario) => replay(scenario));
    });
  }
});

describe("the table", () => {
  it("has 333 of 339 recorded interactions, in 55 recordings, and says why it lacks 6", () => {
    expect({ replayed, omitted }).toEqual({ replayed: 333, omitted: 6 });
    const names = new Set([
      ...replays.map(({ recording }) => recording),
      ...leftOut.flatMap((o) => o.recordings),
    ]);
    expect(names.size).toBe(55);
    expect(new Set(replays.map(({ recording }) => recording)).size).toBe(replays.length);
    for (const { reason } of leftOut) expect(reason).not.toBe("");
  });
});

if (existsSync(RECORDINGS))
  describe("the recordings themselves", () => {
    const recorded = recordedAnswers();

    it("are all in the table or left out, to the last interaction", () => {
      const missing = [...recorded].map(([name, answers]) => {
        const scenario = replays.find(({ recording }) => recording === name)?.scenario;
        const without = leftOut.filter(({ recordings }) => recordings.includes(name));
        const known = scenario === undefined ? 0 : answersOf(scenario).length;
        return [
          name,
          answers.length - known - without.reduce((sum, { interactions }) => sum + interactions, 0),
        ];
      });
      expect(missing.filter(([, count]) => count !== 0)).toEqual([]);
      expect([...recorded.values()].flat()).toHaveLength(replayed + omitted);
    });

    it.each(replays)("say what the table says: $recording", ({ recording, scenario }) => {
      const facts = (recorded.get(recording) ?? []).map(factsRecorded);
      for (const [index, answer] of answersOf(scenario).entries()) {
        const { status, ...said } = factsExpected(answer);
        const { status: recordedStatus = status, ...wanted } = facts[index] ?? {};
        expect({ status, ...said }, `answer ${index + 1}`).toEqual({ status: recordedStatus, ...wanted });
      }
    });
  });
