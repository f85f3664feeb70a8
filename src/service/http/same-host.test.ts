import assert from "node:assert/strict";
import { test } from "node:test";
import { checkIntent, checkOrigin } from "./same-host.ts";

const check = (method: string, headers: Record<string, string>): void =>
  checkOrigin(method, headers, "127.0.0.1");

test("only names of this machine are answered", () => {
  for (const host of [
    "127.0.0.1",
    "127.0.0.1:7484",
    "localhost:1",
    "[::1]:7484",
    "LOCALHOST",
    "photos.localhost:7484",
  ]) {
    check("GET", { host });
    check("PUT", { host });
  }
  for (const host of [
    "evil.example",
    "127.0.0.1.evil.example:7484",
    "",
    "localhost.evil.example",
    "127.0.0.1@evil",
  ]) {
    assert.throws(() => check("GET", { host }), { code: "Forbidden" }, host);
  }
  check("GET", {});
});

test("writes that a browser marks as another site's are refused", () => {
  const host = "127.0.0.1:7484";
  check("POST", { host });
  check("POST", { host, origin: `http://${host}`, "sec-fetch-site": "same-origin" });
  check("GET", { host, "sec-fetch-site": "cross-site" });
  for (const headers of [
    { host, origin: "http://evil.example" },
    { host, origin: "null" },
    { host, origin: "http://127.0.0.1:8080" },
    { host, "sec-fetch-site": "cross-site" },
    { host, "sec-fetch-site": "same-site" },
  ]) {
    assert.throws(() => check("POST", headers), { code: "Forbidden" });
    assert.throws(() => check("DELETE", headers), { code: "Forbidden" });
  }
});

test("administrative writes need what a form cannot send", () => {
  checkIntent({ host: "localhost", "x-pith-admin": "1" });
  checkIntent({ host: "localhost", "content-type": "application/json; charset=utf-8" });
  for (const headers of [
    { host: "localhost" },
    { host: "localhost", "content-type": "text/plain" },
    { host: "localhost", "content-type": "application/jsonp" },
    { "x-pith-admin": "1" },
  ]) {
    assert.throws(() => checkIntent(headers), { code: "Forbidden" });
  }
});
