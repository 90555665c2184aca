/** What arrived, what didn't, and why: by file. */
import { readAs } from "../print";
import type { FileReport, RejectedRecord, RunReport } from "../report";
import { bar, legend } from "./bars";
import { counted, grouped, html, type Markup, shortened } from "./markup";

/** Of a file. Where records by the thousand are rejected, few reasons are behind it. */
const reasonsShown = 30;
const recordsShown = 12;
const reasonLength = 600;
const filesShown = 300;

export interface Sums {
  readonly read: number;
  readonly loaded: number;
  readonly replaced: number;
  readonly rejected: number;
  /** Read, but neither loaded, replaced nor rejected; below zero: there is more than there should be. */
  readonly missing: number;
}

export function sumsOf(files: readonly FileReport[]): Sums {
  const sum = (of: (file: FileReport) => number) => files.reduce((total, file) => total + of(file), 0);
  const sums = {
    read: sum(({ read }) => read),
    loaded: sum(({ loaded }) => loaded),
    replaced: sum(({ replaced = 0 }) => replaced),
    rejected: sum(({ quarantined }) => quarantined),
  };
  return { ...sums, missing: sums.read - sums.loaded - sums.replaced - sums.rejected };
}

/** Files with something that isn't in the store, each with its reasons. Undefined: everything is there. */
export function whatDidNot({ files }: RunReport): Markup | undefined {
  const lacking = files.filter(isLacking);
  if (lacking.length === 0) return undefined;
  return html`<ul class="files">${lacking.slice(0, filesShown).map(
    (file) => html`<li class="trouble">
<div class="what"><strong>${nameOf(file)}</strong><span>${shortfall(file)}</span></div>
${reasonList(file)}</li>`,
  )}</ul>${more(lacking.length - filesShown, "file")}`;
}

function isLacking(file: FileReport): boolean {
  return file.refused !== undefined || file.quarantined > 0 || file.seconds === null || sumsOf([file]).missing !== 0;
}

function shortfall(file: FileReport): Markup {
  const { missing } = sumsOf([file]);
  const { refused, quarantined, read, seconds } = file;
  const parts = [
    refused === undefined ? undefined : "refused whole",
    quarantined > 0 ? `${quarantined.toLocaleString("en-US")} of ${counted(read, "record")} rejected` : undefined,
    missing > 0 ? `${counted(missing, "record")} unaccounted for` : undefined,
    missing < 0 ? `${counted(-missing, "row")} too many` : undefined,
    seconds === null ? "not through in time" : undefined,
  ];
  return html`<span class="bad">${parts.filter((part) => part !== undefined).join(", ")}</span>`;
}

/** The same reason once, with the records that it is of. */
function reasonList(file: FileReport): Markup {
  const { refused, reasons, quarantined } = file;
  const whole = refused === undefined ? [] : [html`<li>${shortened(refused, reasonLength)}</li>`];
  const byReason = grouped(reasons, ({ reason }) => reason);
  const shown = [...byReason].slice(0, reasonsShown).map(([reason, of]) => {
    return html`<li>${recordsOf(of)}${shortened(reason, reasonLength)}</li>`;
  });
  const untold = [
    quarantined > 0 && reasons.length === 0 && refused === undefined ? "No reason given." : undefined,
    refused === undefined && sumsOf([file]).missing > 0
      ? "Records are neither in the store nor rejected: look at the queues and the functions' logs."
      : undefined,
  ].filter((each) => each !== undefined);
  return html`<ul class="reasons">${whole}${shown}${untold.map((each) => html`<li>${each}</li>`)}</ul>${more(byReason.size - reasonsShown, "reason")}`;
}

function recordsOf(of: readonly RejectedRecord[]): Markup {
  const records = of.filter(({ record }) => record > 0).map(({ record }) => record.toLocaleString("en-US"));
  if (records.length === 0) return html``;
  const rest = records.length - recordsShown;
  const named =
    records.slice(0, recordsShown).join(", ") + (rest > 0 ? ` and ${rest.toLocaleString("en-US")} more` : "");
  return html`<strong>record${records.length === 1 ? "" : "s"} ${named}:</strong> `;
}

function more(count: number, what: string): Markup {
  return count > 0
    ? html`<p class="soft small">and ${counted(count, `more ${what}`)}; <code>--report FILE</code> has them all</p>`
    : html``;
}

function nameOf({ source, file }: FileReport): string {
  return `${source} · ${file}`;
}

/** Every file with a bar of its records. */
export function whatArrived({ files }: RunReport): Markup {
  const byPipeline = [...grouped(files, ({ pipeline }) => pipeline)];
  return html`${legend(kindNames)}${byPipeline.map(
    ([pipeline, of]) =>
      html`<h3>${pipeline}</h3><ul class="files">${of.slice(0, filesShown).map(fileItem)}</ul>${more(of.length - filesShown, "file")}`,
  )}`;
}

const kinds = ["loaded", "replaced", "rejected", "missing"] as const;
const kindNames = {
  loaded: "loaded",
  replaced: "replaced by a later one",
  rejected: "rejected",
  missing: "unaccounted for",
};

function fileItem(file: FileReport): Markup {
  const { detected, target, seconds, read, loaded } = file;
  const sums = sumsOf([file]);
  const form = readAs(detected);
  const counts = kinds
    .filter((kind) => kind !== "loaded" && sums[kind] !== 0)
    .map(
      (kind) =>
        html`, <span class="${kind === "replaced" ? "again" : "bad"}">${sums[kind].toLocaleString("en-US")} ${kindNames[kind]}</span>`,
    );
  const facts = [
    target && `→ ${target}`,
    form && `read as ${form}`,
    seconds === null ? undefined : `${seconds.toFixed(1)}\u00a0s`,
  ];
  return html`<li><div class="what"><strong>${nameOf(file)}</strong><span>${loaded.toLocaleString("en-US")} of ${counted(read, "record")} loaded${counts}</span></div>
${bar(kinds.map((kind) => ({ kind, count: sums[kind] })))}
<div class="soft small">${facts.filter((fact) => fact !== undefined && fact !== "").join(" · ")}</div></li>`;
}
