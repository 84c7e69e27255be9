// Opens the page in headless Chromium and calls: node drive.mjs ENDPOINT MICROPHONE.wav. Hangs up when its standard
// input ends, and prints what the page has, as JSON.
import { fileURLToPath } from "node:url";
import { withPage } from "../../chromium.mjs";

const [endpoint, microphone] = process.argv.slice(2);
const script = fileURLToPath(new URL("page.js", import.meta.url));
await withPage(script, [`--use-file-for-fake-audio-capture=${microphone}%noloop`], async (page) => {
  await page.evaluate((url) => window.call(url), endpoint);
  await new Promise((ended) => process.stdin.resume().on("end", ended));
  console.log(JSON.stringify(await page.evaluate(() => window.hangUp())));
});
