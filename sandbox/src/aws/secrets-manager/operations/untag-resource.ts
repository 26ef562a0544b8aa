import { z } from "zod";
import { requireWritableSecret } from "../find-secret.ts";
import { operation } from "../operation.ts";
import { secretId } from "../request-fields.ts";

export const untagResource = operation({
  name: "UntagResource",
  sees: "truth",
  request: z.object({ SecretId: secretId, TagKeys: z.array(z.string().min(1).max(128)).max(50) }),
  run(secrets, { SecretId, TagKeys }, { now }) {
    const before = requireWritableSecret(secrets, SecretId);
    const left = before.tags?.filter((tag) => !TagKeys.includes(tag.Key));
    return { answer: {}, change: { kind: "put", secret: { ...before, tags: left, lastChangedAt: now } } };
  },
});
