#!/usr/bin/env bash
source "$(dirname "$0")/support/finding.sh"
about <<'TEXT'
pg 8.23.1 (node-postgres)
Guess: an option given beside connectionString wins over it, or at least adds what the string leaves out.
Seen:  the string wins, also by what is not in it: with a URL that has a user and no password, the option `password` is dropped
       and the client has none.
TEXT

npm_packages pg@8.23.1
expect "$(node_program <<'JS'
import pg from "pg";

function parametersOf(options) {
  const { user, password, host, port } = new pg.Client(options).connectionParameters;
  return JSON.stringify({ user, password, host, port });
}
const password = "from-options";
console.log("no URL:              ", parametersOf({ host: "db.example", user: "app", password }));
console.log("URL without password:", parametersOf({ connectionString: "postgres://app@db.example/app", password }));
console.log(
  "URL with all:        ",
  parametersOf({ connectionString: "postgres://app:from-url@db.example:5433/app", password, port: 6432 }),
);
JS
)" <<'SEEN'
no URL:               {"user":"app","password":"from-options","host":"db.example","port":5432}
URL without password: {"user":"app","password":null,"host":"db.example","port":5432}
URL with all:         {"user":"app","password":"from-url","host":"db.example","port":5433}
SEEN
