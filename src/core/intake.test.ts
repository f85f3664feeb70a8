/** The intake: bytes in order from any source, their position, and leaving. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type ByteSource, Intake } from "./intake.ts";

test("bytes come in order over pieces of any size, with their position", async () => {
  const pieces = [Uint8Array.of(), Uint8Array.of(1, 2), Uint8Array.of(), Uint8Array.of(3)];
  const intake = new Intake(pieces, undefined);
  assert.equal(await intake.byte(), 1);
  assert.equal(intake.position, 1);
  assert.deepEqual(intake.rest(), Uint8Array.of(2));
  intake.skip(1);
  assert.ok(await intake.more());
  assert.deepEqual(intake.rest(), Uint8Array.of(3));
  assert.equal(await intake.byte(), 3);
  assert.equal(await intake.byte(), undefined);
  assert.ok(!(await intake.more()));
  assert.equal(intake.position, 3);
});

test("a long piece is handed on in parts", async () => {
  const intake = new Intake(new Uint8Array(200_000), undefined);
  await intake.more();
  const part = intake.rest();
  assert.ok(part.length > 0 && part.length < 100_000);
  intake.skip(part.length);
  assert.equal(intake.position, part.length);
});

test("what is no source, and what is no piece, is refused", async () => {
  for (const source of [null, 5, {}, "text"]) {
    assert.throws(() => new Intake(source as unknown as ByteSource, undefined), {
      code: "InvalidArgument",
    });
  }
  const intake = new Intake(["text"] as unknown as ByteSource, undefined);
  await assert.rejects(intake.more(), { code: "InvalidArgument" });
});

test("leaving tells a web stream why, once, and not after its end", async () => {
  const reasons: unknown[] = [];
  const stream = (): ReadableStream<Uint8Array> =>
    new ReadableStream({
      start: (controller) => {
        controller.enqueue(Uint8Array.of(1));
        controller.enqueue(Uint8Array.of(2));
      },
      cancel: (reason) => void reasons.push(reason),
    });
  const intake = new Intake(stream(), undefined);
  await intake.byte();
  const why = new Error("enough");
  intake.leave(why);
  intake.leave(why);
  assert.deepEqual(reasons, [why]);
  assert.equal(await intake.byte(), undefined);

  const whole = new Intake([Uint8Array.of(1)], undefined);
  while ((await whole.byte()) !== undefined);
  whole.leave(why);
  assert.deepEqual(reasons, [why]);
});

test("a source that fails to close does no harm to the one who leaves", async () => {
  const intake = new Intake(
    {
      [Symbol.iterator]: () => ({
        next: () => ({ done: false as const, value: Uint8Array.of(1) }),
        return: () => {
          throw new Error("cannot close");
        },
      }),
    },
    undefined,
  );
  await intake.byte();
  intake.leave(undefined);
  await new Promise(setImmediate);
});
