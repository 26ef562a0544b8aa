import { AwsError } from "../aws-error.ts";
import {
  type Claims,
  identityProviderAway,
  invalidToken,
  isSignedBy,
  type KeySet,
  parseKeySet,
  parseToken,
} from "./json-web-token.ts";

/** An issuer of tokens that the account trusts: an IAM OpenID Connect provider. */
export interface IdentityProvider {
  /** The `iss` of its tokens. */
  readonly issuer: string;
  /** The registered audiences. */
  readonly audiences: readonly string[];
  /** Fetches the issuer's published keys (JWKS). */
  readonly keys: () => Promise<unknown>;
}

/** The providers of an account, and their keys that were fetched. */
export class IdentityProviders {
  readonly #providers = new Map<string, { readonly provider: IdentityProvider; keys: KeySet | undefined }>();

  add(provider: IdentityProvider): void {
    this.#providers.set(provider.issuer, { provider, keys: undefined });
  }

  /**
   * Verifies a token: signed by a registered issuer, for a registered audience, and valid now. Returns its claims.
   * @throws InvalidIdentityToken, ExpiredTokenException, IDPCommunicationError
   */
  async verify(text: string, now: number): Promise<Claims> {
    const token = parseToken(text);
    const { claims } = token;
    const known = this.#providers.get(claims.iss);
    if (known === undefined)
      throw invalidToken(`No OpenIDConnect provider found in your account for ${claims.iss}`);
    known.keys = knowsKey(known.keys, token.keyId) ? known.keys : await fetched(known.provider);
    if (!isSignedBy(token, known.keys)) {
      throw invalidToken(
        "Couldn't retrieve verification key from your identity provider, please reference AssumeRoleWithWebIdentity documentation for requirements",
      );
    }
    if (!claims.aud.some((audience) => known.provider.audiences.includes(audience)))
      throw invalidToken("Incorrect token audience");
    requireTime(claims, Math.floor(now / 1_000));
    return claims;
  }
}

function knowsKey(keys: KeySet | undefined, keyId: string): keys is KeySet {
  return keys?.keys.some(({ kid }) => kid === keyId) ?? false;
}

async function fetched({ keys }: IdentityProvider): Promise<KeySet> {
  const answer = await keys().catch(() => {
    throw identityProviderAway();
  });
  return parseKeySet(answer);
}

function requireTime({ exp, nbf }: Claims, seconds: number): void {
  if (seconds >= exp) {
    throw new AwsError(
      "ExpiredTokenException",
      `Token expired: current date/time ${seconds} must be before the expiration date/time ${exp}`,
    );
  }
  if (nbf !== undefined && seconds < nbf) throw invalidToken("Token not yet valid");
}
