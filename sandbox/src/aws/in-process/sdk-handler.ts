import type { SecretsManagerClientConfig } from "@aws-sdk/client-secrets-manager";
import { AwsError } from "../aws-error.ts";
import type { Api } from "../http/api.ts";
import type { HttpAnswer, HttpRequest } from "../http/message.ts";

type RequestHandler = Extract<NonNullable<SecretsManagerClientConfig["requestHandler"]>, { handle: unknown }>;

/** A request in the form in which the SDK gives it to its handler. */
interface SdkRequest extends Omit<HttpRequest, "body"> {
  readonly body: Uint8Array;
}

/**
 * A `requestHandler` for a client of the AWS SDK that sends each request to the API in this process. The client's own
 * code runs as always: it serializes, signs, and reads answers and errors. Only the network is missing.
 */
export function sdkHandler(api: Api): RequestHandler {
  return {
    handle: async ({ method, path, headers, body }: SdkRequest) => {
      const request = { method, path, headers: lowerCase(headers), body: new TextDecoder().decode(body) };
      const { status, headers: answered, body: text } = await answerOf(api, request);
      return { response: { statusCode: status, headers: answered, body: Buffer.from(text) } };
    },
    updateHttpClientConfig: () => {},
    httpHandlerConfigs: () => ({}),
  };
}

async function answerOf(api: Api, request: HttpRequest): Promise<HttpAnswer> {
  try {
    return await api.read(request).run({ accessKeyId: "" });
  } catch (error) {
    if (error instanceof AwsError) return api.refuse(error);
    throw error;
  }
}

function lowerCase(headers: HttpRequest["headers"]): HttpRequest["headers"] {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
