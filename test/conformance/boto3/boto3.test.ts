import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { startTestEmulator, TEST_ROTATOR } from "@rotated-secrets/sandbox/aws/test-emulator";
import { describe, expect, it } from "vitest";
import { pythonWithBoto3 } from "./python.ts";

const SESSION = join(import.meta.dirname, "session.py");

describe("boto3, an SDK that is not ours", () => {
  it("creates, lists, moves labels, rotates and deletes on the emulator", async ({ skip }) => {
    const python = await pythonWithBoto3().catch((error: unknown) => {
      if (process.env["CI"] === "true") throw error;
      console.warn(`SKIPPED: boto3 against the emulator. ${String(error)}`);
      return skip();
    });
    await using emulator = await startTestEmulator();
    const { aws } = emulator;
    await aws.deployFunction({ name: "rotator", bundle: TEST_ROTATOR, handler: "handler" });
    const { AWS_REGION, ...credentials } = aws.credentials("boto3");
    const { stdout } = await promisify(execFile)(python, [SESSION, "rotator"], {
      env: { ...credentials, AWS_DEFAULT_REGION: AWS_REGION, PATH: "/usr/bin:/bin" },
      timeout: 90_000,
    });
    expect(stdout.trim().split("\n")).toEqual([
      "knows_who_it_is",
      "creates",
      "lists_with_its_paginators",
      "moves_labels",
      "rotates",
      "sees_a_function_fail",
      "tags_and_deletes",
    ]);
    const key = aws.credentials("boto3").AWS_ACCESS_KEY_ID;
    expect(aws.calls.filter((call) => call.accessKeyId === key).length).toBeGreaterThan(150);
  });
});
