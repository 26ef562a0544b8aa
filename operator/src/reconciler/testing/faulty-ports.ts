import type { Ports } from "../ports.ts";

/** The process has ended. */
export class Crash extends Error {
  override readonly name = "Crash";
}

/** Intercepts the calls of an operator. */
export interface Interception {
  /** Called before a call leaves; throws Crash to end the process before it. */
  readonly before: (call: string) => Promise<void> | void;
  /** Called when a call was carried out; throws Crash so that its answer is never heard. */
  readonly after: (call: string) => Promise<void> | void;
}

/** The calls that leave the process. Everything else is read from its memory. */
const CALLS: { readonly [Port in keyof Ports]?: readonly string[] } = {
  catalogue: ["refresh", "versionCreatedAt"],
  values: ["current", "version"],
  rotations: ["rotate"],
  serviceAccounts: ["read"],
  targets: ["read", "apply", "removeKeys"],
  workloads: ["pods", "keyNeeds", "restart"],
  reporting: ["writeStatus", "record"],
};

/** The same ports, with every call that leaves the process intercepted. */
export function intercepted(ports: Ports, interception: Interception): Ports {
  const wrapped = Object.entries(ports).map(([name, port]) => [
    name,
    new Proxy(port, { get: (target, member) => memberOf(target, name, member, interception) }),
  ]);
  return Object.fromEntries(wrapped);
}

function memberOf(
  port: object,
  name: string,
  member: string | symbol,
  { before, after }: Interception,
): unknown {
  const value: unknown = Reflect.get(port, member, port);
  if (typeof value !== "function") return value;
  const calls: readonly string[] = Object.entries(CALLS).find(([other]) => other === name)?.[1] ?? [];
  if (!calls.includes(String(member))) return value.bind(port);
  const call = `${name}.${String(member)}`;
  return async (...args: unknown[]) => {
    await before(call);
    const answer: unknown = await value.apply(port, args);
    await after(call);
    return answer;
  };
}
