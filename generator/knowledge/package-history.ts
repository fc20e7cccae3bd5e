import type { Moment } from "./releases.ts";
import { knownRelease, RELEASES } from "./releases.ts";

/*
 * The history of an attribute of nixpkgs: one cell of the package facts, with words separated by spaces.
 *
 *   +  +DAY  +?DAY      added after the oldest release of the facts; on that day; before or on that day
 *   @  @DAY  @RELEASE   since then an old name of another attribute, which still works
 *   !                   the old name causes a warning of the evaluator
 *   -DAY  -RELEASE      removed then
 *   -?RELEASE  -?       not in that release, or not in the newest facts; the date of the removal is unknown
 *   =NAME               the current name
 *   >NAME               the replacement
 */

/** The time of a change: a range of days; `from` and `to` are equal if the day is known. */
export interface Event {
  readonly from: string;
  readonly to: string;
  /** For messages: `2026-03-30`, `nixpkgs 25.05`; undefined if it is unknown. */
  readonly since: string | undefined;
}

/** A cell, read. */
export interface History {
  readonly came?: Event;
  readonly renamed?: Event;
  readonly warns?: true;
  readonly gone?: Event;
  /** A release that certainly does not have it. */
  readonly goneIn?: string;
  readonly name?: string;
  readonly replacement?: string;
}

/** Most packages have none. */
const NONE: History = {};

const OLDEST = RELEASES[0]?.branched ?? "";

/**
 * Reads a cell.
 *
 * @param newest The day of the newest facts. An attribute that they do not have was removed before or on that day.
 */
export function readHistory(cell: string, newest: string): History {
  if (cell === "") return NONE;
  const history: { -readonly [K in keyof History]: History[K] } = {};
  for (const word of cell.split(" ")) {
    const rest = word.slice(1);
    if (word.startsWith("+?")) history.came = { from: OLDEST, to: word.slice(2), since: undefined };
    else if (word.startsWith("+")) history.came = event(rest, newest);
    else if (word.startsWith("@")) history.renamed = event(rest, newest);
    else if (word === "!") history.warns = true;
    else if (word.startsWith("-?")) {
      history.gone = { from: OLDEST, to: knownRelease(word.slice(2))?.branched ?? newest, since: undefined };
      if (word.length > 2) history.goneIn = word.slice(2);
    } else if (word.startsWith("-")) history.gone = event(rest, newest);
    else if (word.startsWith("=")) history.name = rest;
    else if (word.startsWith(">")) history.replacement = rest;
  }
  return history;
}

function event(when: string, newest: string): Event {
  if (when === "") return { from: OLDEST, to: newest, since: undefined };
  if (when.length > 5) return { from: when, to: when, since: when };
  // During the development of that release, which starts when the previous release leaves master.
  const index = RELEASES.findIndex((release) => release.name === when);
  return { from: RELEASES[index - 1]?.branched ?? "", to: RELEASES[index]?.branched ?? newest, since: `nixpkgs ${when}` };
}

/** Whether a change is part of a state of nixpkgs; undefined if that is unknown. */
export function hadHappened(event: Event | undefined, moment: Moment): boolean | undefined {
  if (!event) return false;
  if (event.to <= moment.from) return true;
  return event.from >= moment.to ? false : undefined;
}
