import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { type DefaultTreeAdapterMap, parse } from "parse5";
import { renderPage } from "../../../../local/run/page/page";
import type { FileReport, RunReport } from "../../../../local/run/report";
import { reportOf } from "./pageReport";

type Node = DefaultTreeAdapterMap["node"];
type Element = DefaultTreeAdapterMap["element"];

const when = "2026-11-27T12:00:00.000Z";

function parsed(report: RunReport) {
  const errors: string[] = [];
  const root = parse(renderPage(report, when), { onParseError: ({ code }) => errors.push(code) });
  const nodes: Node[] = [];
  const walk = (node: Node): void => {
    nodes.push(node);
    if ("childNodes" in node) for (const child of node.childNodes) walk(child);
  };
  walk(root);
  const elements = nodes.filter((node): node is Element => "tagName" in node);
  const text = nodes.map((node) => (node.nodeName === "#text" && "value" in node ? node.value : "")).join("");
  return { errors, elements, text };
}

/** What a text may not change: the elements and the names of their attributes. */
function skeleton({ elements }: { elements: readonly Element[] }): string[] {
  return elements.map(({ tagName, attrs }) => [tagName, ...attrs.map(({ name }) => name)].join(" "));
}

describe("The page of a local run", () => {
  const harmless = reportOf((place) => `the ${place}`);
  const plain = skeleton(parsed(harmless));

  it("S12: shows everything that the report has", () => {
    const places: string[] = [];
    const { text, errors } = parsed(
      reportOf((place) => {
        places.push(`the ${place}`);
        return `the ${place}`;
      }),
    );
    assert.deepEqual(errors, []);
    for (const place of places) assert.ok(text.includes(place), `${place} isn't on the page`);
  });

  const hostile = [
    `<script>alert(1)</script>`,
    `"><img src=x onerror=alert(1)>`,
    `'><svg onload=alert(1)>`,
    `</style><script>alert(1)</script>`,
    `</title></text></svg><iframe src="https://example.com">`,
    `]]><!--`,
    "&lt;b&gt; &amp; &#60;",
    "\u2028`\u00a0",
  ];
  for (const words of hostile) {
    it(`S12: ${JSON.stringify(words)} is text, wherever it stands`, () => {
      const page = parsed(reportOf((place) => `${words} ${place}`));
      assert.deepEqual(skeleton(page), plain);
      assert.ok(page.text.includes(`${words} reason`));
      assert.ok(page.text.includes(`${words} file`));
    });
  }

  it("S12: no text at all changes the page's elements", () => {
    const texts = fc.string({ unit: "binary", minLength: 1, maxLength: 700, size: "max" });
    fc.assert(
      fc.property(texts, (words) => {
        const page = parsed(reportOf((place) => words + place));
        assert.deepEqual(skeleton(page), plain);
        assert.deepEqual(page.errors, []);
      }),
      { numRuns: 30 },
    );
  });

  it("S12: a name can't hide by control characters, nor turn what stands beside it", () => {
    const { text } = parsed(reportOf((place) => `\0a\u001b\u202Evsc.exe ${place}`));
    assert.ok(text.includes("␀a␛\\u202evsc.exe file"), text.slice(0, 2_000));
  });

  it("S12: asks nothing of anywhere, and lets nothing but its own style work", () => {
    const { elements } = parsed(harmless);
    for (const { tagName, attrs } of elements) {
      assert.ok(!["script", "img", "iframe", "object", "form", "base"].includes(tagName), tagName);
      for (const { name, value } of attrs) {
        assert.doesNotMatch(name, /^(on|style$|src|action$)/);
        if (name === "href") assert.match(value, /^(#[a-z]+|data:,)$/);
      }
    }
    const policy = elements.find(({ attrs }) => attrs.some(({ value }) => value === "Content-Security-Policy"));
    const content = policy?.attrs.find(({ name }) => name === "content")?.value ?? "";
    assert.match(content, /^default-src 'none'; style-src 'sha256-[^ ]+'; img-src data:; /);
    const style = elements.find(({ tagName }) => tagName === "style")?.childNodes[0];
    assert.ok(style && "value" in style);
    const hash = createHash("sha256").update(style.value).digest("base64");
    assert.ok(content.includes(`'sha256-${hash}'`), content);
    assert.doesNotMatch(style.value, /url\(|@import/);
    assert.match(style.value, /prefers-color-scheme: dark/);
  });

  it("S12: says first what didn't arrive and why, the same reason once with its records", () => {
    const { text } = parsed(harmless);
    const [, lacking = ""] = /What didn't arrive, and why\s+the source([\s\S]*)/.exec(text) ?? [];
    assert.match(lacking, /^ · the file3 of 3,376 records rejected, 1 record unaccounted for/);
    assert.match(lacking, /records 10, 1,020: the reason\s*the reason of the file\s*Records are neither in the store/);
    assert.match(
      lacking,
      /the refused filerefused whole, 3 of 3,376 records rejected.*not through in time\s*the refusal/,
    );
    assert.ok(text.indexOf("✘ 1 problem") < text.indexOf("What didn't arrive"));
  });

  it("S12: a row too many is told, too", () => {
    const [file] = harmless.files;
    assert.ok(file);
    const { text } = parsed({ ...harmless, files: [{ ...file, read: 3_374 }] });
    assert.match(text, /1 row too many/);
  });

  it("S12: of an export's version, what changed stands beside what was reckoned, and why it isn't imported", () => {
    const { text } = parsed(harmless);
    assert.match(text, /the version✘ the import's status: the import's reason43✘ 2, reckoned 11,001987\.0/);
  });

  it("S12: an export's version is good when it is imported and all its operations are in the target", () => {
    const [delta] = harmless.deltas ?? [];
    assert.ok(delta);
    const good = { ...delta, status: "imported", reason: undefined, applied: 9, expected: undefined };
    assert.match(parsed({ ...harmless, deltas: [good] }).text, /the version✔ imported4321,001997\.0/);
    assert.match(parsed({ ...harmless, deltas: [{ ...good, applied: 8 }] }).text, /✘ imported/);
    const waits = { ...good, status: "approval", reason: "deletes half of it" };
    assert.match(parsed({ ...harmless, deltas: [waits] }).text, /waits for approval: deletes half of it/);
  });

  it("S12: of a Kafka partition, records that nobody has are told, and one that stands still", () => {
    const [partition] = harmless.kafka ?? [];
    assert.ok(partition);
    const told = (changes: Partial<typeof partition>) =>
      parsed({ ...harmless, kafka: [{ ...partition, ...changes }] }).text;
    assert.match(told({}), /the topic → the sinkpartition[\s\S]*0✘ 2 unaccounted for1,0101,007591,0071/);
    assert.match(told({ delivered: 1_009 }), /✔ all committed/);
    assert.match(told({ stopped: true }), /✘ not all committed/);
  });

  it("S12: grants are told with their calls, or why nothing used them, or that there is no reason", () => {
    const { text } = parsed(harmless);
    assert.match(text, /the role 3 grants, 1 used, 2 not, ✘ 1 without a reason/);
    assert.match(text, /the unused actionthe resource0the why unused: the reason of a grant/);
    assert.match(text, /the needless actionthe resource0the why ✘ unused without a reason/);
    assert.match(text, /the actionthe resource6the why/);
  });

  it("S12: of one's own files, it is no fault that they didn't need a grant", () => {
    const { text } = parsed({ ...harmless, isOwnFiles: true });
    assert.match(text, /the needless actionthe resource0the why unused: your files didn't need it/);
    assert.doesNotMatch(text, /without a reason/);
  });

  it("S12: a run that passed doesn't hide what was rejected, and of many executions those that failed are unfolded", () => {
    const [execution] = harmless.executions ?? [];
    assert.ok(execution);
    const good = { ...execution, status: "SUCCEEDED" };
    const late = { ...good, machine: "the late one", start: "2026-11-27T12:00:08.000Z", seconds: 8 };
    const executions = [good, { ...execution, status: "TIMED_OUT" }, late];
    const { text, elements } = parsed({ ...harmless, passed: true, problems: [], executions });
    assert.match(text, /✔ Everything arrived, but 6 records rejected with a reason/);
    assert.match(text, /0\.0 s4\.0 s8\.0 s12\.0 s16\.0 s[\s\S]*the late one SUCCEEDED8\.0 s/);
    const open = elements.filter(({ attrs }) => attrs.some(({ name }) => name === "open"));
    assert.equal(open.length, 1);
    assert.equal(elements.filter(({ attrs }) => attrs.some(({ value }) => value === "timeline")).length, 4);
  });

  it("S12: of a run that failed early, the page says what failed", () => {
    const page = parsed({ passed: false, problems: ["pulumi up failed: no such bucket"], files: [], tables: [] });
    assert.match(page.text, /✘ 1 problem\s+pulumi up failed: no such bucket/);
    assert.deepEqual(page.errors, []);
  });

  it("S12: rejects by the hundred thousand and files by the thousand leave a page below 1.5 MB that names what it leaves out", () => {
    const file = (i: number): FileReport => ({
      pipeline: "S3ToDynamoDb",
      source: `source ${i}`,
      file: `${i}.csv`,
      target: "items",
      read: 100_000,
      loaded: 0,
      quarantined: 100_000,
      reasons: [],
      seconds: 1,
    });
    const reasons = Array.from({ length: 100_000 }, (_, i) => ({
      record: i + 1,
      reason: `${i}: ${"x".repeat(700)}`,
    }));
    const files = [{ ...file(0), reasons }, ...Array.from({ length: 2_000 }, (_, i) => file(i + 1))];
    const html = renderPage({ passed: true, problems: [], files, tables: [] }, when);
    assert.ok(Buffer.byteLength(html) < 1_500_000, `${Buffer.byteLength(html)} bytes`);
    assert.match(html, /and 99,970 more reasons; /);
    assert.match(html, /and 1,701 more files; /);
  });
});
