import { createHash } from "node:crypto";
import { SecretValue } from "@rotated-secrets/contract/secret-value";
import { CertificateAuthority } from "@rotated-secrets/sandbox/control-plane/certificate-authority";
import { describe, expect, it } from "vitest";
import { type LoginRequest, startHostileServer } from "../../testing/hostile-server.ts";
import { postgresConnector } from "./postgres-connection.ts";

const PASSWORD = "planted-password";
/** PostgreSQL: "md5" + md5(md5(password + user) + salt). */
const md5 = (text: string) => createHash("md5").update(text).digest("hex");
const MD5_HASH = md5(`${md5(`${PASSWORD}app`)}salt`);

const REASONS: Readonly<Record<LoginRequest, string>> = {
  plaintext: "asks for the password in plaintext",
  MD5: "asks for an MD5 hash of the password",
  nothing: "lets the user in without a password",
  "SCRAM, then plaintext": "asks for the password in plaintext",
};

describe.each([true, false])("with TLS: %s", (tls) => {
  it.each(Object.entries(REASONS) as [LoginRequest, string][])(
    "a server that asks for %s gets no password, and does not count as a login",
    async (asks, reason) => {
      const authority = await CertificateAuthority.create("test CA");
      const { certPem: cert, keyPem: key } = await authority.issueServing("db", {
        dns: [],
        ip: ["127.0.0.1"],
      });
      const server = await startHostileServer(asks, { cert, key });
      const connect = postgresConnector({ certificateAuthorities: authority.certPem });
      const login = { host: "127.0.0.1", port: server.port, database: "postgres", tls, username: "app" };
      await expect(connect({ ...login, password: new SecretValue(PASSWORD) })).rejects.toMatchObject({
        kind: "database",
        message: expect.stringContaining(reason),
      });
      server.stop();
      expect(server.received()).toContain("app");
      expect(server.received()).not.toContain(PASSWORD);
      expect(server.received()).not.toContain(MD5_HASH);
    },
  );
});
