import { z } from "zod";
import { formed } from "./fields.ts";

/** `spec.pin`: a fixed version, independent of AWSCURRENT. */
export const pin = z.object({
  versionId: formed({
    // AWS: SecretVersionIdType, 32 to 64 characters. Imported ids do not have to be UUIDs.
    pattern: "^[!-~]{32,64}$",
    message:
      "write the id of a version, which has 32 to 64 characters, from aws secretsmanager list-secret-version-ids; " +
      "a staging label such as AWSPREVIOUS is not an id",
    maxLength: 64,
  }).describe(
    "The id of the version, from aws secretsmanager list-secret-version-ids --include-deprecated. From 32 to 64 characters.",
  ),
});
