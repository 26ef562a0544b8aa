import { AwsError } from "../aws-error.ts";
import type { Api, Caller } from "../http/api.ts";
import type { HttpAnswer } from "../http/message.ts";
import { type AssumeRoleContext, assumeRoleWithWebIdentity } from "./assume-role-with-web-identity.ts";
import { element, escaped } from "./query-xml.ts";

/**
 * STS over the AWS query protocol: GetCallerIdentity and AssumeRoleWithWebIdentity.
 * AWS: STS API reference; not recorded.
 */
export function stsApi(options: AssumeRoleContext & { readonly accountId: string }): Api {
  return {
    signingName: "sts",
    accepts: ({ method, path, headers }) =>
      method === "POST" &&
      path === "/" &&
      (headers["content-type"]?.includes("x-www-form-urlencoded") ?? false),
    read({ body }) {
      const parameters = new URLSearchParams(body);
      const action = parameters.get("Action") ?? "";
      const roleArn = parameters.get("RoleArn");
      const isBearers = action === "AssumeRoleWithWebIdentity";
      return {
        operation: action,
        secretIds: [],
        ...(roleArn !== null && { roleArn }),
        // AWS: "Calling AssumeRoleWithWebIdentity does not require the use of AWS security credentials."
        signature: isBearers ? "none" : "required",
        run: async (caller) => {
          if (isBearers) return xml(200, await assumeRoleWithWebIdentity(parameters, options));
          if (action === "GetCallerIdentity") return xml(200, callerIdentity(options.accountId, caller));
          throw new AwsError("InvalidAction", `Could not find operation ${action} for version 2011-06-15`);
        },
      };
    },
    refuse: ({ code, message, status }) =>
      xml(
        status,
        `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${escaped(message)}</Message></Error></ErrorResponse>`,
      ),
  };
}

function callerIdentity(accountId: string, { accessKeyId, session }: Caller): string {
  return element("GetCallerIdentity", {
    Arn: session?.arn ?? `arn:aws:iam::${accountId}:user/${accessKeyId}`,
    UserId: accessKeyId,
    Account: session?.role.arn.split(":")[4] ?? accountId,
  });
}

function xml(status: number, body: string): HttpAnswer {
  return { status, headers: { "content-type": "text/xml" }, body };
}
