/* systemd calendar events, https://www.freedesktop.org/software/systemd/man/latest/systemd.time.html#Calendar%20Events */

const SHORTHANDS = new Set(
  "minutely hourly daily monthly weekly yearly annually quarterly semiannually bi-annually biannually semi-annually".split(" "),
);

const DAY = "(?:mon|tue|wed|thu|fri|sat|sun|monday|tuesday|wednesday|thursday|friday|saturday|sunday)";
const WEEKDAYS = new RegExp(`^${DAY}(?:(?:\\.\\.|-)${DAY})?(?:,${DAY}(?:(?:\\.\\.|-)${DAY})?)*,?$`, "i");
const DATE = /^(?:([^-~]+)-)?([^-~]+)[-~]([^-~]+)$/;
const TIME = /^([^:]+):([^:]+)(?::([^:]+))?$/;
/** UTC, or a name of the time zone database: an area and a place. Which places there are, only systemd knows. */
const ZONE =
  /^(?:UTC|(?:Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific|Etc)(?:\/[A-Za-z0-9_+-]+)+)$/;

/** Whether systemd reads a text as a calendar event, such as `weekly`, `03:15` or `Mon..Fri *-*-* 03:15:00 UTC`. */
export function isCalendarEvent(text: string): boolean {
  const words = text.trim().split(/\s+/);
  if (words.length === 1 && SHORTHANDS.has(text.trim().toLowerCase())) return true;
  if (/^@\d+$/.test(text.trim())) return true;
  let parts = 0;
  const take = (matches: (word: string) => boolean): void => {
    if (words[0] === undefined || !matches(words[0])) return;
    words.shift();
    parts++;
  };
  take((word) => WEEKDAYS.test(word));
  take((word) => isDate(word));
  take((word) => isTime(word));
  if (parts > 0 && words.length === 1) return ZONE.test(words[0] ?? "");
  return parts > 0 && words.length === 0;
}

function isDate(word: string): boolean {
  const [, year, month, day] = DATE.exec(word) ?? [];
  if (month === undefined || day === undefined) return false;
  return (year === undefined || isComponent(year, 1970, 2199, true)) && isComponent(month, 1, 12) && isComponent(day, 1, 31);
}

function isTime(word: string): boolean {
  const [, hour, minute, second] = TIME.exec(word) ?? [];
  if (hour === undefined || minute === undefined) return false;
  return isComponent(hour, 0, 23) && isComponent(minute, 0, 59) && (second === undefined || isComponent(second, 0, 59));
}

/** `*`, a number, a range `1..5`, each with a repetition `/2`, and lists of them. A year may have two digits. */
function isComponent(text: string, least: number, most: number, isYear = false): boolean {
  const inRange = (digits: string | undefined) =>
    digits === undefined || (Number(digits) >= least && Number(digits) <= most) || (isYear && digits.length === 2);
  return text.split(",").every((part) => {
    const match = /^(?:\*|(\d+)(?:\.\d+)?(?:\.\.(\d+)(?:\.\d+)?)?)(?:\/(\d+(?:\.\d+)?))?$/.exec(part);
    return match !== null && inRange(match[1]) && inRange(match[2]) && Number(match[3] ?? 1) > 0;
  });
}

/** How people say some events, and what systemd calls them. */
const SAID: readonly (readonly [RegExp, string])[] = [
  [/(?:every|each|once an?|per) ?hour|^hours?$/, "hourly"],
  [/(?:every|each|once a|per) ?(?:day|night)|nightly|midnight|^days?$/, "daily"],
  [/(?:every|each|once a|per) ?week|^weeks?$/, "weekly"],
  [/(?:every|each|once a|per) ?month|^months?$/, "monthly"],
  [/(?:every|each|once a|per) ?year|^years?$/, "yearly"],
];

/** A calendar event that a text may mean; undefined when nobody can tell. Five fields of cron are understood where they are plain. */
export function meantCalendarEvent(text: string): string | undefined {
  const words = text.trim().toLowerCase();
  const said = SAID.find(([form]) => form.test(words))?.[1];
  if (said !== undefined) return said;
  const clock = /^(\d{1,2})(?::(\d{2}))? ?(am|pm)$/.exec(words);
  if (clock) {
    const hour = (Number(clock[1]) % 12) + (clock[3] === "pm" ? 12 : 0);
    return `${String(hour).padStart(2, "0")}:${clock[2] ?? "00"}`;
  }
  const cron = /^(\d{1,2}) (\d{1,2}|\*) \* \* (\*|[0-7])$/.exec(words);
  if (!cron) return undefined;
  const [, minute = "", hour = "", day = ""] = cron;
  const weekday = day === "*" ? "" : `${["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][Number(day)]} `;
  const event = `${weekday}*-*-* ${hour.padStart(hour === "*" ? 1 : 2, "0")}:${minute.padStart(2, "0")}:00`;
  return isCalendarEvent(event) ? event : undefined;
}
