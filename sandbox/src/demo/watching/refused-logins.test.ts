import { describe, expect, it } from "vitest";
import { refusedLogins } from "./refused-logins.ts";

const from = (host: string) =>
  `2026-11-23 18:00:00.000 UTC [42] host=${host} user=payments db=payments app=[unknown] `;

describe("refused logins", () => {
  it.each([
    ["a wrong password", `${from("127.7.0.2")}FATAL:  password authentication failed for user "payments"`, 1],
    ["a user without LOGIN", `${from("127.7.0.2")}FATAL:  role "payments" is not permitted to log in`, 1],
    ["a user who is not there", `${from("127.7.0.2")}FATAL:  role "payments" does not exist`, 1],
    [
      "not the trials of the rotation function",
      `${from("127.0.0.1")}FATAL:  password authentication failed for user "payments"`,
      0,
    ],
    ["not the detail of the same", `${from("127.7.0.2")}DETAIL:  Connection matched file "pg_hba.conf"`, 0],
    ["no other ends", `${from("127.7.0.2")}FATAL:  terminating connection due to administrator command`, 0],
    ["no logins that succeed", `${from("127.7.0.2")}LOG:  connection authenticated: identity="payments"`, 0],
  ])("are counted by the server's log: %s", (_what, line, count) => {
    expect(refusedLogins(`${line}\n${line}\n`)).toBe(2 * count);
  });
});
