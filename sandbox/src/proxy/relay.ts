import type * as http from "node:http";
import { buffer } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { Agent, type Dispatcher } from "undici";
import { aborted } from "../pause.ts";
import { AnswerMemory } from "./answer-memory.ts";
import { type Call, isStream } from "./call.ts";
import type { Injected, Injection, WholeAnswer } from "./fault.ts";
import { answerHeaders, requestHeaders } from "./headers.ts";
import { Journal } from "./journal.ts";
import { OpenStreams } from "./open-streams.ts";
import { type DueFault, ScriptedFaults } from "./scripted-faults.ts";

/** A call in progress. */
interface Exchange {
  readonly call: Call;
  readonly request: http.IncomingMessage;
  readonly body: Buffer;
  readonly response: http.ServerResponse;
  /** Aborts when the client has left or has its answer. */
  readonly client: AbortSignal;
}

/** Forwards requests to upstream and answers back, with the scripted faults. */
export class Relay {
  readonly journal = new Journal();
  readonly #upstream: string;
  readonly #agent: Agent;
  readonly #faults = new ScriptedFaults();
  readonly #streams = new OpenStreams();
  readonly #memory = new AnswerMemory();
  readonly #stopping = new AbortController();

  constructor(upstream: string, upstreamCaPem?: string) {
    this.#upstream = upstream;
    this.#agent = new Agent({
      allowH2: false,
      // The client decides how long to wait: it closes its connection, and the request is aborted.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: upstreamCaPem === undefined ? {} : { ca: upstreamCaPem },
    });
  }

  inject(injection: Injection): Injected {
    return injection.when === "now" ? this.#streams.inject(injection) : this.#faults.add(injection);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#agent.destroy();
  }

  /** If upstream does not answer, the client's connection is closed without an answer. @throws ScriptFailed */
  async serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const call = this.journal.add(request);
    const due = this.#faults.due(call);
    const left = new AbortController();
    response.once("close", () => left.abort());
    try {
      const body = await buffer(request);
      await this.#carry({ call, request, body, response, client: left.signal }, due);
    } catch (error) {
      response.destroy();
      if (error instanceof ScriptFailed) throw error;
    }
  }

  async #carry(exchange: Exchange, { before, after }: ReturnType<ScriptedFaults["due"]>): Promise<void> {
    if (await this.#endedBy(before, exchange)) return;
    const { call, body, response } = exchange;
    const isLate = before?.fault.kind === "delay";
    const answer = await this.#ask(exchange, isLate ? undefined : exchange.client);
    call.status = answer.statusCode;
    if (isStream(call)) {
      if (await this.#endedBy(after, exchange)) return void answer.body.destroy();
      response.writeHead(answer.statusCode, answerHeaders(answer.headers));
      response.flushHeaders();
      return await this.#streams.handOn(call, answer.body, response);
    }
    const whole = await wholeOf(answer);
    this.#memory.keep(call, body, whole);
    if (!(await this.#endedBy(after, exchange))) send(whole, response);
  }

  async #ask(
    { call, request, body }: Exchange,
    signal: AbortSignal | undefined,
  ): Promise<Dispatcher.ResponseData> {
    return await this.#agent.request({
      origin: this.#upstream,
      path: call.path,
      method: call.method as Dispatcher.HttpMethod,
      headers: requestHeaders(request.rawHeaders, body.length),
      body: body.length > 0 ? body : null,
      ...(signal === undefined ? {} : { signal }),
    });
  }

  /** Applies the fault. Returns whether it has ended the call. */
  async #endedBy(due: DueFault | undefined, exchange: Exchange): Promise<boolean> {
    if (due === undefined) return false;
    due.strikes();
    const { call, response, client, body } = exchange;
    const { fault } = due;
    switch (fault.kind) {
      case "kill":
        await scripted(call, () => fault.end(call));
        response.destroy();
        return true;
      case "cut":
        response.destroy();
        return true;
      case "hang":
        await aborted(AbortSignal.any([client, this.#stopping.signal]));
        return true;
      case "delay":
        await delay(fault.ms, undefined, { signal: this.#stopping.signal });
        return false;
      case "repeat":
        await (await this.#ask(exchange, client)).body.dump();
        return false;
      case "answer":
        send(fault.answer, response);
        return true;
      case "old":
        send(await scripted(call, () => this.#memory.old(call, body, fault.versions)), response);
        return true;
      default:
        return fault satisfies never;
    }
  }
}

/**
 * A mistake in a test's script. It is not caught, so that it ends the test instead of looking like a fault of upstream.
 */
class ScriptFailed extends Error {
  override readonly name = "ScriptFailed";
}

async function scripted<T>({ number, method, path }: Call, what: () => T | Promise<T>): Promise<T> {
  try {
    return await what();
  } catch (cause) {
    throw new ScriptFailed(`the scripted fault for call ${number}, ${method} ${path}, failed`, {
      cause,
    });
  }
}

async function wholeOf({ statusCode, headers, body }: Dispatcher.ResponseData): Promise<WholeAnswer> {
  return { status: statusCode, headers: answerHeaders(headers), body: await buffer(body) };
}

function send({ status, headers, body }: WholeAnswer, response: http.ServerResponse): void {
  // The client may have left.
  if (response.destroyed) return;
  const length = Buffer.byteLength(body);
  // The answer to HEAD has the length of the body that it leaves out.
  const all = length > 0 ? { ...headers, "content-length": String(length) } : headers;
  response.writeHead(status, all).end(body);
}
