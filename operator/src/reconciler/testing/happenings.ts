import fc from "fast-check";
import { policy, version } from "../../lifecycle/testing/world.ts";
import { LONG, MINUTE } from "./at-rest.ts";
import type { Simulation } from "./simulation.ts";

/** Events caused by people and other programs, under names that fast-check can print. */
export const EVENTS = {
  request: ({ cluster, now }) => cluster.request(`at ${now}`),
  takeBack: ({ cluster }) => cluster.request(undefined),
  rotateByOthers: ({ aws }) => aws.rotateByOthers(),
  put: ({ aws }) => aws.putByOthers(),
  putRenamed: ({ aws, now }) => aws.putByOthers(JSON.stringify({ username: "app", pass: `planted-${now}` })),
  putBroken: ({ aws, now }) => aws.putByOthers(`{"username":"app","password":"planted-${now}",}`),
  putText: ({ aws, now }) => aws.putByOthers(`planted-${now}`),
  putEmpty: ({ aws }) => aws.putByOthers('{"password":null}'),
  putWhole: ({ aws }) => isWhole(aws.documentOf(aws.current)) || aws.putByOthers(),
  needKeys: ({ cluster }) => setNeeds(cluster, ["username", "password", "extra"]),
  needNothing: ({ cluster }) => setNeeds(cluster, []),
  allowRemoval: ({ cluster }) =>
    cluster.annotate("rotatedsecrets.dev/allow-key-removal", "password, username,value,URL"),
  forbidRemoval: ({ cluster }) => cluster.annotate("rotatedsecrets.dev/allow-key-removal", undefined),
  moveBack: ({ aws }) => aws.moveBack(),
  drift: ({ cluster, now }) => cluster.secret.edit("password", `foreign-${now}`),
  addKey: ({ cluster }) => cluster.secret.edit("extra", "foreign"),
  deleteSecret: ({ cluster }) => cluster.secret.delete(),
  deletePod: ({ cluster }) => cluster.deployments[0]?.deletePod(),
  deploy: ({ cluster }) => cluster.deploy(`late-${cluster.deployments.length}`),
  deployStatefulSet: ({ cluster }) => cluster.deployStatefulSet(`late-${cluster.statefulSets.length}`),
  deleteStatefulPod: ({ cluster }) => cluster.statefulSets[0]?.deletePod("late-0-1"),
  deny: ({ cluster }) => cluster.allow(),
  denyRotation: ({ cluster }) => cluster.allow(policy("Read")),
  allow: ({ cluster }) => cluster.allow(policy("Read", "Rotate")),
  nightly: ({ cluster }) =>
    cluster.edit({ windows: [{ kind: "Allow", cron: "0 22 * * *", duration: "2h" }] }),
  freeze: ({ cluster }) => cluster.edit({ windows: [{ kind: "Deny", cron: "0 * * * *", duration: "50m" }] }),
  atAnyTime: ({ cluster }) => cluster.edit({ windows: undefined }),
  atMostTwoHours: ({ cluster }) => cluster.edit({ rotation: { trigger: "Manual", maxAge: "2h" } }),
  sicken: ({ cluster }) => cluster.deployments[0]?.sicken(),
  heal: ({ cluster }) => cluster.deployments[0]?.sicken(true),
  suspend: ({ cluster }) => cluster.edit({ suspend: true }),
  resume: ({ cluster }) => cluster.edit({ suspend: false }),
  pinFirst: ({ aws, cluster }) => cluster.edit({ pin: { versionId: aws.versions[0] ?? aws.current } }),
  pinCurrent: ({ aws, cluster }) => cluster.edit({ pin: { versionId: aws.current } }),
  pinMissing: ({ cluster }) => cluster.edit({ pin: { versionId: version(99) } }),
  unpin: ({ cluster }) => cluster.edit({ pin: undefined }),
  hourly: ({ cluster }) => cluster.edit({ rotation: { trigger: "Schedule", schedule: { every: "1h" } } }),
  manual: ({ cluster }) => cluster.edit({ rotation: { trigger: "Manual" } }),
  template: ({ cluster }) =>
    cluster.edit({ target: { template: { URL: "{{ username }}@{{ password | url }}" } } }),
  otherKeys: ({ cluster }) =>
    cluster.edit({ target: { keys: { exclude: ["user*"] }, labels: { team: "a" } } }),
  wrongTemplate: ({ cluster }) => cluster.edit({ target: { template: { URL: "{{ nobody }}" } } }),
  plainTarget: ({ cluster }) => cluster.edit({ target: {} }),
  restartWeb: ({ cluster }) =>
    cluster.edit({ rollout: { workloads: { mode: "Names", names: ["deployment/web"] } } }),
  restartNobody: ({ cluster }) => cluster.edit({ rollout: { workloads: { mode: "None" } } }),
  restartAll: ({ cluster }) => cluster.edit({ rollout: {} }),
  protectWeb: ({ cluster }) => cluster.protectedWorkloads.add("web"),
  protectSecret: ({ cluster }) => Object.assign(cluster.secret, { isProtected: true }),
  unprotect: ({ cluster }) => {
    cluster.protectedWorkloads.clear();
    cluster.secret.isProtected = false;
  },
  breakLambda: ({ aws }) => Object.assign(aws, { isFailing: true }),
  mendLambda: ({ aws }) => Object.assign(aws, { isFailing: false }),
  refuseRotation: ({ aws }) => {
    aws.refusal = { kind: "denied", operation: "RotateSecret", code: "AccessDeniedException" };
  },
  throttleRotation: ({ aws }) => {
    aws.refusal = { kind: "unavailable", operation: "RotateSecret", code: "ThrottlingException" };
  },
  takeRotation: ({ aws }) => {
    aws.refusal = undefined;
  },
  giveUp: ({ aws }) => aws.clearPending(),
  lag: ({ aws }) => Object.assign(aws, { readLagMs: 4_000 }),
  noLag: ({ aws }) => Object.assign(aws, { readLagMs: 0 }),
} satisfies Record<string, (simulation: Simulation) => unknown>;

function isWhole(document: string): boolean {
  return /^{"username":"[^"]*","password":"[^"]*"}$/.test(document);
}

function setNeeds({ deployments }: Simulation["cluster"], keys: readonly string[]): void {
  const [first] = deployments;
  if (first !== undefined) first.neededKeys = keys;
}

export type EventName = keyof typeof EVENTS;
const isEvent = (name: string): name is EventName => name in EVENTS;

/** Events by how often they come in a history that is weighted to rotate. */
const ROTATING: readonly (readonly [number, readonly EventName[]])[] = [
  [6, ["request", "rotateByOthers", "put", "drift", "refuseRotation", "throttleRotation", "takeRotation"]],
  [3, ["moveBack", "deletePod", "addKey", "hourly", "atMostTwoHours", "lag", "breakLambda", "mendLambda"]],
  [2, ["needKeys", "needNothing", "putRenamed", "putBroken", "putWhole", "allowRemoval", "forbidRemoval"]],
  [1, Object.keys(EVENTS).filter(isEvent)],
];

/** An event, the time that passes after it in ms, and whether the process ends at the nth call from then. */
const happeningOf = (event: fc.Arbitrary<EventName>) =>
  fc.record({
    event,
    passes: fc.oneof(fc.integer({ min: 0, max: 8_000 }), fc.integer({ min: 0, max: 40 * MINUTE })),
    crashAt: fc.option(
      fc.record({ nth: fc.integer({ min: 1, max: 12 }), when: fc.constantFrom("before", "after") }),
      { freq: 3 },
    ),
  });

/** Any event, each as likely as the others. */
export const happening = happeningOf(fc.constantFrom(...Object.keys(EVENTS).filter(isEvent)));

/** Mostly rotations, refused calls and other writers. */
export const rotatingHappening = happeningOf(
  fc.oneof(...ROTATING.map(([weight, events]) => ({ weight, arbitrary: fc.constantFrom(...events) }))),
);

/** Lets a history happen. */
export async function happen(
  simulation: Simulation,
  happenings: readonly { event: EventName; passes: number; crashAt: { nth: number; when: string } | null }[],
): Promise<void> {
  for (const { event, passes, crashAt } of happenings) {
    EVENTS[event](simulation);
    const first = simulation.calls.length;
    simulation.crash = (_, when) =>
      crashAt !== null && when === crashAt.when && simulation.calls.length - first === crashAt.nth;
    await simulation.run(passes);
  }
}

/** Removes every obstacle to rest. */
export async function tidyUp(simulation: Simulation): Promise<void> {
  simulation.crash = () => false;
  const tidy: readonly EventName[] = [
    "mendLambda",
    "takeRotation",
    "giveUp",
    "noLag",
    "allow",
    "unprotect",
    "resume",
    "unpin",
    "atAnyTime",
    "heal",
    "manual",
    "restartAll",
    "plainTarget",
    "takeBack",
    "needNothing",
    "putWhole",
    "allowRemoval",
  ];
  for (const event of tidy) EVENTS[event](simulation);
  await simulation.run(LONG);
}
