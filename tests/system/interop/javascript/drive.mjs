// Drives the official client in headless Chromium: JSON lines in, JSON lines out. `make conformance` starts it.
import fs from "node:fs";
import http from "node:http";
import os from "node:os";
import path from "node:path";
import readline from "node:readline";
import esbuild from "esbuild";
import { chromium } from "playwright-core";

const here = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);
const built = await esbuild.build({ entryPoints: [path.join(here, "page.js")], bundle: true, format: "iife", write: false, minify: true, keepNames: true });
const script = built.outputFiles[0].text;
const server = http.createServer((_, answer) => answer.setHeader("Content-Type", "text/html").end(`<!doctype html><script>${script}</script>`));
await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
const profile = fs.mkdtempSync(path.join(os.tmpdir(), "callbox-chromium-"));
const browser = await chromium.launchPersistentContext(profile, {
  executablePath: process.argv[2],
  headless: true,
  permissions: ["microphone"],
  args: [
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--disable-web-security", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
  ],
});
let page = null;
const operations = {
  version: async () => browser.browser()?.version() ?? (await page?.evaluate(() => navigator.userAgent)) ?? "",
  open: async ({ options }) => {
    page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    await page.evaluate((given) => window.make(given), options ?? {});
  },
  call: ({ method, args }) => page.evaluate(([name, values]) => window.call(name, values), [method, args ?? []]),
  trace: () => page.evaluate(() => window.trace()),
  shut: async () => { await page.close(); },
};
for await (const line of readline.createInterface({ input: process.stdin })) {
  const order = JSON.parse(line);
  try {
    console.log(JSON.stringify({ ok: (await operations[order.op](order)) ?? null }));
  } catch (error) {
    console.log(JSON.stringify({ error: String(error) }));
  }
}
await browser.close();
server.close();
fs.rmSync(profile, { recursive: true, force: true });
