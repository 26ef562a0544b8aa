import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startTestUpstream, type TestUpstream } from "./test-upstream.ts";
import * as wrong from "./wrong-answers.ts";

let upstream: TestUpstream;

beforeEach(async () => {
  upstream = await startTestUpstream();
});
afterEach(() => upstream.stop());

describe("wrong answers", () => {
  it.each([
    { fault: wrong.tooManyRequests(7), status: 429, headers: { "retry-after": "7" } },
    { fault: wrong.internalError, status: 500, body: { kind: "Status", code: 500, reason: "InternalError" } },
    { fault: wrong.gone, status: 410, body: { kind: "Status", code: 410, reason: "Expired" } },
    { fault: wrong.conflict, status: 409, body: { kind: "Status", code: 409, reason: "Conflict" } },
    { fault: wrong.throttled, status: 400, body: { __type: "ThrottlingException" } },
    { fault: wrong.internalServiceError, status: 500, body: { __type: "InternalServiceError" } },
  ])(
    "are like those of the API server and of AWS: $status",
    async ({ fault, status, headers = {}, body }) => {
      upstream.proxy.inject({ on: () => true, when: "after", fault });
      const got = await upstream.ask("/");
      expect(got).toMatchObject({ status, headers });
      if (body !== undefined) expect(JSON.parse(got.body)).toMatchObject(body);
    },
  );
});
