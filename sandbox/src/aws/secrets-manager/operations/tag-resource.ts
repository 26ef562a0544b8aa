import { z } from "zod";
import { requireWritableSecret } from "../find-secret.ts";
import { operation } from "../operation.ts";
import { secretId, tags } from "../request-fields.ts";
import { withTags } from "../tags.ts";

export const tagResource = operation({
  name: "TagResource",
  sees: "truth",
  request: z.object({ SecretId: secretId, Tags: tags }),
  run(secrets, { SecretId, Tags }, { now }) {
    const before = requireWritableSecret(secrets, SecretId);
    const secret = { ...before, tags: withTags(before.tags, Tags), lastChangedAt: now };
    return { answer: {}, change: { kind: "put", secret } };
  },
});
