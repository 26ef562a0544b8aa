#!/usr/bin/env bash
source "$(dirname "$0")/support/finding.sh"
about <<'TEXT'
@aws-sdk/client-secrets-manager 3.1164.0
Guess: the SDK signs with the machine's clock, and corrects it after an answer that refuses the time of a signature.
Seen:  every answer sets the clock, a successful one too. After one answer whose Date header is an hour ahead, as a cache or a
       proxy may send it, the next request is signed an hour ahead.
TEXT

npm_packages @aws-sdk/client-secrets-manager@3.1164.0
cp "$SUPPORT/loopback.mjs" .
expect "$(node_program <<'JS'
import { DescribeSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { serve } from "./loopback.mjs";

const HOUR_MS = 3_600_000;
const ahead = [0, HOUR_MS, 0, 0];
const server = await serve(({ request, response }) => {
  const [, ...time] = /^(....)(..)(..T..)(..)(..Z)$/.exec(request.headers["x-amz-date"]);
  const signedAt = Date.parse(`${time[0]}-${time[1]}-${time[2]}:${time[3]}:${time[4]}`);
  const answeredAt = ahead.shift();
  console.log(`signed ${hours(signedAt - Date.now())}, answered 200 and dated ${hours(answeredAt)}`);
  response.sendDate = false;
  response.setHeader("date", new Date(Date.now() + answeredAt).toUTCString());
  return { Name: "one" };
});
const hours = (ms) => `${Math.round(ms / HOUR_MS)} h ahead`;

const client = new SecretsManagerClient({
  region: "eu-west-1",
  endpoint: server.url,
  credentials: { accessKeyId: "not-a-key", secretAccessKey: "not-a-secret" },
});
for (let request = 0; request < 4; request += 1) await client.send(new DescribeSecretCommand({ SecretId: "one" }));
client.destroy();
server.close();
JS
)" <<'SEEN'
signed 0 h ahead, answered 200 and dated 0 h ahead
signed 0 h ahead, answered 200 and dated 1 h ahead
signed 1 h ahead, answered 200 and dated 0 h ahead
signed 0 h ahead, answered 200 and dated 0 h ahead
SEEN
