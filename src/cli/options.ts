/**
 * Options that several commands share, and the readers of their values.
 */
import { InvalidArgumentError, Option } from "commander";
import { formatTable } from "./table.ts";

/** A reader of whole numbers in `minimum`..`maximum`. */
export function wholeNumber(minimum: number, maximum: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < minimum || value > maximum) {
      throw new InvalidArgumentError(`It must be a whole number from ${minimum} to ${maximum}.`);
    }
    return value;
  };
}

/** An option that takes one of a few words. */
export function choice(flags: string, description: string, words: readonly string[]): Option {
  return new Option(flags, description).choices(words);
}

/** The examples at the end of a help page: command and what it does. */
export function examples(lines: readonly (readonly [command: string, does: string])[]): string {
  const rows = lines.map(([command, does]) => [`  ${command}`, does]);
  return `\nExamples:\n${formatTable(["", ""], rows, ["left", "left"])}\n`;
}
