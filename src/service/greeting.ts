/**
 * Greeting: what a person sees when the service has started.
 */

/**
 * The address, the data folder, and three commands to try.
 *
 * @returns lines without a line end after the last
 */
export function greeting(url: string, data: string): string {
  return [
    `Pith serves ${url}, data in ${data}`,
    "",
    "Try, in another terminal:",
    `  curl -X PUT ${url}/photos`,
    `  curl -T photo.jpg ${url}/photos/photo.jpg`,
    `  curl ${url}/-/stats`,
    "",
    "Ctrl-C stops it.",
  ].join("\n");
}
