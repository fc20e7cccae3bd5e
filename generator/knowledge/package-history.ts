import type { Moment } from "./releases.ts";
import { knownRelease, RELEASES } from "./releases.ts";

/*
 * What became of an attribute of nixpkgs over time: one cell of the package facts, words separated by spaces.
 *
 *   +  +DAY  +?DAY      it came after the oldest release of the facts; on that day; by that day
 *   @  @DAY  @RELEASE   since then it is an old name of another attribute, and works
 *   !                   with a warning of the evaluator
 *   -DAY  -RELEASE      since then it is gone
 *   -?RELEASE  -?       it is gone in that release, or in the newest facts; since when is not known
 *   =NAME               the name it has now
 *   >NAME               what replaces it
 */

/** When something happened: on one of these days, which are the same where the day is known. */
export interface Event {
  readonly from: string;
  readonly to: string;
  /** For messages: `2026-03-30`, `nixpkgs 25.05`; undefined where it is not known. */
  readonly since: string | undefined;
}

export interface History {
  readonly came?: Event;
  readonly renamed?: Event;
  readonly warns?: true;
  readonly gone?: Event;
  /** The release that certainly lacks it. */
  readonly goneIn?: string;
  readonly name?: string;
  readonly replacement?: string;
}

const OLDEST = RELEASES[0]?.branched ?? "";

/**
 * Reads a cell.
 * @param newest the day of the newest facts: what they lack was gone by then
 */
export function readHistory(cell: string, newest: string): History {
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
  // During the cycle of that release: after its predecessor branched off.
  const index = RELEASES.findIndex((release) => release.name === when);
  return { from: RELEASES[index - 1]?.branched ?? "", to: RELEASES[index]?.branched ?? newest, since: `nixpkgs ${when}` };
}

/** Whether something had happened in a state of nixpkgs; undefined where that is not known. */
export function hadHappened(event: Event | undefined, moment: Moment): boolean | undefined {
  if (!event) return false;
  if (event.to <= moment.from) return true;
  return event.from >= moment.to ? false : undefined;
}
