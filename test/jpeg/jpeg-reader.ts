/**
 * A JPEG reader for tests: the coefficients of a valid file, sequential or progressive, as the
 * reference of the Lepton model takes them. It shares no line with the kernel that it judges.
 *
 *   readJpeg(bytes)   markers here, blocks in jpeg-read-block.ts
 *
 * Quantization tables are those in force when the first scan begins. Files that break the standard
 * are not its business. Source: ITU-T T.81.
 */
import type { HuffmanTable } from "./jpeg-huffman.ts";
import { ZIGZAG } from "./jpeg-picture.ts";
import { BlockReader } from "./jpeg-read-block.ts";
import type { ScanPlan } from "./jpeg-scan.ts";
import type { ReferenceComponent, ReferencePicture } from "./lepton-reference.ts";
import { USUAL_ARITHMETIC } from "./lepton-reference-block.ts";

interface Frame {
  readonly progressive: boolean;
  readonly width: number;
  readonly height: number;
  readonly components: readonly FrameComponent[];
}

interface FrameComponent {
  readonly id: number;
  readonly h: number;
  readonly v: number;
  readonly quantizer: number;
}

/** What the markers say so far. */
interface State {
  readonly tables: Map<number, HuffmanTable>;
  readonly quantization: readonly Uint16Array[];
  restartInterval: number;
  frame: Frame | undefined;
  picture: ReferencePicture | undefined;
}

/** The coefficients of a file. */
export function readJpeg(jpeg: Uint8Array): ReferencePicture {
  const state: State = {
    tables: new Map(),
    quantization: [0, 1, 2, 3].map(() => new Uint16Array(64)),
    restartInterval: 0,
    frame: undefined,
    picture: undefined,
  };
  for (let at = 2; at + 4 <= jpeg.length; ) {
    const type = jpeg[at + 1]!;
    if (jpeg[at] !== 0xff || type === 0xd9) break;
    if (type >= 0xd0 && type <= 0xd7) {
      at += 2;
      continue;
    }
    const size = 2 + jpeg[at + 2]! * 256 + jpeg[at + 3]!;
    readSegment(state, type, jpeg.subarray(at + 4, at + size));
    const body = jpeg.subarray(at + 4, at + size);
    at += size;
    if (type === 0xda) at = readScan(state, jpeg, at, body);
  }
  if (state.picture === undefined) throw new Error("no scan in the file");
  return state.picture;
}

function readSegment(state: State, type: number, body: Uint8Array): void {
  if (type === 0xdd) state.restartInterval = body[0]! * 256 + body[1]!;
  if (type === 0xc0 || type === 0xc1 || type === 0xc2) state.frame = readFrame(body, type === 0xc2);
  for (let at = 0; type === 0xc4 && at < body.length; ) {
    const counts = [0, ...body.subarray(at + 1, at + 17)];
    const end = at + 17 + counts.reduce((sum, count) => sum + count, 0);
    state.tables.set(body[at]!, { counts, symbols: [...body.subarray(at + 17, end)] });
    at = end;
  }
  for (let at = 0; type === 0xdb && at < body.length; ) {
    const isWide = body[at]! >= 16;
    const table = state.quantization[body[at++]! & 15]!;
    for (const r of ZIGZAG) {
      table[r] = isWide ? body[at]! * 256 + body[at + 1]! : body[at]!;
      at += isWide ? 2 : 1;
    }
  }
}

function readFrame(body: Uint8Array, progressive: boolean): Frame {
  return {
    progressive,
    height: body[1]! * 256 + body[2]!,
    width: body[3]! * 256 + body[4]!,
    components: Array.from({ length: body[5]! }, (_, c) => {
      const [id, factors, quantizer] = body.subarray(6 + 3 * c, 9 + 3 * c);
      return { id: id!, h: factors! >> 4, v: factors! & 15, quantizer: quantizer! };
    }),
  };
}

function layOut({ width, height, components }: Frame, state: State): ReferencePicture {
  const mcuColumns = Math.ceil(width / (8 * Math.max(...components.map(({ h }) => h))));
  const mcuRows = Math.ceil(height / (8 * Math.max(...components.map(({ v }) => v))));
  const made = components.map(({ h, v, quantizer }): ReferenceComponent => {
    const [blockColumns, blockRows] = [mcuColumns * h, mcuRows * v];
    const codedBlocks = blockColumns * blockRows;
    const quantization = Uint16Array.from(state.quantization[quantizer]!);
    const coefficients = new Int16Array(64 * codedBlocks);
    return { h, v, blockColumns, blockRows, codedBlocks, quantization, coefficients };
  });
  return { mcuRows, components: made, arithmetic: USUAL_ARITHMETIC };
}

/** Reads a scan whose data begin at `start`; the position of the marker that ends it. */
function readScan(state: State, jpeg: Uint8Array, start: number, header: Uint8Array): number {
  const { frame, tables, restartInterval } = state;
  if (frame === undefined) throw new Error("a scan before its frame");
  state.picture ??= layOut(frame, state);
  const count = header[0]!;
  const members = Array.from({ length: count }, (_, i) => ({
    component: frame.components.findIndex(({ id }) => id === header[1 + 2 * i]),
    dcTable: header[2 + 2 * i]! >> 4,
    acTable: 16 + (header[2 + 2 * i]! & 15),
  }));
  const [spectralStart = 0, spectralEnd = 63, highLow = 0] = header.subarray(1 + 2 * count);
  const components = members.map(({ component }) => component);
  const scan: ScanPlan = {
    components,
    spectralStart,
    spectralEnd,
    high: highLow >> 4,
    low: highLow & 15,
  };
  const reader = new BlockReader(jpeg, start, scan, frame.progressive, tables);
  let unit = 0;
  for (const blocks of units(state.picture, frame, components)) {
    if (restartInterval > 0 && unit > 0 && unit % restartInterval === 0) reader.restart();
    unit++;
    for (const { member, block } of blocks) {
      const { component, dcTable, acTable } = members[member]!;
      const { coefficients } = state.picture.components[component]!;
      reader.read(coefficients.subarray(64 * block, 64 * block + 64), component, dcTable, acTable);
    }
  }
  return reader.position;
}

/** The MCUs of a scan, or its blocks if it has one component. */
function* units(
  picture: ReferencePicture,
  frame: Frame,
  components: readonly number[],
): Generator<{ member: number; block: number }[]> {
  const first = picture.components[components[0]!]!;
  const mcuColumns = first.blockColumns / first.h;
  if (components.length === 1) {
    const hMost = Math.max(...frame.components.map(({ h }) => h));
    const vMost = Math.max(...frame.components.map(({ v }) => v));
    const columns = Math.ceil((frame.width * first.h) / (8 * hMost));
    const rows = Math.ceil((frame.height * first.v) / (8 * vMost));
    for (let i = 0; i < columns * rows; i++) {
      const block = Math.floor(i / columns) * first.blockColumns + (i % columns);
      yield [{ member: 0, block }];
    }
    return;
  }
  for (let mcu = 0; mcu < mcuColumns * picture.mcuRows; mcu++) {
    const [x, y] = [mcu % mcuColumns, Math.floor(mcu / mcuColumns)];
    yield components.flatMap((component, member) => {
      const { h, v, blockColumns } = picture.components[component]!;
      return Array.from({ length: h * v }, (_, s) => ({
        member,
        block: (y * v + Math.floor(s / h)) * blockColumns + x * h + (s % h),
      }));
    });
  }
}
