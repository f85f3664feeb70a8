/**
 * The codec of last resort: the payload is the plain bytes. It takes everything, cannot be
 * switched off, and makes a frame 64 bytes longer than its chunk.
 */
import type { Codec, EncodeSession } from "../core/codec.ts";
import { PithError } from "../core/errors.ts";

const NOTHING = new Uint8Array(0);

const session: EncodeSession = {
  encode: (chunk) => ({ parameters: NOTHING, payload: chunk }),
  observe: () => undefined,
  close: () => undefined,
};

export const storedCodec: Codec = {
  id: 1,
  name: "stored",
  version: 1,
  readableVersions: [1],
  independent: true,
  sniff: () => undefined,
  open: () => session,
  decode({ payload }, _version, plainBytes) {
    if (payload.length !== plainBytes) {
      throw new PithError("FrameCorrupt", { expected: plainBytes, actual: payload.length });
    }
    return payload;
  },
};
