import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { KubernetesObject } from "../client/kubernetes-object.ts";
import { Store } from "./store.ts";

interface Thing extends KubernetesObject {
  readonly colour?: string;
}

function thing(name: string, resourceVersion: number | string, colour?: string): Thing {
  const metadata = { namespace: "shop", name, resourceVersion: `${resourceVersion}` };
  return colour === undefined ? { metadata } : { metadata, colour };
}

function newStore(transform: (raw: KubernetesObject) => Thing = (raw) => raw) {
  const failures: string[] = [];
  const store = new Store<Thing>({ transform, failed: ({ name }) => failures.push(name) });
  const told: string[] = [];
  store.subscribe({
    added: ({ metadata: m }, origin) => told.push(`+${m.name}@${m.resourceVersion} ${origin}`),
    updated: ({ metadata: m }, old, origin) =>
      told.push(`${m.name}@${old.metadata.resourceVersion}>${m.resourceVersion} ${origin}`),
    deleted: ({ metadata: m }) => told.push(`-${m.name}`),
  });
  return { store, told, failures };
}

const a = { namespace: "shop", name: "a" };
const versionOf = (store: Store<Thing>) => store.get(a)?.metadata.resourceVersion;

describe("an object in the store", () => {
  it("is found by name, by namespace and by index", () => {
    const { store } = newStore();
    store.addIndex("colour", ({ colour }) => (colour === undefined ? [] : [colour]));
    store.replace([thing("a", 1, "red"), thing("b", 2, "red")], "5");
    store.upsert(thing("b", 6, "blue"));
    expect(store.list("shop").map(({ metadata }) => metadata.name)).toEqual(["a", "b"]);
    expect(store.list("elsewhere")).toEqual([]);
    expect(store.byIndex("colour", "red").map(({ metadata }) => metadata.name)).toEqual(["a"]);
    store.remove(thing("b", 7));
    expect(store.byIndex("colour", "blue")).toEqual([]);
    expect(() => store.byIndex("size", "big")).toThrow('no index "size"');
  });

  it("has no managedFields, from a list, a watch or our own write", () => {
    const { store } = newStore();
    const heavy = (name: string, resourceVersion: string) => ({
      metadata: { namespace: "shop", name, resourceVersion, managedFields: [{}] },
    });
    store.replace([heavy("a", "1")], "1");
    store.upsert(heavy("b", "2"));
    store.remember(heavy("c", "3"));
    expect(JSON.stringify(store.list())).not.toContain("managedFields");
    expect(store.size).toBe(3);
  });

  it("stays when the transform or a listener throws", () => {
    const { store, failures } = newStore((raw) => {
      if (raw.metadata.resourceVersion === "13") throw new Error("unlucky");
      return raw;
    });
    store.subscribe({
      deleted: () => {
        throw new Error("no");
      },
    });
    store.replace([thing("a", 1)], "1");
    store.upsert(thing("a", 13));
    expect(versionOf(store)).toBe("1");
    store.remove(thing("a", 14));
    expect(store.size).toBe(0);
    expect(failures).toEqual(["a", "a"]);
  });
});

describe("listeners", () => {
  it("receive each change once, also of those between two lists", () => {
    const { store, told } = newStore();
    store.replace([thing("a", 1), thing("b", 2)], "2");
    store.remember(thing("a", 4));
    store.upsert(thing("a", 4));
    store.replace([thing("a", 5)], "6");
    expect(told).toEqual(["+a@1 watch", "+b@2 watch", "a@1>4 remembered", "a@4>5 watch", "-b"]);
  });

  it("receive the last state of a deleted object: from its event, or the held one if only a list shows the deletion", () => {
    const { store } = newStore();
    const last: (string | undefined)[] = [];
    store.subscribe({ deleted: (old, { colour }) => last.push(`${old.colour}, in the end ${colour}`) });
    store.replace([thing("a", 1, "red"), thing("b", 2, "red")], "2");
    store.remove(thing("a", 3, "blue"));
    store.replace([], "4");
    expect(last).toEqual(["red, in the end blue", "red, in the end red"]);
  });

  it("that come late receive the present objects, and nothing after their end", () => {
    const { store } = newStore();
    store.replace([thing("a", 1)], "1");
    const told: string[] = [];
    const leave = store.subscribe({ added: ({ metadata }) => told.push(metadata.name) });
    leave();
    store.upsert(thing("b", 2));
    expect(told).toEqual(["a"]);
  });
});

describe("the answer to our own write", () => {
  type Step = (store: Store<Thing>) => void;
  const write =
    (version: number): Step =>
    (store) =>
      store.remember(thing("a", version));
  const event =
    (version: number): Step =>
    (store) =>
      store.upsert(thing("a", version));
  const deletion =
    (version: number): Step =>
    (store) =>
      store.remove(thing("a", version));
  const bookmark =
    (version: number): Step =>
    (store) =>
      store.observe(`${version}`);
  const list =
    (version: number, ...of: number[]): Step =>
    (store) =>
      store.replace(
        of.map((each) => thing("a", each)),
        `${version}`,
      );

  it.each<[string, Step[], string | undefined]>([
    ["is read at once", [write(20)], "20"],
    ["is not undone by an older event", [write(20), event(15)], "20"],
    ["is not undone by an older list", [write(20), list(15, 10)], "20"],
    ["is not undone by an older list without it", [write(20), list(15)], "20"],
    ["is not undone by the deletion before it", [write(20), deletion(15)], "20"],
    ["gives way to a newer event", [write(20), event(25)], "25"],
    ["gives way to a newer list", [write(20), list(30, 25)], "25"],
    ["gives way to a newer list without it", [write(20), list(30)], undefined],
    ["gives way to a newer deletion", [write(20), deletion(21)], undefined],
    ["does not bring back what is deleted", [deletion(21), write(20)], undefined],
    ["is nothing new when the watch has passed it", [event(25), write(20)], "25"],
    ["goes when the watch passes without it", [write(20), bookmark(22)], undefined],
    ["stays when the watch has confirmed it", [write(20), event(20), bookmark(22)], "20"],
    ["is compared as a number", [write(100), event(99)], "100"],
  ])("%s", (_, steps, expected) => {
    const { store } = newStore();
    store.replace([thing("a", 10)], "10");
    for (const step of steps) step(store);
    expect(versionOf(store)).toBe(expected);
  });
});

it("ignores events that come twice", () => {
  const { store, told } = newStore();
  store.upsert(thing("a", 11));
  store.remove(thing("a", 12));
  store.upsert(thing("a", 11));
  expect(store.size).toBe(0);
  store.upsert(thing("a", 13));
  store.remove(thing("a", 12));
  expect(told).toEqual(["+a@11 watch", "-a", "+a@13 watch"]);
});

it("follows a server whose etcd was restored", () => {
  const { store } = newStore();
  store.replace([thing("a", 90), thing("b", 95)], "100");
  store.remember(thing("c", 101));
  store.replace([thing("a", 40)], "50");
  expect(store.list()).toEqual([thing("a", 40)]);
  store.upsert(thing("a", 51));
  expect(versionOf(store)).toBe("51");
});

/** Writes by us and by others, in their order; each makes a version of one of three objects, or deletes it. */
const history = fc.array(
  fc.record({ name: fc.constantFrom("a", "b", "c"), change: fc.constantFrom("ours", "theirs", "deleted") }),
  { maxLength: 25 },
);

describe("in any order in which answers and events come", () => {
  it("never goes back, and ends equal to the server", () => {
    fc.assert(
      fc.property(history, fc.infiniteStream(fc.nat({ max: 9 })), (writes, dice) => {
        const { store } = newStore();
        store.replace([], "100");
        const server = new Map<string, Thing>();
        const events: (() => void)[] = [];
        const answers: (() => void)[] = [];
        let listAt = { version: "100", items: [] as Thing[] };
        const highest = new Map<string, number>();
        const check = () => {
          for (const { metadata } of store.list()) {
            const version = Number(metadata.resourceVersion);
            expect(version).toBeGreaterThanOrEqual(highest.get(metadata.name) ?? 0);
            highest.set(metadata.name, version);
          }
        };
        const deliver = (queue: (() => void)[]) => {
          queue.shift()?.();
          check();
        };
        const roll = () => dice.next().value ?? 0;
        writes.forEach(({ name, change }, index) => {
          const version = 101 + index;
          const object = thing(name, version);
          if (change === "deleted") {
            if (server.delete(name)) events.push(() => store.remove(object));
          } else {
            server.set(name, object);
            events.push(() => store.upsert(object));
            if (change === "ours") answers.push(() => store.remember(object));
          }
          listAt = { version: `${version}`, items: [...server.values()] };
          for (let n = roll(); n > 4; n -= 2) deliver(n % 2 === 0 ? events : answers);
        });
        while (events.length + answers.length > 0) deliver(roll() < 5 ? events : answers);
        store.observe(listAt.version);
        expect(new Set(store.list())).toEqual(new Set(server.values()));
        store.replace(listAt.items, listAt.version);
        expect(new Set(store.list())).toEqual(new Set(server.values()));
      }),
    );
  });
});
