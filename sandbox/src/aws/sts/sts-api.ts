import { AwsError } from "../aws-error.ts";
import type { Api } from "../http/api.ts";
import type { HttpAnswer } from "../http/message.ts";

/**
 * STS over the AWS query protocol: GetCallerIdentity alone.
 * AWS: STS API reference, GetCallerIdentity; no recording.
 */
export function stsApi(options: { readonly accountId: string }): Api {
  return {
    signingName: "sts",
    accepts: ({ method, path, headers }) =>
      method === "POST" &&
      path === "/" &&
      (headers["content-type"]?.includes("x-www-form-urlencoded") ?? false),
    read({ body }) {
      const action = new URLSearchParams(body).get("Action") ?? "";
      return {
        operation: action,
        secretIds: [],
        run: async (accessKeyId) => {
          if (action !== "GetCallerIdentity") {
            throw new AwsError("InvalidAction", `Could not find operation ${action} for version 2011-06-15`);
          }
          return xml(200, callerIdentity(options.accountId, accessKeyId));
        },
      };
    },
    refuse: ({ code, message, status }) =>
      xml(
        status,
        `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${escaped(message)}</Message></Error></ErrorResponse>`,
      ),
  };
}

function callerIdentity(accountId: string, accessKeyId: string): string {
  const members = `<Arn>arn:aws:iam::${accountId}:user/${accessKeyId}</Arn><UserId>${accessKeyId}</UserId><Account>${accountId}</Account>`;
  return (
    '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">' +
    `<GetCallerIdentityResult>${members}</GetCallerIdentityResult></GetCallerIdentityResponse>`
  );
}

function xml(status: number, body: string): HttpAnswer {
  return { status, headers: { "content-type": "text/xml" }, body };
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
