// Opens the page in headless Chromium and lets it call: node drive.mjs URL CALLS. Prints what it measured, as JSON.
import { fileURLToPath } from "node:url";
import { withPage } from "../../chromium.mjs";

const [url, calls] = process.argv.slice(2);
await withPage(fileURLToPath(new URL("page.js", import.meta.url)), [], async (page) => {
  console.log(JSON.stringify(await page.evaluate(([where, count]) => window.measure(where, count), [url, Number(calls)])));
});
