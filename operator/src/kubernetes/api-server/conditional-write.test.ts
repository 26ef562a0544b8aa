import { ApiError, ConnectionError } from "@rotated-secrets/kube-runtime/client/api-error";
import { describe, expect, it } from "vitest";
import { Conflict } from "../../ports/target-secrets.ts";
import { WriteRefused } from "../../ports/write-refused.ts";
import { conditionalWrite } from "./conditional-write.ts";

const answered = (status: number, field?: string) =>
  new ApiError({
    request: "PATCH /x",
    status,
    reason: "Any",
    serverMessage: "the server's words",
    causes: field === undefined ? [] : [{ reason: "FieldValueInvalid", field }],
  });

function written(error: Error): Promise<unknown> {
  return conditionalWrite("the Secret shop/db", Promise.reject(error)).catch((thrown: unknown) => thrown);
}

describe("conditionalWrite", () => {
  it.each([
    ["409, another resourceVersion", answered(409)],
    ["404, gone", answered(404)],
    ["422, another uid", answered(422, "metadata.uid")],
  ])("is a conflict after %s", async (_, error) => {
    expect(await written(error)).toBeInstanceOf(Conflict);
  });

  it.each([
    ["403: no permission, a webhook, a quota", answered(403)],
    ["422 for something else than another uid", answered(422, "type")],
    ["400, as a webhook may choose", answered(400)],
  ])("is refused after %s, in the server's words", async (_, error) => {
    const refused = await written(error);
    expect(refused).toBeInstanceOf(WriteRefused);
    expect(refused).toMatchObject({ why: `${error.status} Any: the server's words` });
  });

  it.each([
    ["429, too many", answered(429)],
    ["401, unauthorized", answered(401)],
    ["500", answered(500)],
    ["no answer", new ConnectionError("PATCH /x", "TIMEOUT")],
  ])("passes %s on: it may go away by itself", async (_, error) => {
    expect(await written(error)).toBe(error);
  });
});
