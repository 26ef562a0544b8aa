#!/usr/bin/env bash
source "$(dirname "$0")/support/finding.sh"
about <<'TEXT'
@kubernetes/client-node 2.0.1, the times of a Lease
Guess: renewTime is what its type says, V1MicroTime, a subclass of Date, as creationTimestamp is a Date.
Seen:  it is a string: `lease.spec.renewTime.getTime()` compiles, and there is no such method. A V1MicroTime that is sent has
       the six digits of a Lease; a Date in its place has three.
TEXT

npm_packages @kubernetes/client-node@2.0.1 typescript@7.0.2 @types/node@24.19.2
cp "$SUPPORT/loopback.mjs" .
cat >declared.ts <<'TS'
import type { V1Lease } from "@kubernetes/client-node";

export const renewedAt = (lease: V1Lease): number | undefined => lease.spec?.renewTime?.getTime();
TS
expect "$(
  node_modules/.bin/tsc --noEmit --strict --skipLibCheck --module nodenext --target es2024 --types node declared.ts &&
    echo "getTime() on renewTime compiles"
  node_program <<'JS'
import { CoordinationV1Api, KubeConfig, V1MicroTime } from "@kubernetes/client-node";
import { serve } from "./loopback.mjs";

const lease = {
  apiVersion: "coordination.k8s.io/v1",
  kind: "Lease",
  metadata: { name: "one", creationTimestamp: "2026-01-31T15:04:05Z" },
  spec: { renewTime: "2026-01-31T15:04:05.123456Z" },
};
const server = await serve(({ request, body }) => {
  if (request.method === "POST") console.log("sent:", JSON.parse(body).spec.renewTime);
  return lease;
});
const config = new KubeConfig();
config.loadFromClusterAndUser({ name: "one", server: server.url, skipTLSVerify: true }, { name: "one" });

const api = config.makeApiClient(CoordinationV1Api);
const { metadata, spec } = await api.readNamespacedLease({ namespace: "default", name: "one" });
console.log("creationTimestamp:", metadata.creationTimestamp.constructor.name);
console.log("renewTime:", spec.renewTime.constructor.name, typeof spec.renewTime.getTime);
for (const renewTime of [new Date("2026-01-31T15:04:05.123Z"), new V1MicroTime("2026-01-31T15:04:05.123Z")])
  await api.createNamespacedLease({ namespace: "default", body: { spec: { renewTime } } });
server.close();
JS
)" <<'SEEN'
getTime() on renewTime compiles
creationTimestamp: Date
renewTime: String undefined
sent: 2026-01-31T15:04:05.123Z
sent: 2026-01-31T15:04:05.123000Z
SEEN
