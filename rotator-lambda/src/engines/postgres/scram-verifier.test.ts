import { createHash, createHmac } from "node:crypto";
import { SecretValue } from "@rotated-secrets/contract/secret-value";
import { parseVersionId, type VersionId } from "@rotated-secrets/contract/version-id";
import { describe, expect, it } from "vitest";
import { scramVerifier, verifierSalt } from "./scram-verifier.ts";

// RFC 7677, section 3: user `user`, password `pencil`.
const SALT = "W22ZaJ0SNY7soEsUEjb6gQ==";
const NONCE = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
const AUTH_MESSAGE = `n=user,r=rOprNGfwEbeRWgbNEkqO,r=${NONCE},s=${SALT},i=4096,c=biws,r=${NONCE}`;
const CLIENT_PROOF = "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
const SERVER_SIGNATURE = "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

const verifierOf = (password: string) =>
  scramVerifier(new SecretValue(password), Buffer.from(SALT, "base64"), 4096);
const sign = (key: Buffer) => createHmac("sha256", key).update(AUTH_MESSAGE).digest();

describe("scramVerifier", () => {
  it("accepts the client of RFC 7677's example and proves the server's identity to it", async () => {
    const [scheme, parameters, keys = ""] = (await verifierOf("pencil")).split("$");
    const [storedKey, serverKey] = keys.split(":").map((key) => Buffer.from(key, "base64"));
    if (storedKey === undefined || serverKey === undefined) throw new Error("a key is missing");
    expect([scheme, parameters]).toEqual(["SCRAM-SHA-256", `4096:${SALT}`]);
    const clientSignature = sign(storedKey);
    const clientKey = Buffer.from(CLIENT_PROOF, "base64").map(
      (byte, index) => byte ^ (clientSignature[index] ?? 0),
    );
    expect(createHash("sha256").update(clientKey).digest()).toEqual(storedKey);
    expect(sign(serverKey).toString("base64")).toBe(SERVER_SIGNATURE);
  });

  it("has the same salt for the same version and user, and another one for any other", () => {
    const [one, other] = ["1".repeat(32), "2".repeat(32)].map(parseVersionId) as [VersionId, VersionId];
    const salts = [verifierSalt(one, "app"), verifierSalt(other, "app"), verifierSalt(one, "app_clone")];
    expect(verifierSalt(one, "app")).toEqual(salts[0]);
    expect(new Set(salts.map((salt) => Buffer.from(salt).toString("hex"))).size).toBe(3);
    expect(salts.map((salt) => salt.length)).toEqual([16, 16, 16]);
  });

  // RFC 4013, section 3.
  it.each([
    ["a soft hyphen is nothing", "I\u00adX", "IX"],
    ["the case is kept", "USER", "USER"],
    ["a special form of a letter is the letter", "\u00aa", "a"],
    ["a special form of a number is the number", "\u2168", "IX"],
    ["any kind of space is a space", "a\u00a0b", "a b"],
  ])("prepares passwords: %s", async (_, password, prepared) => {
    expect(await verifierOf(password)).toBe(await verifierOf(prepared));
  });

  it("leaves a password unchanged if SASLprep forbids it", async () => {
    expect(await verifierOf("\u0007\u2168")).not.toBe(await verifierOf("\u0007IX"));
  });
});
