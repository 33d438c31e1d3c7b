// Looks at /docs of a running server as a person would, in Chromium: wide and as a phone, light and dark.
//
// node look.mjs MODULES CREDENTIALS PICTURE
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import assert from "node:assert/strict";

const [modules, credentials, picture] = process.argv.slice(2);
const { chromium } = createRequire(`${modules}/`)("playwright-core");
const known = JSON.parse(readFileSync(credentials, "utf8"));
const here = known.base_url;

const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });

/** A page in a browser of its own, and all that it must not do. */
async function open(width, height, colorScheme) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme });
  const page = await context.newPage();
  const faults = [];
  page.on("console", (said) => {
    // A refusal that is tried is no fault of the page.
    if (["error", "warning"].includes(said.type()) && !said.text().includes("status of 4")) {
      faults.push(said.text());
    }
  });
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(`${here}/`) && !url.startsWith("data:")) {
      faults.push(`a request to ${url}`);
    }
  });
  const answer = await page.goto(`${here}/docs`);
  assert.equal(answer.status(), 200);
  await page.waitForSelector(".opblock");
  return { page, end: async () => (await context.close(), assert.deepEqual(faults, [])) };
}

const specification = await (await fetch(`${here}/openapi.json`)).json();
const operations = Object.values(specification.paths)
  .flatMap((path) => Object.values(path))
  .map((operation) => operation.operationId)
  .filter(Boolean)
  .sort();

const ground = (page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
const shown = (page) =>
  page.$$eval(".opblock", (blocks) => blocks.map((block) => block.id.split("-").pop()).sort());

/** Opens an operation by the table of contents. */
async function choose(page, operation) {
  await page.click(`#contents a[href$="/${operation}"]`);
  const block = page.locator(`.opblock[id$="-${operation}"]`);
  await block.locator(".try-out__btn").click();
  return block;
}

/** Executes what is filled in; gives the status and the body. */
async function execute(block) {
  await block.locator(".execute").click();
  const live = block.locator(".live-responses-table .response");
  await live.waitFor();
  const status = await live.locator(".response-col_status").innerText();
  return [Number.parseInt(status, 10), await live.innerText()];
}

{
  const { page, end } = await open(1360, 860, "light");
  assert.deepEqual(await shown(page), operations, "every operation is shown");
  assert.equal(await page.locator("#contents a").count(), operations.length);
  assert.equal(await ground(page), "rgb(255, 255, 255)");

  const list = await choose(page, "ListCertificates");
  assert.equal((await execute(list))[0], 401, "nobody is refused");

  await page.click("#enter");
  await page.fill("#user", known.user);
  await page.fill("#password", "wrong");
  await page.fill("#domain", known.domain_name);
  await page.click("#door button.main");
  await page.waitForFunction(() => document.getElementById("refused").textContent !== "");
  await page.fill("#password", known.password);
  await page.click("#door button.main");
  await page.waitForSelector("#leave:visible");
  assert.equal(await page.innerText("#who"), known.user);

  const [status, body] = await execute(list);
  assert.equal(status, 200, body);
  assert.match(body, /total_count/);

  const kept = await page.evaluate(() => [
    localStorage.length,
    sessionStorage.length,
    document.cookie,
  ]);
  assert.deepEqual(kept, [0, 0, ""], "the token is kept nowhere");

  await page.click("#leave");
  await page.waitForSelector("#enter:visible");
  await page.waitForLoadState("networkidle");
  assert.equal((await execute(list))[0], 401, "who has left is refused");
  await end();
}

{
  const { page, end } = await open(1360, 860, "dark");
  assert.equal(await ground(page), "rgb(11, 17, 32)");
  await page.click("#theme");
  assert.equal(await ground(page), "rgb(255, 255, 255)");
  await end();
}

{
  const { page, end } = await open(390, 844, "light");
  const [wide, view] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    document.documentElement.clientWidth,
  ]);
  assert.equal(wide, view, "nothing is cut off on a phone");
  await end();
}

{
  const { page, end } = await open(1280, 800, "light");
  await page.screenshot({ path: picture });
  await end();
}

await browser.close();
console.log("the reference is as it should be");
