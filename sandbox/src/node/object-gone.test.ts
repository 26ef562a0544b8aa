import { ApiError, ConnectionError } from "@rotated-secrets/kube-runtime/client/api-error";
import { describe, expect, it } from "vitest";
import { isObjectGone } from "./object-gone.ts";

describe("isObjectGone", () => {
  // The messages are those of kube-apiserver 1.36.
  it.each<[string, number, string, boolean]>([
    ["no such object", 404, 'pods "a" not found', true],
    [
      "a deletion of a new pod with the same name",
      409,
      "the UID in the precondition (x) does not match the UID in record (y)",
      true,
    ],
    [
      "a patch of a new pod with the same name",
      422,
      'Pod "a" is invalid: metadata.uid: Invalid value: "x": field is immutable',
      true,
    ],
    ["a binding that exists already", 409, 'pod a is already assigned to node "n"', false],
    [
      "a write that lost a race",
      409,
      "the object has been modified; please apply your changes to the latest version",
      false,
    ],
    ["an invalid status", 422, 'Pod "a" is invalid: status.podIPs: Invalid value', false],
    ["a fault of the server", 500, "etcdserver: request timed out", false],
  ])("%s (%i)", (_why, status, serverMessage, gone) => {
    const request = "PATCH /api/v1/namespaces/n/pods/uid";
    expect(isObjectGone(new ApiError({ request, status, reason: "Reason", serverMessage }))).toBe(gone);
  });

  it("no answer at all", () => {
    expect(isObjectGone(new ConnectionError("GET /api/v1/namespaces/n/pods/a", "UND_ERR_SOCKET"))).toBe(
      false,
    );
  });
});
