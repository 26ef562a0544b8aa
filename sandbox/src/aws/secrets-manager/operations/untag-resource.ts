import { z } from "zod";
import { requireWritableSecret } from "../find-secret.ts";
import { operation } from "../operation.ts";
import { secretId, tagKey } from "../request-fields.ts";
import { withoutTags } from "../tags.ts";

export const untagResource = operation({
  name: "UntagResource",
  sees: "truth",
  request: z.object({ SecretId: secretId, TagKeys: z.array(tagKey) }),
  run(secrets, { SecretId, TagKeys }, { now }) {
    const before = requireWritableSecret(secrets, SecretId);
    const secret = { ...before, tags: withoutTags(before.tags, TagKeys), lastChangedAt: now };
    return { answer: {}, change: { kind: "put", secret } };
  },
});
