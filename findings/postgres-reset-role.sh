#!/usr/bin/env bash
source "$(dirname "$0")/support/finding.sh"
about <<'TEXT'
PostgreSQL 18.4, `ALTER ROLE app_clone SET role = 'app'`
Guess: RESET ROLE and DISCARD ALL, with which poolers clean a session, bring back the user that logged in.
Seen:  they bring back `app`, which is where the session began; that works while `app` may not log in. Only SET ROLE NONE makes
       the session its login's again.
TEXT

npm_packages embedded-postgres@18.4.0-beta.17 pg@8.23.1
cp "$SUPPORT/postgres.mjs" .
expect "$(node_program <<'JS'
import { connect, end } from "./postgres.mjs";

const admin = await connect();
await admin.query("CREATE ROLE app NOLOGIN; CREATE ROLE app_clone LOGIN PASSWORD 'not-a-secret' IN ROLE app");
await admin.query("ALTER ROLE app_clone SET role = 'app'");

const client = await connect({ user: "app_clone", password: "not-a-secret" });
for (const statement of ["SELECT", "RESET ROLE", "DISCARD ALL", "SET ROLE NONE", "RESET ALL", "RESET ROLE"]) {
  await client.query(statement);
  const { rows } = await client.query("SELECT session_user, current_user");
  console.log(`${statement}: logged in as ${rows[0].session_user}, is ${rows[0].current_user}`);
}
end();
JS
)" <<'SEEN'
SELECT: logged in as app_clone, is app
RESET ROLE: logged in as app_clone, is app
DISCARD ALL: logged in as app_clone, is app
SET ROLE NONE: logged in as app_clone, is app_clone
RESET ALL: logged in as app_clone, is app_clone
RESET ROLE: logged in as app_clone, is app
SEEN
