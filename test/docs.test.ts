/**
 * Documents that say what is so: files they name are there, links lead somewhere, tables are
 * what the sources say, commands exist, and each dependency has its reasons.
 */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { test } from "node:test";
import { FAULTS_DOCUMENT, faultsDocument } from "../scripts/faults-table.ts";
import { readSources } from "../scripts/sources.ts";
import { FAULTS } from "../src/core/errors.ts";

const ROOT = resolve(import.meta.dirname, "..");
const sources = readSources(ROOT);
const documents = [...sources].filter(([file]) => file.endsWith(".md"));
const described = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
  scripts: Record<string, string>;
  dependencies: Record<string, string>;
};

/** A document without its blocks of code. */
function prose(text: string): string {
  return text.replaceAll(/^```[\s\S]*?^```/gm, "");
}

/** The anchors of a document: its headings as GitHub links them. */
function anchors(text: string): Set<string> {
  const headings = prose(text).matchAll(/^#+\s+(.*)$/gm);
  return new Set(
    [...headings].map(([, heading]) =>
      heading!
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
        .replaceAll(/\s/g, "-"),
    ),
  );
}

test("the documents of the house are there", () => {
  for (const name of [
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "SECURITY.md",
    "docs/performance.md",
  ]) {
    assert.ok(sources.has(name), `${name} is missing`);
  }
  assert.match(readFileSync(join(ROOT, "LICENSE"), "utf8"), /Apache License\s+Version 2\.0/);
});

test("every file that a document names exists", () => {
  const named = /`((?:src|kernels|scripts|test|bench|docs|toolchain)\/[\w./-]*\w\/?)`/g;
  const missing: string[] = [];
  for (const [document, text] of documents) {
    for (const [, file] of prose(text).matchAll(named)) {
      if (/\bNAME\b/.test(file!)) continue; // stands for any name
      if (!existsSync(join(ROOT, file!))) missing.push(`${document}: ${file}`);
    }
  }
  assert.deepEqual(missing, []);
  const inArchitecture = [...(sources.get("ARCHITECTURE.md") ?? "").matchAll(named)];
  assert.ok(inArchitecture.length >= 10, "ARCHITECTURE.md names the files of a put and a get");
});

test("every link within the project leads somewhere", () => {
  const broken: string[] = [];
  for (const [document, text] of documents) {
    for (const [, target] of prose(text).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/i.test(target!)) continue;
      const [path, anchor] = target!.split("#");
      const file = path === "" ? join(ROOT, document) : join(ROOT, dirname(document), path!);
      const found = existsSync(file);
      const anchored =
        anchor === undefined || (found && anchors(readFileSync(file, "utf8")).has(anchor));
      if (!found || !anchored) broken.push(`${document}: ${target}`);
    }
  }
  assert.deepEqual(broken, []);
});

test("every npm command that a document names is one", () => {
  const wrong: string[] = [];
  for (const [document, text] of documents) {
    for (const [, name] of text.matchAll(/\bnpm run ([\w:-]+)/g)) {
      if (described.scripts[name!] === undefined) wrong.push(`${document}: npm run ${name}`);
    }
  }
  assert.deepEqual(wrong, []);
  assert.ok(described.scripts["start"] !== undefined && described.scripts["test"] !== undefined);
});

test("every option after npm start stands behind the two dashes that npm needs", () => {
  for (const [document, text] of documents) {
    assert.doesNotMatch(text, /npm (start|test) --\w/, document);
  }
});

test("the table of faults is what the sources say", () => {
  const written = readFileSync(FAULTS_DOCUMENT, "utf8");
  assert.equal(written, faultsDocument(), "run: node scripts/faults-table.ts");
});

test("a fault's number is its own, and fits an exit code", () => {
  const numbers = new Map<number, string>();
  for (const [name, { number }] of Object.entries(FAULTS)) {
    assert.ok(Number.isInteger(number) && number >= 1 && number <= 124, `${name}: ${number}`);
    assert.equal(
      numbers.get(number),
      undefined,
      `${name} has the number of ${numbers.get(number)}`,
    );
    numbers.set(number, name);
  }
});

test("every runtime dependency has a decision record", () => {
  const folder = join(ROOT, "docs/decisions");
  const records = readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8"));
  const unexplained = Object.keys(described.dependencies).filter(
    (name) => !records.some((record) => record.includes(`\`${name}\``)),
  );
  assert.deepEqual(unexplained, []);
});

test("decision records are numbered, dated and in the agreed form", () => {
  const names = readdirSync(join(ROOT, "docs/decisions")).sort();
  const numbers = names.map((name) => /^(\d{4})-[a-z0-9-]+\.md$/.exec(name)?.[1]);
  assert.equal(new Set(numbers).size, names.length, "each has a number of its own");
  for (const name of names) {
    assert.match(name, /^\d{4}-[a-z0-9-]+\.md$/);
    const text = readFileSync(join(ROOT, "docs/decisions", name), "utf8");
    assert.match(text, /\b20\d\d-\d\d-\d\d\b/, `${name} has no date`);
    for (const part of ["Situation", "Choices", "Decision", "What would change our mind"]) {
      assert.match(text, new RegExp(part, "i"), `${name} lacks "${part}"`);
    }
  }
});
