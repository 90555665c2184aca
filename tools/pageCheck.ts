/** `npm run page:check`: looks at the page of a local run in Chromium. */
import { accessSync, constants } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { delimiter, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { type AxeResults, source as axe } from "axe-core";
import puppeteer, { type Browser } from "puppeteer-core";
import { renderPage } from "../local/run/page/page";
import type { RunReport } from "../local/run/report";

const usage = `npm run page:check -- FILE [--screenshots FOLDER]

Opens the page FILE of npm run local -- --page FILE in Chromium, on a phone and on a desk, in light and dark: nothing may
be asked of anywhere, nothing be refused by the page's own policy, nothing be wider than the screen, and axe-core may find
nothing that keeps a person from it. FILE may be a report of --report, too. Chromium is found on the PATH, or by CHROMIUM.`;

const widths = { phone: 360, desk: 1280 } as const;
const schemes = ["light", "dark"] as const;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { screenshots: { type: "string" }, help: { type: "boolean" } },
  });
  const [file] = positionals;
  if (values.help || file === undefined) {
    console.log(usage);
    return values.help ? 0 : 2;
  }
  const folder = values.screenshots === undefined ? undefined : resolve(values.screenshots);
  if (folder) await mkdir(folder, { recursive: true });
  const page = file.endsWith(".json") ? await rendered(file) : resolve(file);
  // Chromium's sandbox refuses root, as whom containers often run.
  const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  const browser = await puppeteer.launch({ executablePath: chromium(), args });
  const troubles: string[] = [];
  try {
    for (const device of ["phone", "desk"] as const) {
      for (const scheme of schemes) {
        const found = await look(browser, page, { device, scheme, folder });
        troubles.push(...found.map((trouble) => `${device}, ${scheme}: ${trouble}`));
      }
    }
  } finally {
    await browser.close();
  }
  for (const trouble of troubles) console.error(`✘ ${trouble}`);
  console.log(troubles.length === 0 ? `✔ ${file}` : `${troubles.length} found`);
  return troubles.length === 0 ? 0 : 1;
}

/** @returns the page's file, beside the report's */
async function rendered(report: string): Promise<string> {
  const file = resolve(report.replace(/\.json$/, ".html"));
  const text = await readFile(report, "utf8");
  await writeFile(file, renderPage(JSON.parse(text) as RunReport, `from ${report}`));
  return file;
}

/** @throws Error that says how to get it */
function chromium(): string {
  const named = process.env.CHROMIUM;
  const folders = (process.env.PATH ?? "").split(delimiter);
  const names = ["chromium", "chromium-browser", "google-chrome"];
  const places = named ? [named] : names.flatMap((name) => folders.map((folder) => join(folder, name)));
  const found = places.find(isProgram);
  if (found) return found;
  throw new Error(
    `there is no Chromium ${named ? `at ${named}` : "on the PATH"}. Fix: apt-get install chromium (Debian), or set CHROMIUM to the program`,
  );
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

interface Look {
  readonly device: keyof typeof widths;
  readonly scheme: (typeof schemes)[number];
  readonly folder: string | undefined;
}

async function look(browser: Browser, file: string, { device, scheme, folder }: Look): Promise<string[]> {
  const page = await browser.newPage();
  const url = pathToFileURL(file).href;
  const troubles: string[] = [];
  try {
    page.on("request", (request) => {
      const asked = request.url();
      if (asked !== url && asked !== "data:,") troubles.push(`asks for ${asked}`);
    });
    page.on("console", (message) => troubles.push(`the console says ${message.text()}`));
    page.on("dialog", (dialog) => {
      troubles.push(`opens a dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    await page.setViewport({ width: widths[device], height: 800, deviceScaleFactor: device === "phone" ? 2 : 1 });
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    await page.goto(url, { waitUntil: "load" });
    const width = await page.evaluate("document.documentElement.scrollWidth");
    if (Number(width) > widths[device]) troubles.push(`is ${width} pixels wide on a screen of ${widths[device]}`);
    if (folder) await page.screenshot({ path: join(folder, `${device}-${scheme}.png`), fullPage: true });
    // What is folded is looked at unfolded, too.
    await page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true");
    await page.evaluate(axe);
    const { violations } = (await page.evaluate("axe.run(document, { resultTypes: ['violations'] })")) as AxeResults;
    for (const { id, help, nodes } of violations) {
      troubles.push(
        `${id}: ${help}, ${nodes.length}×, first ${nodes[0]?.target.join(" ")}: ${nodes[0]?.failureSummary}`,
      );
    }
  } finally {
    await page.close();
  }
  return troubles;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 2;
  },
);
