#!/usr/bin/env bash
source "$(dirname "$0")/support/finding.sh"
about <<'TEXT'
@kubernetes/client-node 2.0.1
Guess: reading an object and writing it back with one change sends everything else as it came.
Seen:  the client keeps the fields of its own models only. A field that a newer API server sends is dropped when the object
       is read, without a word, and the replace removes it from the cluster.
TEXT

npm_packages @kubernetes/client-node@2.0.1
cp "$SUPPORT/loopback.mjs" .
expect "$(node_program <<'JS'
import { CoreV1Api, KubeConfig } from "@kubernetes/client-node";
import { serve } from "./loopback.mjs";

const service = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "one", labels: { app: "one" } },
  spec: { type: "ClusterIP", fieldOfNextYear: "x", ports: [{ port: 80, otherNewField: 1 }] },
};
// An API server of next year, as far as this client sees it.
const server = await serve(({ request, body }) => {
  if (request.method === "PUT") console.log("sent:    ", JSON.stringify(JSON.parse(body).spec));
  return service;
});
const config = new KubeConfig();
config.loadFromClusterAndUser({ name: "one", server: server.url, skipTLSVerify: true }, { name: "one" });

console.log("received:", JSON.stringify(service.spec));
const api = config.makeApiClient(CoreV1Api);
const one = { namespace: "default", name: "one" };
const body = await api.readNamespacedService(one);
body.metadata.labels.team = "payments";
await api.replaceNamespacedService({ ...one, body });
server.close();
JS
)" <<'SEEN'
received: {"type":"ClusterIP","fieldOfNextYear":"x","ports":[{"port":80,"otherNewField":1}]}
sent:     {"ports":[{"port":80}],"type":"ClusterIP"}
SEEN
