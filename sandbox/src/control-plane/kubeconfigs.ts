import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CertificateAuthority, Identity } from "./certificate-authority.ts";
import { kubeconfig } from "./kubeconfig.ts";

/** Writes the kubeconfig files of one cluster, each with a different name. */
export class Kubeconfigs {
  readonly #dir: string;
  readonly #server: string;
  readonly #authority: CertificateAuthority;
  #count = 0;

  constructor(dir: string, server: string, authority: CertificateAuthority) {
    this.#dir = dir;
    this.#server = server;
    this.#authority = authority;
  }

  /** Creates a client certificate and a file with it. Resolves with the file's path. */
  async write(identity: Identity): Promise<string> {
    this.#count += 1;
    const name = identity.user.replaceAll(/[^A-Za-z0-9.-]+/g, "-");
    const path = join(this.#dir, `${this.#count}-${name}.kubeconfig`);
    const client = await this.#authority.issueClient(identity);
    const text = kubeconfig({
      server: this.#server,
      caPem: this.#authority.certPem,
      user: identity.user,
      client,
    });
    await mkdir(this.#dir, { recursive: true, mode: 0o700 });
    await writeFile(path, text, { mode: 0o600 });
    return path;
  }
}
