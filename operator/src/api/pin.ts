import { z } from "zod";
import { formed } from "./fields.ts";

/** `spec.pin`: one version, whatever AWS calls current. */
export const pin = z.object({
  versionId: formed({
    // AWS: SecretVersionIdType, 32 to 64 characters; imported ones need not be UUIDs.
    pattern: "^[!-~]{32,64}$",
    message:
      "write the id of a version, which has 32 to 64 characters, as aws secretsmanager list-secret-version-ids shows it; " +
      "a staging label such as AWSPREVIOUS is none",
    maxLength: 64,
  }).describe(
    "The id of the version, as aws secretsmanager list-secret-version-ids --include-deprecated shows it. From 32 to 64 characters.",
  ),
});
