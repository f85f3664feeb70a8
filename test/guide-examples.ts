/**
 * The examples of a guide: every block of JavaScript in it is run as a program of its own and must
 * print what its comments say.
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

/**
 * Runs the examples of a guide.
 *
 * @param guide - its text
 * @param name - how the examples import the package, as in "pith/deflate"
 * @param door - address of the source that stands for it
 * @param folder - where they run, with what they need in it
 * @returns how many there were
 */
export async function runExamples(
  guide: string,
  name: string,
  door: string,
  folder: string,
): Promise<number> {
  const examples = [...guide.matchAll(/^```js\n([\s\S]*?)^```/gm)].map((block) => block[1] ?? "");
  for (const [index, example] of examples.entries()) {
    const file = join(folder, `example-${index}.mjs`);
    writeFileSync(file, example.replaceAll(JSON.stringify(name), JSON.stringify(door)));
    const run = await promisify(execFile)(process.execPath, [file], { cwd: folder });
    const says = [...example.matchAll(/\/\/ prints: (.*)$/gm)].map((comment) => comment[1]);
    assert.ok(says.length > 0, `example ${index} prints nothing`);
    assert.deepEqual(run.stdout.trimEnd().split("\n"), says, example);
  }
  return examples.length;
}
