import { describe, expect, it } from "vitest";
import { Conflict } from "../ports/target-secrets.ts";
import { ApiError, ConnectionError } from "../runtime/api-error.ts";
import { judgedWrite } from "./judged-write.ts";

const refused = (status: number, field?: string) =>
  new ApiError({
    request: "PATCH /x",
    status,
    reason: "Any",
    causes: field === undefined ? [] : [{ reason: "FieldValueInvalid", field }],
  });

describe("judgedWrite", () => {
  it.each<[string, Error, boolean]>([
    ["is a conflict after 409, another resourceVersion", refused(409), true],
    ["is a conflict after 404, gone", refused(404), true],
    ["is a conflict after 422, another uid", refused(422, "metadata.uid"), true],
    ["is none after 422 for something else", refused(422, "type"), false],
    ["is none after 403", refused(403), false],
    ["is none without an answer", new ConnectionError("PATCH /x", "TIMEOUT"), false],
  ])("%s", async (_, error, isConflict) => {
    const write = judgedWrite("the Secret shop/db", Promise.reject(error));
    await expect(write).rejects.toSatisfy((thrown) => thrown instanceof Conflict === isConflict);
    if (!isConflict) await expect(judgedWrite("it", Promise.reject(error))).rejects.toBe(error);
  });
});
