// Opens the page in headless Chromium and lets it call: node drive.mjs URL CALLS. Prints what it measured, as JSON.
import fs from "node:fs";
import http from "node:http";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";

const here = path.dirname(new URL(import.meta.url).pathname);
const packages = path.join(here, "../../../tests/interop/javascript/");
const require = createRequire(packages);
const { chromium } = require("playwright-core");
const built = await require("esbuild").build({
  entryPoints: [path.join(here, "page.js")], bundle: true, format: "iife", write: false, nodePaths: [path.join(packages, "node_modules")],
});
const script = built.outputFiles[0].text;
const server = http.createServer((_, answer) => answer.setHeader("Content-Type", "text/html").end(`<!doctype html><script>${script}</script>`));
await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
const [url, calls] = process.argv.slice(2);
const profile = fs.mkdtempSync(path.join(os.tmpdir(), "callbox-chromium-"));
const browser = await chromium.launchPersistentContext(profile, {
  executablePath: "/usr/bin/chromium",
  headless: true,
  permissions: ["microphone"],
  args: [
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--disable-web-security", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
  ],
});
try {
  const page = await browser.newPage();
  page.on("pageerror", (error) => console.error(String(error)));
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  console.log(JSON.stringify(await page.evaluate(([where, count]) => window.measure(where, count), [url, Number(calls)])));
} finally {
  await browser.close();
  server.close();
  fs.rmSync(profile, { recursive: true, force: true });
}
