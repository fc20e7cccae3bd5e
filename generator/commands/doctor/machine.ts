import type { Model } from "../../model/model.ts";
import type { StageCode } from "../../report/codes.ts";
import { type Diagnostic, diagnostic } from "../../report/diagnostic.ts";
import type { System } from "../../system/system.ts";
import type { Options } from "../outcome.ts";

/** The machine that is examined, and what it should be. */
export interface Machine {
  readonly system: System;
  readonly options: Options;
  readonly model: Model;
  /**
   * The text of apply-nix-config.sh as the spec generates it; undefined when it does not. Never the file in the output folder, which
   * somebody may have edited.
   */
  readonly script: string | undefined;
  /** Its root folder: `/`, or an image's. */
  readonly root: string;
  /** What stands before a command that needs root: `sudo `, or nothing for root. */
  readonly sudo: string;
}

/** What one topic's examination answers. */
export interface Examined {
  readonly findings: readonly Diagnostic[];
  /** What is as it should be, a line each. */
  readonly fine: readonly string[];
}

export const fine = (line: string): Examined => ({ findings: [], fine: [line] });

/** A finding about a file or program of the machine, with the one command that fixes it. */
export const finding = (code: StageCode, file: string, message: string, command: string): Diagnostic =>
  diagnostic(code, message, file, { start: 0, end: 0 }, { hint: `\`${command}\`` });

export const found = (...findings: readonly Diagnostic[]): Examined => ({ findings, fine: [] });

export const NOTHING: Examined = { findings: [], fine: [] };

/** The output folder as Nix takes a flake's. */
export const flakeOf = ({ options }: Machine): string => (options.out.startsWith("/") ? options.out : `./${options.out}`);
