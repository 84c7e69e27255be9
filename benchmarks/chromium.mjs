// A page.js, bundled with the official client, in headless Chromium with a fake microphone: what the benchmarks drive.
import fs from "node:fs";
import http from "node:http";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";

const packages = path.join(path.dirname(new URL(import.meta.url).pathname), "../tests/system/interop/javascript/");
const require = createRequire(packages);

/** Calls `use` with the page that runs `script`; `options`: more of Chromium's. All is gone afterwards. */
export async function withPage(script, options, use) {
  const { chromium } = require("playwright-core");
  const built = await require("esbuild").build({
    entryPoints: [script], bundle: true, format: "iife", write: false, nodePaths: [path.join(packages, "node_modules")],
  });
  const content = `<!doctype html><script>${built.outputFiles[0].text}</script>`;
  const server = http.createServer((_, answer) => answer.setHeader("Content-Type", "text/html").end(content));
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  const profile = fs.mkdtempSync(path.join(os.tmpdir(), "callbox-chromium-"));
  const browser = await chromium.launchPersistentContext(profile, {
    executablePath: "/usr/bin/chromium",
    headless: true,
    permissions: ["microphone"],
    args: [
      "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
      "--disable-sync", "--disable-web-security", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
      "--autoplay-policy=no-user-gesture-required", ...options,
    ],
  });
  try {
    const page = await browser.newPage();
    page.on("pageerror", (error) => console.error(String(error)));
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    await use(page);
  } finally {
    await browser.close();
    server.close();
    fs.rmSync(profile, { recursive: true, force: true });
  }
}
