import { AWSCURRENT, AWSPENDING, AWSPREVIOUS } from "@rotated-secrets/contract/labels";
import { rotationStepSchema } from "@rotated-secrets/contract/rotation-event";
import { SecretValue } from "@rotated-secrets/contract/secret-value";
import { parseSecretArn, parseVersionId } from "@rotated-secrets/contract/version-id";
import { describe, expect, it, vi } from "vitest";
import type { Engine } from "../engines/engine.ts";
import { RotationError } from "../rotation-error.ts";
import {
  FUNCTION_ARN,
  type InMemorySecretOptions,
  InMemorySecretsManager,
} from "../testing/in-memory-secrets-manager.ts";
import { VirtualClock } from "../testing/virtual-clock.ts";
import type { Rotation } from "./rotation.ts";
import { runStep } from "./run-step.ts";

const ARN = parseSecretArn("arn:aws:secretsmanager:eu-west-1:111122223333:secret:app-AbCdEf");
const OLD = parseVersionId("old".padEnd(32, "0"));
const NEW = parseVersionId("new".padEnd(32, "0"));
const OTHER = parseVersionId("other".padEnd(32, "0"));

interface SetUp extends Pick<InMemorySecretOptions, "lagMs" | "rotationFunction"> {
  readonly overlap?: boolean;
  /** Whether the pending credential works. */
  readonly works?: boolean;
}

function setUp({ overlap = true, works = true, ...options }: SetUp = {}) {
  const clock = new VirtualClock();
  const current = { versionId: OLD, value: "current" };
  const secrets = new InMemorySecretsManager({ clock, current, ...options });
  const calls: string[] = [];
  const warnings: string[] = [];
  const beforeSet: (() => void)[] = [];
  const engine: Engine = {
    overlap: () => overlap,
    create: async () => {
      calls.push("create");
      return new SecretValue(`made ${calls.length}`);
    },
    check: ({ current, pending }) => {
      calls.push(`check ${pending.reveal()} after ${current.reveal()}`);
    },
    set: async ({ current, pending, lookAgain }) => {
      calls.push(`set ${pending.reveal()} after ${current.reveal()}`);
      for (const act of beforeSet) act();
      await lookAgain();
      return "changed";
    },
    test: async (pending) => {
      calls.push(`test ${pending.reveal()}`);
      if (!works) throw new RotationError("authentication", "refused");
    },
  };
  const rotation: Rotation = {
    secretArn: ARN,
    versionId: NEW,
    functionArn: FUNCTION_ARN,
    secrets,
    clock,
    engineFor: async () => engine,
    warn: (message) => warnings.push(message),
  };
  return { clock, secrets, rotation, calls, warnings, beforeSet };
}

describe("every step", () => {
  describe.each(rotationStepSchema.options)("%s", (step) => {
    it("refuses a secret with rotation switched off", async () => {
      const { secrets, rotation } = setUp();
      secrets.beginRotation(NEW);
      secrets.cancelRotation();
      await expect(runStep(step, rotation)).rejects.toThrow(`Secret ${ARN} is not enabled for rotation.`);
    });

    it("refuses an unknown version", async () => {
      const { rotation } = setUp();
      await expect(runStep(step, rotation)).rejects.toThrow(
        `Secret version ${NEW} has no stage for rotation of secret ${ARN}.`,
      );
    });

    it("refuses a version that is not pending", async () => {
      const { secrets, rotation } = setUp();
      secrets.beginRotation(NEW);
      secrets.move(AWSPREVIOUS, NEW);
      secrets.put(AWSPENDING, OTHER, "theirs");
      await expect(runStep(step, rotation)).rejects.toThrow(
        `Secret version ${NEW} not set as AWSPENDING for rotation of secret ${ARN}.`,
      );
    });

    it.each([
      ["names another function", `${FUNCTION_ARN}-2`],
      ["names no function", undefined],
    ])("refuses a secret that %s, even if everything is done", async (_, rotationFunction) => {
      const { secrets, rotation, calls } = setUp({ rotationFunction });
      secrets.put(AWSPENDING, NEW, "made");
      const message = `Secret ${ARN} does not name this function as its rotation function: its RotationLambdaARN is ${rotationFunction ?? "not set"}`;
      await expect(runStep(step, rotation)).rejects.toThrow(message);
      secrets.move(AWSCURRENT, NEW);
      await expect(runStep(step, rotation)).rejects.toThrow(message);
      expect(calls).toEqual([]);
    });

    it("refuses a secret whose deletion is scheduled, and says how to restore it", async () => {
      const { secrets, rotation, calls } = setUp();
      secrets.put(AWSPENDING, NEW, "made");
      secrets.scheduleDeletion();
      await expect(runStep(step, rotation)).rejects.toMatchObject({
        kind: "state",
        message: expect.stringMatching(/is scheduled for deletion on \d{4}-\d\d-\d\d.*restore-secret/),
      });
      expect(calls).toEqual([]);
    });

    it("says so if the deletion is scheduled in the middle of the step", async () => {
      const { secrets, rotation, calls } = setUp();
      secrets.beginRotation(NEW);
      secrets.put(AWSPENDING, NEW, "made");
      const first = await secrets.describe(ARN);
      secrets.scheduleDeletion();
      vi.spyOn(secrets, "describe").mockResolvedValueOnce(first);
      await expect(runStep(step, rotation)).rejects.toThrow(/scheduled for deletion.*restore-secret/);
      expect(calls).toEqual([]);
    });

    it("does nothing once the version is current", async () => {
      const { secrets, rotation, calls } = setUp();
      secrets.put(AWSCURRENT, NEW, "made");
      expect(await runStep(step, rotation)).toBe("alreadyDone");
      expect(calls).toEqual([]);
    });

    it("waits for a secret that is not visible yet, and refuses one that does not exist", async () => {
      const { clock, secrets, rotation } = setUp();
      secrets.beginRotation(NEW);
      secrets.put(AWSPENDING, NEW, "made");
      secrets.visibleAt = 3_000;
      await expect(runStep(step, rotation)).resolves.toBeDefined();
      secrets.move(AWSCURRENT, OLD);
      secrets.visibleAt = clock.now() + 60_000;
      await expect(runStep(step, rotation)).rejects.toThrow(`There is no secret ${ARN}.`);
    });

    it("waits for reads that lag behind RotateSecret", async () => {
      const { secrets, rotation } = setUp({ lagMs: 3_000 });
      secrets.beginRotation(NEW);
      secrets.put(AWSPENDING, NEW, "made");
      await expect(runStep(step, rotation)).resolves.toBeDefined();
    });

    it("gives up after 6 seconds", async () => {
      const { clock, rotation } = setUp();
      await expect(runStep(step, rotation)).rejects.toMatchObject({ kind: "state" });
      expect(clock.now()).toBe(6_000);
    });
  });
});

describe("createSecret", () => {
  it("does not make a second value for a version with a value", async () => {
    const { secrets, rotation, calls } = setUp();
    secrets.beginRotation(NEW);
    expect(await runStep("createSecret", rotation)).toBe("done");
    expect(await runStep("createSecret", rotation)).toBe("alreadyDone");
    expect(calls).toEqual(["create"]);
    expect(secrets.holder(AWSPENDING)?.value).toBe("made 1");
  });

  it("keeps the value of another run that reads do not show yet", async () => {
    const { secrets, rotation } = setUp({ lagMs: 2_000 });
    secrets.beginRotation(NEW);
    expect(await runStep("createSecret", rotation)).toBe("done");
    expect(await runStep("createSecret", rotation)).toBe("alreadyDone");
    expect(secrets.holder(AWSPENDING)?.value).toBe("made 1");
  });
});

describe("setSecret", () => {
  it("passes both values to the engine", async () => {
    const { secrets, rotation, calls, warnings } = setUp();
    secrets.beginRotation(NEW);
    await runStep("createSecret", rotation);
    expect(await runStep("setSecret", rotation)).toBe("done");
    expect(calls).toEqual(["create", "set made 1 after current"]);
    expect(warnings).toEqual([]);
  });

  it("changes nothing if the deletion is scheduled right before the change", async () => {
    const { secrets, rotation, beforeSet } = setUp();
    secrets.beginRotation(NEW);
    await runStep("createSecret", rotation);
    beforeSet.push(() => secrets.scheduleDeletion());
    await expect(runStep("setSecret", rotation)).rejects.toThrow(/scheduled for deletion on/);
  });

  it("warns if the old credential stops working", async () => {
    const { secrets, rotation, warnings } = setUp({ overlap: false });
    secrets.beginRotation(NEW);
    await runStep("createSecret", rotation);
    await runStep("setSecret", rotation);
    expect(warnings).toEqual([expect.stringContaining("cannot be valid twice")]);
  });

  it("fails if createSecret stored nothing", async () => {
    const { secrets, rotation } = setUp();
    secrets.beginRotation(NEW);
    await expect(runStep("setSecret", rotation)).rejects.toThrow(/has no value yet/);
  });
});

describe.each(["testSecret", "finishSecret"] as const)("%s", (step) => {
  it("checks the pending value against the current one, and logs in with it", async () => {
    const { secrets, rotation, calls } = setUp();
    secrets.beginRotation(NEW);
    secrets.put(AWSPENDING, NEW, "made");
    expect(await runStep(step, rotation)).toBe("done");
    expect(calls).toEqual(["check made after current", "test made"]);
  });

  it("fails, and moves nothing, if the pending credential does not work", async () => {
    const { secrets, rotation } = setUp({ works: false });
    secrets.beginRotation(NEW);
    secrets.put(AWSPENDING, NEW, "made");
    await expect(runStep(step, rotation)).rejects.toMatchObject({ kind: "authentication" });
    expect(secrets.holder(AWSCURRENT)?.versionId).toBe(OLD);
  });

  it.each([
    { overlap: true, ms: 1_000 },
    { overlap: false, ms: 6_000 },
  ])("waits $ms ms for a value that never comes, with overlap: $overlap", async ({ overlap, ms }) => {
    const { clock, secrets, rotation } = setUp({ overlap });
    secrets.beginRotation(NEW);
    await expect(runStep(step, rotation)).rejects.toThrow(/has no value yet/);
    expect(clock.now()).toBe(ms);
    expect(secrets.holder(AWSCURRENT)?.versionId).toBe(OLD);
  });

  it("does not test a version that became current after the first description", async () => {
    const { secrets, rotation, calls } = setUp({ works: false });
    secrets.beginRotation(NEW);
    secrets.put(AWSPENDING, NEW, "made");
    const first = await secrets.describe(ARN);
    secrets.move(AWSCURRENT, NEW);
    vi.spyOn(secrets, "describe").mockResolvedValueOnce(first);
    expect(await runStep(step, rotation)).toBe("alreadyDone");
    expect(calls).toEqual([]);
  });
});

describe("finishSecret", () => {
  it("moves AWSCURRENT and leaves AWSPENDING to AWS", async () => {
    const { secrets, rotation } = setUp({ lagMs: 1_000 });
    secrets.beginRotation(NEW);
    secrets.put(AWSPENDING, NEW, "made");
    expect(await runStep("finishSecret", rotation)).toBe("done");
    expect(secrets.holder(AWSCURRENT)?.versionId).toBe(NEW);
    expect(secrets.holder(AWSPENDING)?.versionId).toBe(NEW);
    expect(await runStep("finishSecret", rotation)).toBe("alreadyDone");
  });

  it("looks up the holder again if AWSCURRENT moved in between", async () => {
    const { clock, secrets, rotation } = setUp({ lagMs: 1_000 });
    secrets.beginRotation(NEW);
    secrets.put(AWSPENDING, NEW, "made");
    secrets.putAside(OTHER, "theirs");
    await clock.sleep(2_000);
    secrets.move(AWSCURRENT, OTHER);
    expect(await runStep("finishSecret", rotation)).toBe("done");
    expect(secrets.holder(AWSCURRENT)?.versionId).toBe(NEW);
  });

  it("leaves AWSCURRENT on a value that somebody else put there, which abandons the rotation", async () => {
    const { clock, secrets, rotation } = setUp({ lagMs: 1_000 });
    secrets.beginRotation(NEW);
    secrets.put(AWSPENDING, NEW, "made");
    await clock.sleep(2_000);
    secrets.put(AWSCURRENT, OTHER, "theirs");
    await expect(runStep("finishSecret", rotation)).rejects.toMatchObject({ kind: "state" });
    expect(secrets.holder(AWSCURRENT)?.versionId).toBe(OTHER);
  });
});
