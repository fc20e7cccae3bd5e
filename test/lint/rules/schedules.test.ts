import { spawnSync } from "node:child_process";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { isCalendarEvent, meantCalendarEvent } from "../../../generator/knowledge/calendar.ts";
import { base, codeRows } from "../../support/diagnostic-rows.ts";
import { needs } from "../../support/tools.ts";

const test = suite("rules: schedules");

codeRows(test, [
  {
    code: "calendar-event-on-mac",
    says: "`mac` is a Mac, which collects once a week instead",
    bad: `${base}gc: { automatic: true, dates: ⟦"Mon 03:15"⟧ }\nhosts: { mac: { system: aarch64-darwin, stateVersion: 6 } }\n`,
    good: `${base}gc: { automatic: true, dates: daily }\nhosts: { mac: { system: aarch64-darwin, stateVersion: 6 } }\n`,
  },

  {
    code: "calendar-event-invalid",
    says: "systemd does not read this as a calendar event",
    bad: `${base}gc:\n  dates: ⟦every week⟧\n`,
    good: `${base}gc:\n  dates: Mon *-*-* 03:15:00\n`,
  },
  {
    code: "calendar-event-invalid",
    says: "systemd does not read this as a calendar event",
    bad: `${base}gc:\n  dates: ⟦0 3 * * 0⟧\n`,
    good: `${base}gc:\n  dates: "03:15"\n`,
  },
]);

const EVENTS = [
  "weekly",
  "daily",
  "Weekly",
  "03:15",
  "3:15",
  "03:15:00",
  "Mon",
  "Mon..Fri",
  "Mon,Wed 03:00",
  "Sat,Sun *-*-1..7 04:00:00",
  "*-*-* 00/2:00:00",
  "*-1,7-1",
  "2026-11-25",
  "2026-11-25 10:00",
  "*:0/15",
  "*-*~1",
  "03:15 UTC",
  "03:15 Europe/Berlin",
  "monday 10:00",
  "12-24 18:00",
  "@1234",
];
const NOT_EVENTS = [
  "every week",
  "24:00",
  "03:60",
  "*-13-1",
  "Mon Tue",
  "0 3 * * *",
  "3am",
  "tomorrow",
  "03:15 Nowhere/Land",
  "weekly 03:15",
  "1",
  "32-1",
];

test("events are recognised, and what people say instead has a hint", () => {
  for (const event of EVENTS) assert.ok(isCalendarEvent(event), event);
  for (const event of NOT_EVENTS) assert.not.ok(isCalendarEvent(event), event);
  assert.equal(
    ["every week", "nightly", "once a month", "3am", "0 3 * * *", "30 4 * * 0", "sometimes"].map((text) =>
      meantCalendarEvent(text),
    ),
    ["weekly", "daily", "monthly", "03:00", "*-*-* 03:00:00", "Sun *-*-* 04:30:00", undefined],
  );
});

needs(test, ["systemd-analyze"])("systemd itself agrees", () => {
  for (const event of [...EVENTS, ...NOT_EVENTS]) {
    const { status } = spawnSync("systemd-analyze", ["calendar", event]);
    assert.is(isCalendarEvent(event), status === 0, event);
  }
});

test.run();
