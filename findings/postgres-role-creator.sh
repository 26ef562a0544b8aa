#!/usr/bin/env bash
source "$(dirname "$0")/support/finding.sh"
about <<'TEXT'
PostgreSQL 18.4, a user with CREATEROLE and without SUPERUSER, as the master of a managed database
Guess: after CREATE ROLE app it is a member of `app`, and so may give it a table, a schema or a default privilege.
Seen:  pg_has_role says that it is a member, and each of these fails with 42501: the membership has ADMIN only. It may grant
       itself the rest, and then holds two memberships of one role, by different grantors.
TEXT

npm_packages embedded-postgres@18.4.0-beta.17 pg@8.23.1
cp "$SUPPORT/postgres.mjs" .
expect "$(node_program <<'JS'
import { connect, end, outcome } from "./postgres.mjs";

const admin = await connect();
await admin.query("CREATE ROLE master LOGIN CREATEROLE PASSWORD 'not-a-secret'");
await admin.query("GRANT CREATE ON DATABASE postgres TO master; GRANT CREATE ON SCHEMA public TO master WITH GRANT OPTION");

const master = await connect({ user: "master", password: "not-a-secret" });
await master.query("CREATE ROLE app LOGIN; GRANT CREATE ON SCHEMA public TO app; CREATE TABLE one ()");
const statements = [
  "SELECT pg_has_role('app', 'MEMBER') AS member, pg_has_role('app', 'SET') AS may_set",
  "ALTER TABLE one OWNER TO app",
  "CREATE SCHEMA app AUTHORIZATION app",
  "ALTER DEFAULT PRIVILEGES FOR ROLE app GRANT SELECT ON TABLES TO master",
  "GRANT app TO master",
  "ALTER TABLE one OWNER TO app",
  "SELECT grantor::regrole, admin_option, set_option FROM pg_auth_members WHERE roleid = 'app'::regrole",
];
for (const statement of statements) console.log(`${statement}\n  ${await outcome(master, statement)}`);
end();
JS
)" <<'SEEN'
SELECT pg_has_role('app', 'MEMBER') AS member, pg_has_role('app', 'SET') AS may_set
  [{"member":true,"may_set":false}]
ALTER TABLE one OWNER TO app
  42501 must be able to SET ROLE "app"
CREATE SCHEMA app AUTHORIZATION app
  42501 must be able to SET ROLE "app"
ALTER DEFAULT PRIVILEGES FOR ROLE app GRANT SELECT ON TABLES TO master
  42501 permission denied to change default privileges
GRANT app TO master
  []
ALTER TABLE one OWNER TO app
  []
SELECT grantor::regrole, admin_option, set_option FROM pg_auth_members WHERE roleid = 'app'::regrole
  [{"grantor":"postgres","admin_option":true,"set_option":false},{"grantor":"master","admin_option":false,"set_option":true}]
SEEN
