import { AwsError } from "../aws-error.ts";
import type { Faults } from "../faults.ts";
import type { RotationOrder } from "../secrets-manager/operation.ts";
import type { SecretsManager } from "../secrets-manager/secrets-manager.ts";
import { requirePermission } from "../sts/permission.ts";
import type { Api, ApiCall } from "./api.ts";
import type { HttpAnswer, HttpRequest } from "./message.ts";

const TARGET = "secretsmanager.";

// Recorded: errors of the service model have a field `Message`. Errors that all services share are recorded only
// through an SDK that reads either spelling; the protocol itself says `message`. Smithy: AWS JSON 1.1 protocol,
// "Operation error serialization".
const COMMON_ERRORS = new Set([
  "AccessDeniedException",
  "ValidationException",
  "ThrottlingException",
  "SerializationException",
  "MissingAuthenticationTokenException",
  "IncompleteSignatureException",
  "InvalidSignatureException",
  "UnknownOperationException",
  "UnrecognizedClientException",
  "ExpiredTokenException",
]);

/** The service, and the parts around it. */
export interface SecretsManagerApiParts {
  readonly service: SecretsManager;
  /** The errors of single secrets in a batch. */
  readonly faults: Faults;
  /** Starts to drive a rotation that RotateSecret has ordered, and returns at once. */
  readonly rotate: (order: RotationOrder) => void;
}

/** Secrets Manager over the AWS JSON 1.1 protocol. */
export function secretsManagerApi({ service, faults, rotate }: SecretsManagerApiParts): Api {
  return {
    signingName: "secretsmanager",
    accepts: (request) => request.headers["x-amz-target"]?.startsWith(TARGET) ?? false,
    read(request): ApiCall {
      const operation = (request.headers["x-amz-target"] ?? "").slice(TARGET.length);
      const body = parseBody(request);
      const secretId = secretIdOf(body);
      const secret = secretId === undefined ? undefined : service.find(secretId);
      return {
        operation,
        ...(secretId !== undefined && { secretId }),
        secretIds: [secretId, secret?.name, secret?.arn].filter((id) => id !== undefined),
        signature: "required",
        run: async ({ accessKeyId, session }) => {
          if (session !== undefined)
            requirePermission(session, { operation, secretId, secret, ...service.place });
          const refusalFor = ({ arn, name }: { readonly arn: string; readonly name: string }) =>
            faults.takeForBatchEntry({ accessKeyId, secretIds: [arn, name] });
          const { answer, rotation } = service.call(operation, body, refusalFor);
          if (rotation !== undefined) rotate(rotation);
          return json(200, answer);
        },
      };
    },
    refuse({ code, message, status }) {
      return json(status, { __type: code, [COMMON_ERRORS.has(code) ? "message" : "Message"]: message });
    },
  };
}

function json(status: number, body: unknown): HttpAnswer {
  return { status, headers: { "content-type": "application/x-amz-json-1.1" }, body: JSON.stringify(body) };
}

function parseBody({ body }: HttpRequest): unknown {
  try {
    // A field with null is the same as a missing field.
    return JSON.parse(body, (_key, value: unknown) => value ?? undefined);
  } catch {
    throw new AwsError("SerializationException", "The request body is not JSON.");
  }
}

function secretIdOf(body: unknown): string | undefined {
  if (typeof body !== "object" || body === null) return undefined;
  const id: unknown = Reflect.get(body, "SecretId") ?? Reflect.get(body, "Name");
  return typeof id === "string" ? id : undefined;
}
