// tsyringe, a dependency of @peculiar/x509, needs this import first.
import "reflect-metadata";
import type { webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";

/** A certificate with its private key, both in PEM. */
export interface KeyPair {
  readonly certPem: string;
  readonly keyPem: string;
}

/** The identity in a client certificate. Kubernetes: the common name is the user, the organizations are its groups. */
export interface Identity {
  readonly user: string;
  /** @default none */
  readonly groups?: readonly string[];
}

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const LIFETIME_MS = 30 * 24 * 60 * 60 * 1000;
// The cluster must stay usable if the clock is set back a little, as after a laptop's sleep.
const BACKDATE_MS = 60 * 60 * 1000;

/**
 * Signs the certificates of one sandbox. Its key is never written to disk, and all certificates expire after 30 days.
 */
export class CertificateAuthority {
  /** The authority's own certificate, for the clients and servers that trust it. */
  readonly certPem: string;
  readonly #certificate: x509.X509Certificate;
  readonly #key: webcrypto.CryptoKey;

  private constructor(certificate: x509.X509Certificate, key: webcrypto.CryptoKey) {
    this.certPem = `${certificate.toString("pem")}\n`;
    this.#certificate = certificate;
    this.#key = key;
  }

  static async create(name: string): Promise<CertificateAuthority> {
    const keys = await generateKeys();
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      name: [{ CN: [name] }],
      keys,
      signingAlgorithm: ALGORITHM,
      ...validity(),
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    });
    return new CertificateAuthority(certificate, keys.privateKey);
  }

  /** A client certificate for `identity`. */
  async issueClient(identity: Identity): Promise<KeyPair> {
    const organizations = (identity.groups ?? []).map((group) => ({ O: [group] }));
    return await this.#issue([{ CN: [identity.user] }, ...organizations], [x509.ExtendedKeyUsage.clientAuth]);
  }

  /**
   * A certificate for servers on `names` (DNS names and IP addresses). It is also valid for clients, as between the
   * members of etcd.
   */
  async issueServing(
    name: string,
    names: { readonly dns: readonly string[]; readonly ip: readonly string[] },
  ): Promise<KeyPair> {
    const alternatives = new x509.SubjectAlternativeNameExtension([
      ...names.dns.map((value) => ({ type: "dns" as const, value })),
      ...names.ip.map((value) => ({ type: "ip" as const, value })),
    ]);
    const usages = [x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth];
    return await this.#issue([{ CN: [name] }], usages, [alternatives]);
  }

  async #issue(
    subject: x509.JsonName,
    usages: x509.ExtendedKeyUsage[],
    extensions: readonly x509.Extension[] = [],
  ): Promise<KeyPair> {
    const keys = await generateKeys();
    const certificate = await x509.X509CertificateGenerator.create({
      subject,
      issuer: this.#certificate.subjectName,
      publicKey: keys.publicKey,
      signingKey: this.#key,
      signingAlgorithm: ALGORITHM,
      ...validity(),
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension(usages),
        await x509.AuthorityKeyIdentifierExtension.create(this.#certificate.publicKey),
        ...extensions,
      ],
    });
    const key = await crypto.subtle.exportKey("pkcs8", keys.privateKey);
    return {
      certPem: `${certificate.toString("pem")}\n`,
      keyPem: `${x509.PemConverter.encode(key, "PRIVATE KEY")}\n`,
    };
  }
}

function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
}

function validity(): { notBefore: Date; notAfter: Date } {
  const now = Date.now();
  return { notBefore: new Date(now - BACKDATE_MS), notAfter: new Date(now + LIFETIME_MS) };
}
