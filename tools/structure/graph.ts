/** The targets of each node. A node without any arrow is a key with an empty set. */
export type Graph = ReadonlyMap<string, ReadonlySet<string>>;

/** A graph of these nodes and arrows. An arrow from a node to itself, or to an unknown node, is left out. */
export function graphOf(nodes: Iterable<string>, arrows: Iterable<readonly [string, string]>): Graph {
  const graph = new Map([...nodes].map((node) => [node, new Set<string>()]));
  for (const [from, to] of arrows) if (from !== to && graph.has(to)) graph.get(from)?.add(to);
  return graph;
}

/** The number of arrows. */
export function arrowsOf(graph: Graph): number {
  return [...graph.values()].reduce((sum, targets) => sum + targets.size, 0);
}

/** The groups of nodes that reach each other, each sorted. Empty: there is an order in which all arrows point one way. */
export function circlesOf(graph: Graph): readonly (readonly string[])[] {
  const reached = new Map([...graph.keys()].map((node) => [node, reachedFrom(graph, node)]));
  const reach = (from: string, to: string) => reached.get(from)?.has(to) === true;
  const circles = [...graph.keys()]
    .filter((node) => reach(node, node))
    .map((node) => [...graph.keys()].filter((other) => reach(node, other) && reach(other, node)).sort());
  return [...new Map(circles.map((circle) => [circle.join(), circle])).values()];
}

function reachedFrom(graph: Graph, start: string): ReadonlySet<string> {
  const reached = new Set<string>();
  const open = [start];
  for (let node = open.pop(); node !== undefined; node = open.pop())
    for (const target of graph.get(node) ?? [])
      if (!reached.has(target)) {
        reached.add(target);
        open.push(target);
      }
  return reached;
}
