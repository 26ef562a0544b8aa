#!/usr/bin/env bash
source "$(dirname "$0")/support/finding.sh"
about <<'TEXT'
zod 4.6.7 (npm) and Go's regexp (RE2), which compiles the patterns of a CRD
Guess: what z.toJSONSchema writes for one of zod's own formats can stand in a CRD.
Seen:  duration and hostname use lookahead, which RE2 does not have. The other formats compile, and jwt has no pattern.
TEXT

npm_packages zod@4.6.7
node_program >patterns.json <<'JS'
import { z } from "zod";

const formats = {
  date: z.iso.date(),
  datetime: z.iso.datetime(),
  time: z.iso.time(),
  duration: z.iso.duration(),
  email: z.email(),
  hostname: z.hostname(),
  ipv4: z.ipv4(),
  ipv6: z.ipv6(),
  cidrv4: z.cidrv4(),
  cidrv6: z.cidrv6(),
  base64: z.base64(),
  base64url: z.base64url(),
  jwt: z.jwt(),
  uuid: z.uuid(),
  ulid: z.ulid(),
  nanoid: z.nanoid(),
  e164: z.e164(),
};
const patternOf = (schema) => z.toJSONSchema(schema, { target: "openapi-3.0", io: "input" }).pattern;
console.log(JSON.stringify(Object.entries(formats).map(([name, schema]) => [name, patternOf(schema) ?? ""])));
JS
expect "$(
  go_program <<'GO'
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
)

func main() {
	text, err := os.ReadFile("../patterns.json")
	if err != nil {
		panic(err)
	}
	var all [][2]string
	if err := json.Unmarshal(text, &all); err != nil {
		panic(err)
	}
	for _, one := range all {
		if one[1] == "" {
			fmt.Println(one[0], "has no pattern")
		} else if _, err := regexp.Compile(one[1]); err != nil {
			fmt.Println(one[0], err)
		} else {
			fmt.Println(one[0], "compiles")
		}
	}
}
GO
)" <<'SEEN'
date compiles
datetime compiles
time compiles
duration error parsing regexp: invalid or unsupported Perl syntax: `(?!`
email compiles
hostname error parsing regexp: invalid or unsupported Perl syntax: `(?=`
ipv4 compiles
ipv6 compiles
cidrv4 compiles
cidrv6 compiles
base64 compiles
base64url compiles
jwt has no pattern
uuid compiles
ulid compiles
nanoid compiles
e164 compiles
SEEN
