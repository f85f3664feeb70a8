/**
 * The Lepton door in a page: bytes go there, and what it makes of them comes back.
 */
import type { Page } from "playwright-core";

const DOOR = "/src/lepton/index.ts";

/** What the page is asked for: bytes cross as base64. */
interface Request {
  readonly door: string;
  readonly work:
    | "encode"
    | "encodeStream"
    | "decode"
    | "decodeStream"
    | "encodeDense"
    | "decodeDense";
  readonly text: string;
  readonly options: {
    readonly segments?: number;
    readonly threads?: number;
    readonly plainBytes?: number;
  };
}

/** The bytes that the page makes of others, or the code of its refusal. */
export async function inPage(
  page: Page,
  work: Request["work"],
  bytes: Uint8Array,
  options: Request["options"],
): Promise<Uint8Array | string> {
  const text = Buffer.from(bytes).toString("base64");
  const answer = await page.evaluate(
    async (request: Request) => {
      const door = await import(request.door);
      const given = Uint8Array.from(atob(request.text), (letter) => letter.charCodeAt(0));
      const through = async (pair: ReadableWritablePair<Uint8Array, Uint8Array>) =>
        new Uint8Array(
          await new Response(new Blob([given]).stream().pipeThrough(pair)).arrayBuffer(),
        );
      const works = {
        encode: () => door.encodeLepton(given, request.options),
        encodeStream: () => through(door.encodeLeptonStream(request.options)),
        decode: () => door.decodeLepton(given, request.options),
        decodeStream: () => through(door.decodeLeptonStream(request.options)),
        encodeDense: async () => {
          const session = door.openLeptonChunks({ ...request.options, model: "dense" });
          const coded = await session.encode(given, true);
          if ("refused" in coded) throw { code: coded.refused };
          return coded;
        },
        decodeDense: () => door.decodeLeptonPart(given, 0, request.options.plainBytes, "dense"),
      };
      try {
        const made: Uint8Array = await works[request.work]();
        let letters = "";
        for (const byte of made) letters += String.fromCharCode(byte);
        return { text: btoa(letters) };
      } catch (error) {
        return { code: String((error as { code?: string }).code ?? error) };
      }
    },
    { door: DOOR, work, text, options },
  );
  return answer.text === undefined
    ? (answer.code ?? "nothing")
    : Uint8Array.from(Buffer.from(answer.text, "base64"));
}
