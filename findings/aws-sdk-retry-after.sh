#!/usr/bin/env bash
source "$(dirname "$0")/support/finding.sh"
about <<'TEXT'
@aws-sdk/client-secrets-manager 3.1164.0
Guess: a 503 with `Retry-After: 20` is tried again after 20 seconds.
Seen:  after five. The SDK cuts the header's time to 5 s, and so uses up its three attempts within ten seconds.
TEXT

npm_packages @aws-sdk/client-secrets-manager@3.1164.0
cp "$SUPPORT/loopback.mjs" .
expect "$(node_program <<'JS'
import { DescribeSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { serve } from "./loopback.mjs";

const arrivals = [];
const server = await serve(({ response }) => {
  arrivals.push(Date.now());
  response.statusCode = 503;
  response.setHeader("retry-after", "20");
  return { __type: "ServiceUnavailableException", message: "come back later" };
});

const client = new SecretsManagerClient({
  region: "eu-west-1",
  endpoint: server.url,
  credentials: { accessKeyId: "not-a-key", secretAccessKey: "not-a-secret" },
});
const failure = await client.send(new DescribeSecretCommand({ SecretId: "one" })).catch((error) => error);
console.log(failure.name, "after attempts at", ...arrivals.map((at) => `${Math.round((at - arrivals[0]) / 1_000)} s`));
client.destroy();
server.close();
JS
)" <<'SEEN'
ServiceUnavailableException after attempts at 0 s 5 s 10 s
SEEN
