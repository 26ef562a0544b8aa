import { AwsError } from "../aws-error.ts";
import type { Api } from "../http/api.ts";
import type { Lambdas } from "./lambdas.ts";

const INVOKE = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;

/**
 * Lambda's Invoke for RequestResponse. AWS: Lambda API reference, Invoke; not recorded.
 * The answer for a function that fails is HTTP 200 with X-Amz-Function-Error.
 */
export function lambdaApi(lambdas: Lambdas, arnOf: (name: string) => string): Api {
  return {
    signingName: "lambda",
    accepts: ({ path }) => path.startsWith("/2015-03-31/functions/"),
    read({ method, path, headers, body }) {
      const name = INVOKE.exec(path)?.[1];
      if (name === undefined || method !== "POST") {
        throw new AwsError("UnknownOperationException", `There is no operation ${method} ${path}.`, 404);
      }
      const functionId = decodeURIComponent(name);
      const arn = functionId.startsWith("arn:") ? functionId : arnOf(functionId);
      return {
        operation: "Invoke",
        secretIds: [],
        signature: "required",
        async run() {
          const type = headers["x-amz-invocation-type"] ?? "RequestResponse";
          if (type !== "RequestResponse") {
            throw new AwsError(
              "InvalidParameterValueException",
              `This emulator has no invocation type ${type}.`,
            );
          }
          const { payload, functionError } = await lambdas.invoke(arn, body === "" ? "{}" : body);
          return {
            status: 200,
            headers: {
              "content-type": "application/json",
              "x-amz-executed-version": "$LATEST",
              ...(functionError !== undefined && { "x-amz-function-error": functionError }),
            },
            body: payload,
          };
        },
      };
    },
    refuse: ({ code, message, status }) => ({
      status,
      headers: { "content-type": "application/json", "x-amzn-errortype": code },
      body: JSON.stringify({ Type: "User", Message: message }),
    }),
  };
}
