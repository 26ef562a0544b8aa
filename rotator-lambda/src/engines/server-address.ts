import { isIPv6 } from "node:net";

/** The server that a document names. */
export interface ServerAddress {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
}

/** Whether both name the same server in the same way: host, port and TLS. Upper case and the dot at the end do not count. */
export function isSameAddress(one: ServerAddress, other: ServerAddress): boolean {
  return (
    canonicalHost(one.host) === canonicalHost(other.host) && one.port === other.port && one.tls === other.tls
  );
}

/** The address in words: `db.example, port 5432, with TLS`. */
export function wordsFor({ host, port, tls }: ServerAddress): string {
  return `${host}, port ${port}, ${tls ? "with" : "without"} TLS`;
}

/** A part of a URL that is not the host. */
const BEYOND_HOST = /[\s/?#@\\%]/;

/**
 * One spelling for all spellings of the same host: lower case, no dot at the end, short IPv6 without brackets, four numbers for
 * IPv4. An alias (CNAME) stays a different host, because its owner can point it elsewhere at any time.
 */
export function canonicalHost(host: string): string {
  const bare = host.toLowerCase().replace(/^\[(.*)\]$/, "$1");
  if (BEYOND_HOST.test(bare) || (bare.includes(":") && !isIPv6(bare))) return bare;
  try {
    const { hostname } = new URL(`http://${isIPv6(bare) ? `[${bare}]` : bare}`);
    return hostname.replace(/^\[(.*)\]$/, "$1").replace(/\.$/, "");
  } catch {
    return bare;
  }
}
