import { isCalendarEvent, meantCalendarEvent } from "../../knowledge/calendar.ts";
import { valueAt } from "../../report/spec-path.ts";
import { replacement } from "../edits.ts";
import type { Rule } from "../rule.ts";

/* When something runs. */

export const scheduleRules: readonly Rule[] = [
  {
    code: "calendar-event-invalid",
    severity: "error",
    final: true,
    summary: "a time that systemd does not read",
    cause:
      "NixOS writes `gc.dates` into a systemd timer. systemd rejects a calendar event that it can't read, and the timer never runs.",
    example: "gc: { dates: every week }",
    fixed: "gc: { dates: weekly }",
    source: "https://www.freedesktop.org/software/systemd/man/latest/systemd.time.html#Calendar%20Events",
    check: ({ model, source, report }) => {
      const at = ["gc", "dates"];
      if (!model.gc || valueAt(source, at) === undefined || isCalendarEvent(model.gc.dates)) return;
      const meant = meantCalendarEvent(model.gc.dates);
      report({
        at,
        message: "systemd does not read this as a calendar event",
        hint: meant ? `write \`${meant}\`` : "write one such as `daily`, `weekly`, `03:15` or `Sun *-*-* 03:15:00`",
        fix: () =>
          meant === undefined ? undefined : replacement(source, at, "value", /[:*]/.test(meant) ? `"${meant}"` : meant),
      });
    },
  },
  {
    code: "calendar-event-on-mac",
    severity: "warning",
    summary: "a time that macOS can't have",
    cause:
      "launchd has no calendar events as systemd does. A Mac collects garbage at its own time: `daily` at 03:15, and for any other value once a week.",
    example: "gc: { automatic: true, dates: Mon 03:15 }\nhosts:\n  mac: { system: aarch64-darwin, stateVersion: 6 }",
    fixed: "gc: { automatic: true, dates: weekly }\nhosts:\n  mac: { system: aarch64-darwin, stateVersion: 6 }",
    source: "https://nix-darwin.github.io/nix-darwin/manual/#opt-nix.gc.interval",
    check: ({ model, report }) => {
      const { gc } = model;
      const mac = model.hosts.find(({ os }) => os === "darwin");
      if (!gc?.automatic || !mac || ["daily", "weekly"].includes(gc.dates) || !isCalendarEvent(gc.dates)) return;
      report({
        at: ["gc", "dates"],
        message: `\`${mac.name}\` is a Mac, which collects once a week instead`,
        hint: "write `weekly` or `daily`, or accept this under `lint`",
      });
    },
  },
];
