import { requestToken } from "@rotated-secrets/contract/rotation-token";
import { parseSecretArn } from "@rotated-secrets/contract/version-id";
import { type Ground, NAME, NAMESPACE } from "./ground.ts";

/** The work of the operator: a value that people have put into AWS, or a rotation that they have requested. */
export const COURSES = ["sync", "rotation"] as const;
export type Course = (typeof COURSES)[number];

/** Begins a course; the text is new each time. Returns the version that is to be everywhere at its end. */
export async function begin(course: Course, ground: Ground, text: string): Promise<string> {
  switch (course) {
    case "sync":
      return await ground.putByPeople(text);
    case "rotation":
      await ground.stage.requestRotation(NAMESPACE, NAME, text);
      return requestToken(parseSecretArn(ground.secret.arn), ground.uid, text);
  }
}
