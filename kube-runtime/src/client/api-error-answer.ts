import type { Dispatcher } from "undici";
import { z } from "zod";
import { ApiError } from "./api-error.ts";

/** The part of a Status that is read. Kubernetes API reference, Status. A proxy's answer has none of it. */
const statusSchema = z.object({
  code: z.number().optional().catch(undefined),
  message: z.string().optional().catch(undefined),
  reason: z.string().optional().catch(undefined),
  details: z
    .object({
      retryAfterSeconds: z.number().optional().catch(undefined),
      causes: z
        .array(z.object({ reason: z.string().catch(""), field: z.string().catch("") }))
        .optional()
        .catch(undefined),
    })
    .optional()
    .catch(undefined),
});

const LONGEST_MESSAGE = 500;
/** API servers ask for seconds. A proxy that asks for a day must not stop the client for a day. */
const LONGEST_RETRY_AFTER_MS = 60_000;

/** Reads an answer with status 400 or above, whatever its body is. Rejects only if the body breaks off. */
export async function readApiError(request: string, answer: Dispatcher.ResponseData): Promise<ApiError> {
  const text = await answer.body.text();
  return toApiError(request, parseJson(text), answer.statusCode, retryAfterMs(answer.headers["retry-after"]));
}

/** Reduces a Status, from an error's body or a watch's ERROR event, to the part that may be shown. */
export function toApiError(request: string, body: unknown, httpStatus = 500, retryAfter?: number): ApiError {
  const { data: status = {} } = statusSchema.safeParse(body);
  const code = status.code ?? httpStatus;
  const seconds = status.details?.retryAfterSeconds;
  const asked = retryAfter ?? (seconds === undefined ? undefined : seconds * 1_000);
  return new ApiError({
    request,
    status: code,
    reason: status.reason || `HTTP ${code}`,
    // About a Secret, the message may repeat values: "Invalid value: ...".
    serverMessage: /\/secrets(\/|$)/.test(request) ? undefined : status.message?.slice(0, LONGEST_MESSAGE),
    retryAfterMs: asked === undefined ? undefined : Math.min(asked, LONGEST_RETRY_AFTER_MS),
    causes: status.details?.causes ?? [],
  });
}

/** Reads seconds. API servers do not use the other form of the header, a date. RFC 9110, 10.2.3. */
function retryAfterMs(header: string | string[] | undefined): number | undefined {
  return typeof header === "string" && /^[0-9]{1,6}$/.test(header) ? Number(header) * 1_000 : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
