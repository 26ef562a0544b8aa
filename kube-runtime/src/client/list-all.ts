import { hasStatus } from "./api-error.ts";
import type { KubeClient, ObjectList } from "./kube-client.ts";
import type { Query } from "./kube-transport.ts";
import type { KubernetesObject } from "./kubernetes-object.ts";

/** A whole collection at one resourceVersion. */
export interface WholeList<T> {
  readonly items: readonly T[];
  readonly resourceVersion: string;
}

/** Objects per page, as in client-go. */
const PAGE_SIZE = 500;

/**
 * Reads a collection in pages, all at one resourceVersion, with a consistent read. If a page token has expired (410),
 * reads the whole collection in one request instead, so that the list ends in any cluster. @throws as KubeClient.list
 */
export async function listAll<T = KubernetesObject>(
  client: Pick<KubeClient, "list">,
  path: string,
  query: Query = {},
  options: { readonly signal?: AbortSignal; readonly pageSize?: number } = {},
): Promise<WholeList<T>> {
  const read = (page: Query) => client.list<T>(path, { ...query, ...page }, { signal: options.signal });
  const limit = options.pageSize ?? PAGE_SIZE;
  const items: T[] = [];
  let page = await read({ limit });
  items.push(...page.items);
  while (page.metadata.continue) {
    const next = await read({ limit, continue: page.metadata.continue }).catch(unlessExpired);
    if (next === undefined) return whole(await read({}));
    items.push(...next.items);
    page = next;
  }
  return { items, resourceVersion: page.metadata.resourceVersion };
}

function whole<T>(list: ObjectList<T>): WholeList<T> {
  return { items: list.items, resourceVersion: list.metadata.resourceVersion };
}

/** A continue token is valid for five minutes, or until etcd is compacted. */
function unlessExpired(error: unknown): undefined {
  if (hasStatus(error, 410)) return undefined;
  throw error;
}
