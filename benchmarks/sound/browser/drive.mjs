// Opens the page in headless Chromium and calls: node drive.mjs ENDPOINT MICROPHONE.wav. Hangs up when its standard
// input ends, and prints what the page has, as JSON.
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
const [endpoint, microphone] = process.argv.slice(2);
const profile = fs.mkdtempSync(path.join(os.tmpdir(), "callbox-chromium-"));
const browser = await chromium.launchPersistentContext(profile, {
  executablePath: "/usr/bin/chromium",
  headless: true,
  permissions: ["microphone"],
  args: [
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--disable-web-security", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
    `--use-file-for-fake-audio-capture=${microphone}%noloop`, "--autoplay-policy=no-user-gesture-required",
  ],
});
try {
  const page = await browser.newPage();
  page.on("pageerror", (error) => console.error(String(error)));
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  await page.evaluate((url) => window.call(url), endpoint);
  await new Promise((ended) => process.stdin.resume().on("end", ended));
  console.log(JSON.stringify(await page.evaluate(() => window.hangUp())));
} finally {
  await browser.close();
  server.close();
  fs.rmSync(profile, { recursive: true, force: true });
}
