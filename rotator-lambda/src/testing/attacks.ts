import { ENGINE_TAG } from "@rotated-secrets/contract/annotations";
import type { RotationStep } from "@rotated-secrets/contract/rotation-event";
import type { Environment } from "../settings.ts";
import { edit } from "./engine-rotation.ts";
import type { HostileServer, LoginRequest } from "./hostile-server.ts";
import { FUNCTION_ARN } from "./in-memory-secrets-manager.ts";
import { MASTER_ARN, SECRET_ARN, type TestDatabase } from "./test-database.ts";

/** The servers and the users of an attack. */
export interface AttackGround {
  /** The database that is attacked. Its master may change `victim` and `victim_clone`. */
  readonly database: TestDatabase;
  /** A PostgreSQL of the attacker, on another port of the same host. It has users of the same names. */
  readonly foreign: TestDatabase;
  /** The document of `victim`, with a password that works, and with a master. */
  readonly victim: string;
  /** Starts a server that wants to learn a password. */
  readonly hostile: (asks: LoginRequest) => Promise<HostileServer>;
}

/** A rotation with the attacker's values. */
export interface AttackPlan {
  readonly current: string;
  /** The value before `current`. */
  readonly previous?: string;
  /** The value of AWSPENDING that the attacker stores before the first step. */
  readonly pending?: string;
  /** The steps that the attacker invokes. @default all four */
  readonly steps?: readonly RotationStep[];
  readonly environment?: Environment;
  readonly tags?: Readonly<Record<string, string>>;
  readonly rotationFunction?: string;
  /** Passwords that must not have reached the hostile server. */
  readonly kept?: { readonly from: HostileServer; readonly password: string };
}

/** A row of the table in docs/lambda-security.md. */
export interface Attack {
  readonly attack: string;
  readonly attacker: string;
  /** Part of the error message. */
  readonly refusal: string;
  readonly plan: (ground: AttackGround) => Promise<AttackPlan>;
}

const WRITER = "writer of the secret's document";
const BLIND_WRITER = "PutSecretValue on the secret, without GetSecretValue";
const INVOKER = "InvokeFunction on the function";

/** The password that attackers know. */
export const KNOWN = "known to the attacker";
/** The password of the victim. */
export const REAL = "first password";

const at = ({ server }: TestDatabase) => ({ host: server.host, port: server.port });
const single = (document: string) => edit(document, { masterarn: undefined });
const asClone = (victim: string) => edit(victim, { username: "victim_clone", password: KNOWN });

/** Attacks on the rotation function. Each must be refused, and must change nothing. */
export const ATTACKS: readonly Attack[] = [
  {
    attack:
      "The document names a server of the attacker on another port of the master's host, where a guessed login works",
    attacker: `${WRITER}, and a listener on that host name`,
    refusal: 'Host, port and "ssl" must be the same in both',
    plan: async ({ victim, foreign }) => ({ current: edit(asClone(victim), { ...at(foreign), ssl: false }) }),
  },
  {
    attack: "The document switches TLS off for a master that uses it",
    attacker: `${WRITER}, and a place in the network`,
    refusal: 'Host, port and "ssl" must be the same in both',
    plan: async ({ victim }) => ({ current: edit(victim, { ssl: false }) }),
  },
  {
    attack:
      "The document names a server of the attacker, for a secret that `MASTERS` lets use another address",
    attacker: WRITER,
    refusal: "cannot log in at",
    plan: async ({ victim, foreign }) => ({
      current: edit(asClone(victim), { ...at(foreign), ssl: false }),
      environment: { MASTERS: JSON.stringify({ [MASTER_ARN]: [SECRET_ARN] }) },
    }),
  },
  {
    attack: "The document names another team's user and master, with a guessed password",
    attacker: WRITER,
    refusal: "cannot log in at",
    plan: async ({ victim }) => ({ current: asClone(victim) }),
  },
  {
    attack: "The document names a master that `MASTERS` does not list for it",
    attacker: WRITER,
    refusal: "may not use the master secret",
    plan: async ({ victim }) => ({
      current: victim,
      environment: { MASTERS: JSON.stringify({ [MASTER_ARN]: [SECRET_ARN.replace("app", "other")] }) },
    }),
  },
  {
    attack:
      "AWSCURRENT is replaced by a document for a server of the attacker, to have AWSPREVIOUS's password tried there",
    attacker: BLIND_WRITER,
    refusal: "of AWSCURRENT, of AWSPREVIOUS or of AWSPENDING",
    plan: async ({ victim, foreign }) => ({
      previous: edit(single(victim), { ssl: false }),
      current: edit(single(victim), { ...at(foreign), ssl: false, password: "whatever" }),
    }),
  },
  {
    attack: "The same, with a server that asks for the password in plaintext",
    attacker: BLIND_WRITER,
    refusal: "the server asks for the password in plaintext",
    plan: async ({ victim, hostile }) => {
      const server = await hostile("plaintext");
      return {
        previous: edit(single(victim), { ssl: false }),
        current: edit(single(victim), { port: server.port, ssl: false, password: "whatever" }),
        kept: { from: server, password: REAL },
      };
    },
  },
  {
    attack: "A server lets every user in, so that a new credential seems to work",
    attacker: "anyone who answers in the place of a database without TLS",
    refusal: "the server lets the user in without a password",
    plan: async ({ victim, hostile }) => {
      const { port } = await hostile("nothing");
      return { current: edit(single(victim), { port, ssl: false }) };
    },
  },
  {
    attack: "AWSPENDING is stored for a server of the attacker, and finishSecret is invoked alone",
    attacker: `PutSecretValue on the secret, and ${INVOKER}`,
    refusal: "The AWSPENDING document is for",
    plan: async ({ victim, foreign }) => ({
      current: victim,
      pending: edit(asClone(victim), { ...at(foreign), ssl: false }),
      steps: ["finishSecret"],
    }),
  },
  {
    attack: "AWSPENDING is stored with another master, database or TLS setting",
    attacker: "PutSecretValue on the secret",
    refusal: "differs from the AWSCURRENT document in",
    plan: async ({ victim }) => ({
      current: victim,
      pending: edit(asClone(victim), { masterarn: SECRET_ARN, dbname: "template1", ssl: "no" }),
    }),
  },
  {
    attack: "AWSPENDING is stored for another user",
    attacker: "PutSecretValue on the secret",
    refusal: "The AWSPENDING user is",
    plan: async ({ victim }) => ({
      current: victim,
      pending: edit(victim, { username: "master", password: KNOWN }),
    }),
  },
  {
    attack: "finishSecret is invoked before the new password is set",
    attacker: INVOKER,
    refusal: "the password was refused",
    plan: async ({ victim }) => ({
      current: victim,
      pending: asClone(victim),
      steps: ["finishSecret"],
    }),
  },
  {
    attack: "The user name contains line breaks, so that another service reads commands",
    attacker: WRITER,
    refusal: '"username": must be a text that is not empty and has no NUL or other control character',
    plan: async ({ victim }) => ({ current: edit(victim, { username: "x\r\nSET pwned 1\r\n" }) }),
  },
  {
    attack: "The host is the path of a socket in the function's file system",
    attacker: WRITER,
    refusal: '"host": must be the name or the address of a host',
    plan: async ({ victim }) => ({ current: edit(victim, { host: "/tmp" }) }),
  },
  {
    attack: "The document names another service of the function's network",
    attacker: WRITER,
    refusal: "The function may not connect to",
    plan: async ({ victim, database }) => ({
      current: edit(single(victim), { port: 6379 }),
      environment: { ALLOWED_HOSTS: `*.rds.amazonaws.com, ${database.server.host}:${database.server.port}` },
    }),
  },
  {
    attack: "The tag `rotatedsecrets.dev/engine` makes the function replace the password in the secret alone",
    attacker: "TagResource on the secret",
    refusal: "Remove the tag",
    plan: async ({ victim }) => ({ current: victim, tags: { [ENGINE_TAG]: "generated" } }),
  },
  {
    attack: "The function is invoked for a secret of another rotation function",
    attacker: INVOKER,
    refusal: "does not name this function as its rotation function",
    plan: async ({ victim }) => ({ current: victim, rotationFunction: `${FUNCTION_ARN}-2` }),
  },
];
