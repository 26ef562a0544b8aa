import { createPublicKey, verify } from "node:crypto";
import { z } from "zod";
import { AwsError } from "../aws-error.ts";

/** The claims that STS reads. Times are seconds since 1970. OpenID Connect Core 1.0, ID Token. */
const claimsSchema = z.object({
  iss: z.string(),
  sub: z.string(),
  aud: z.union([z.string().transform((audience) => [audience]), z.array(z.string())]),
  exp: z.number(),
  nbf: z.number().optional(),
});
const headerSchema = z.object({ alg: z.literal("RS256"), kid: z.string() });

/**
 * The published keys of an identity provider. RFC 7517. Only RSA keys are read, as the emulator's STS supports no
 * others.
 */
const keySetSchema = z.object({
  keys: z.array(z.looseObject({ kid: z.string(), kty: z.literal("RSA"), n: z.string(), e: z.string() })),
});

/** The claims of a token about its bearer. */
export type Claims = z.infer<typeof claimsSchema>;
/** Public keys by id. */
export type KeySet = z.infer<typeof keySetSchema>;

/** The parts of a token, not verified yet. */
export interface UnverifiedToken {
  readonly keyId: string;
  readonly claims: Claims;
  readonly signed: Buffer;
  readonly signature: Buffer;
}

/** @throws IDPCommunicationError if this is not a set of keys */
export function parseKeySet(answer: unknown): KeySet {
  const parsed = keySetSchema.safeParse(answer);
  if (parsed.success) return parsed.data;
  throw identityProviderAway();
}

/** Splits a signed token into its parts. RFC 7519. @throws InvalidIdentityToken for any other text */
export function parseToken(text: string): UnverifiedToken {
  const [header = "", payload = "", signature = "", ...rest] = text.split(".");
  const parsedHeader = headerSchema.safeParse(decoded(header));
  const claims = claimsSchema.safeParse(decoded(payload));
  if (!parsedHeader.success || !claims.success || rest.length > 0) {
    throw invalidToken(
      "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)",
    );
  }
  return {
    keyId: parsedHeader.data.kid,
    claims: claims.data,
    signed: Buffer.from(`${header}.${payload}`),
    signature: Buffer.from(signature, "base64url"),
  };
}

/** Whether one of these keys signed the token. RFC 7518, RS256. */
export function isSignedBy(token: UnverifiedToken, { keys }: KeySet): boolean {
  return keys
    .filter(({ kid }) => kid === token.keyId)
    .some(({ kty, n, e }) =>
      verify(
        "RSA-SHA256",
        token.signed,
        createPublicKey({ key: { kty, n, e }, format: "jwk" }),
        token.signature,
      ),
    );
}

/**
 * AWS: AssumeRoleWithWebIdentity API reference, Errors. The texts come from users' reports; AWS does not confirm them.
 */
export const invalidToken = (message: string) => new AwsError("InvalidIdentityToken", message);

/** AWS: AssumeRoleWithWebIdentity API reference, Errors. */
export const identityProviderAway = () =>
  new AwsError(
    "IDPCommunicationError",
    "The request could not be fulfilled because the identity provider (IDP) that was asked to verify the incoming identity token could not be reached.",
  );

function decoded(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
  } catch {
    return undefined;
  }
}
