#!/usr/bin/env bash
source "$(dirname "$0")/support/finding.sh"
about <<'TEXT'
croner 11.0.1 (npm) and github.com/robfig/cron/v3 3.0.1, with which Kubernetes reads the schedule of a CronJob
Guess: a daily schedule comes once a day in both, also when the clocks change.
Seen:  robfig/cron leaves out the day on which the hour does not exist, and comes twice on the day on which it exists twice.
       croner comes once on each. Where clocks change at midnight, as in Chile, that is a CronJob of `0 0 * * *`.
TEXT

npm_packages croner@11.0.1
cat >schedules.json <<'JSON'
[
  ["30 2 * * *", "America/New_York", "2026-03-07T12:00:00Z"],
  ["30 1 * * *", "America/New_York", "2026-10-31T12:00:00Z"],
  ["0 0 * * *", "America/Santiago", "2026-09-05T12:00:00Z"]
]
JSON
expect "$(
  node_program <<'JS'
import { readFileSync } from "node:fs";
import { Cron } from "croner";

for (const [schedule, timezone, after] of JSON.parse(readFileSync("schedules.json", "utf8"))) {
  const runs = new Cron(schedule, { timezone, paused: true }).nextRuns(3, new Date(after));
  console.log(`croner ${schedule} ${timezone}:`, ...runs.map((run) => run.toISOString().slice(5, 16)));
}
JS
  go_program github.com/robfig/cron/v3@v3.0.1 <<'GO'
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"time"
	_ "time/tzdata"

	"github.com/robfig/cron/v3"
)

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	text, err := os.ReadFile("../schedules.json")
	check(err)
	var all [][3]string
	check(json.Unmarshal(text, &all))
	for _, one := range all {
		schedule, err := cron.ParseStandard("TZ=" + one[1] + " " + one[0])
		check(err)
		at, err := time.Parse(time.RFC3339, one[2])
		check(err)
		fmt.Printf("robfig %s %s:", one[0], one[1])
		for range 3 {
			at = schedule.Next(at)
			fmt.Print(" ", at.UTC().Format("01-02T15:04"))
		}
		fmt.Println()
	}
}
GO
)" <<'SEEN'
croner 30 2 * * * America/New_York: 03-08T07:00 03-09T06:30 03-10T06:30
croner 30 1 * * * America/New_York: 11-01T05:30 11-02T06:30 11-03T06:30
croner 0 0 * * * America/Santiago: 09-06T04:00 09-07T03:00 09-08T03:00
robfig 30 2 * * * America/New_York: 03-09T06:30 03-10T06:30 03-11T06:30
robfig 30 1 * * * America/New_York: 11-01T05:30 11-01T06:30 11-02T06:30
robfig 0 0 * * * America/Santiago: 09-07T03:00 09-08T03:00 09-09T03:00
SEEN
