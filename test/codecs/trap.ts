/**
 * A kernel whose only function is `unreachable`.
 */
export function trap(): never {
  const module = Uint8Array.of(
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0],
    ...[7, 5, 1, 1, 0x66, 0, 0, 10, 5, 1, 3, 0, 0, 0x0b],
  );
  const instance = new WebAssembly.Instance(new WebAssembly.Module(module));
  (instance.exports["f"] as () => void)();
  throw new Error("the kernel went past unreachable");
}

/** Takes JavaScript heap until there is none. */
export function devour(): never {
  const kept: unknown[] = [];
  for (;;) kept.push({ text: `${kept.length} is kept`, more: [kept.length] });
}

/** Never ends. */
export function hang(): never {
  let count = 0;
  for (;;) count = (count + 1) | 0;
}
