import { z } from "zod";
import { AwsError } from "../../aws-error.ts";
import { requireWritableSecret } from "../find-secret.ts";
import { operation } from "../operation.ts";
import { secretId, tags } from "../request-fields.ts";

const TAGS_PER_SECRET = 50;

export const tagResource = operation({
  name: "TagResource",
  sees: "truth",
  request: z.object({ SecretId: secretId, Tags: tags }),
  run(secrets, { SecretId, Tags }, { now }) {
    const before = requireWritableSecret(secrets, SecretId);
    const values = new Map([...(before.tags ?? []), ...Tags].map(({ Key, Value }) => [Key, Value]));
    // AWS: TagResource API reference; wording not confirmed by AWS.
    if (values.size > TAGS_PER_SECRET) {
      throw new AwsError(
        "LimitExceededException",
        `You can't attach more than ${TAGS_PER_SECRET} tags to a secret.`,
      );
    }
    const merged = [...values].map(([Key, Value]) => ({ Key, Value }));
    return { answer: {}, change: { kind: "put", secret: { ...before, tags: merged, lastChangedAt: now } } };
  },
});
