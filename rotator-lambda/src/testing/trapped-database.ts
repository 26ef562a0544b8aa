import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import type { TestDatabase } from "./test-database.ts";

const ENGINE = join(import.meta.dirname, "../engines/postgres");

const NAME = "trapped";
/** In the server's log, because a failed transaction leaves nothing else behind. */
const SPRUNG = /trap sprung: (.*)/g;

/** A database whose owner, a tenant, wants the rights of everyone who logs in there. */
export interface TrappedDatabase {
  readonly name: string;
  /** The traps that were used, each with its user: `isfinite as master`. */
  sprung(): ReadonlySet<string>;
}

/**
 * Creates the database. The first schema of its search_path has a trap for each function, type and view of pg_catalog
 * whose name is a word in the engine's sources, and for each comparison.
 */
export async function createTrappedDatabase(database: TestDatabase): Promise<TrappedDatabase> {
  await database.asSuperuser("CREATE ROLE tenant LOGIN");
  await database.asSuperuser(`CREATE DATABASE ${NAME} OWNER tenant`);
  await database.asSuperuser(`ALTER DATABASE ${NAME} SET search_path = evil, pg_catalog`);
  const { username, password } = database.server.superuser;
  const inside = database.document(username, password, { dbname: NAME });
  await database.query(inside, `SET search_path = pg_catalog; SET ROLE tenant; ${trapsFor(wordsOfEngine())}`);
  return {
    name: NAME,
    sprung: () => new Set([...database.log().matchAll(SPRUNG)].map(([, trap = ""]) => trap)),
  };
}

function wordsOfEngine(): readonly string[] {
  const files = readdirSync(ENGINE).filter((file) => file.endsWith(".ts") && !file.includes(".test."));
  const words = files.flatMap((file) => readFileSync(join(ENGINE, file), "utf8").match(/\w+/g) ?? []);
  return [...new Set(words)];
}

/** Skips names for which no trap can be declared, such as functions of `internal` types. */
const trapsFor = (words: readonly string[]) => `
  CREATE SCHEMA evil;
  GRANT USAGE ON SCHEMA evil TO PUBLIC;
  CREATE FUNCTION evil.spring(text) RETURNS bool LANGUAGE plpgsql SET search_path = pg_catalog
    AS $$BEGIN RAISE LOG 'trap sprung: % as %', $1, current_user; RETURN true; END$$;
  CREATE FUNCTION evil.declare(statement text) RETURNS void LANGUAGE plpgsql
    AS 'BEGIN EXECUTE statement; EXCEPTION WHEN OTHERS THEN NULL; END';
  CREATE TEMPORARY TABLE word AS SELECT unnest(ARRAY[${words.map(pg.escapeLiteral).join(", ")}]) AS name;
  SELECT evil.declare(format('CREATE FUNCTION evil.%I(%s) RETURNS %s LANGUAGE plpgsql AS %L', proname,
      pg_get_function_identity_arguments(oid), pg_get_function_result(oid),
      format('BEGIN PERFORM evil.spring(%L); RETURN %s; END', proname, CASE WHEN proretset THEN '' ELSE 'NULL' END)))
    FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace AND proname IN (SELECT name FROM word);
  SELECT evil.declare(format('CREATE FUNCTION evil.operator_%s(%s, %s) RETURNS bool LANGUAGE plpgsql AS %L;
      CREATE OPERATOR evil.%s (FUNCTION = evil.operator_%1$s, LEFTARG = %2$s, RIGHTARG = %3$s)', oid, oprleft::regtype,
      oprright::regtype, format('BEGIN RETURN evil.spring(%L); END', oprname), oprname))
    FROM pg_operator WHERE oprkind = 'b' AND oprresult = 'bool'::regtype AND oprname IN ('=', '<>', '<', '<=', '>', '>=', '~');
  SELECT evil.declare(format('CREATE DOMAIN evil.%I AS pg_catalog.%1$I CHECK (evil.spring(%L))', typname, typname))
    FROM pg_type WHERE typtype = 'b' AND typname IN (SELECT name FROM word);
  SELECT evil.declare(format('CREATE VIEW evil.%I AS SELECT * FROM pg_catalog.%1$I WHERE evil.spring(%L);
      GRANT SELECT ON evil.%1$I TO PUBLIC', relname, relname))
    FROM pg_class WHERE relnamespace = 'pg_catalog'::regnamespace AND relname IN (SELECT name FROM word)`;
