/**
 * Every object below a prefix, page after page.
 */
import type { Access, ListedObject } from "./access.ts";

/** The objects in order of keys; a page is asked for when the one before is used up. */
export async function* listAll(
  access: Access,
  bucket: string,
  prefix: string,
): AsyncGenerator<ListedObject> {
  let from: string | undefined;
  do {
    const page = await access.list(bucket, prefix, "", from);
    yield* page.objects;
    from = page.next;
  } while (from !== undefined);
}
