import type { IncomingMessage } from "node:http";

/** One request that went through a proxy. */
export interface Call {
  /** Counted from 1, in the order of arrival. */
  readonly number: number;
  readonly method: string;
  /** Path and query, as the client sent them. */
  readonly path: string;
  /** AWS's operation: the part of `X-Amz-Target` after the dot, such as `GetSecretValue`. */
  readonly target?: string;
  /** Whether it is a Kubernetes watch. */
  readonly watch: boolean;
  readonly userAgent: string;
  /** Time of arrival, ms since the epoch. */
  readonly at: number;
  /** HTTP status of upstream's answer. Undefined until there is one. */
  status?: number;
}

/** Describes a request for the journal. */
export function describeCall(request: IncomingMessage, number: number): Call {
  const path = request.url ?? "/";
  const target = operation(request.headers["x-amz-target"]);
  return {
    number,
    method: request.method ?? "GET",
    path,
    ...(target === undefined ? {} : { target }),
    watch: isTrue(new URLSearchParams(queryOf(path)).get("watch")),
    userAgent: request.headers["user-agent"] ?? "",
    at: Date.now(),
  };
}

/** Whether the answer has no end and must be forwarded as it comes: a watch, or a followed log. */
export function isStream(call: Call): boolean {
  return call.watch || isTrue(new URLSearchParams(queryOf(call.path)).get("follow"));
}

function operation(header: string | string[] | undefined): string | undefined {
  return typeof header === "string" ? header.slice(header.lastIndexOf(".") + 1) : undefined;
}

function queryOf(path: string): string {
  const mark = path.indexOf("?");
  return mark < 0 ? "" : path.slice(mark);
}

function isTrue(value: string | null): boolean {
  return value === "true" || value === "1";
}
