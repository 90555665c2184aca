import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseConfig } from "../../../stacks/config";
import { textsOf } from "../../../tools/access/fromProgram";
import { newStack } from "../../../tools/new-stack/cli";

describe("npm run new-stack", () => {
  let folder: string;
  let said: string[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "new-stack-"));
    mkdirSync(join(folder, "policy", "config"), { recursive: true });
    said = [];
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const yaml = (name: string) => join(folder, `Pulumi.${name}.yaml`);
  const run = (args: readonly string[], replies?: string[]) =>
    newStack(args, {
      folder,
      ask: replies && (async () => replies.shift() ?? ""),
      print: (line) => said.push(line),
      complain: (line) => said.push(line),
    });

  it("S1: by flags it writes a file that the program takes, and the policy pack's", async () => {
    const sources = ["--source", "orders:csv:order_id+line", "--source", "clicks"];
    assert.equal(await run(["qa", "--region", "eu-west-1", "--disposable", ...sources, "--bucket-suffix", "x1"]), 0);
    const text = readFileSync(yaml("qa"), "utf8");
    assert.match(text, /^# yaml-language-server: \$schema=stacks\/config\.schema\.json\n/);
    assert.deepEqual(parseConfig("qa", textsOf(text)), {
      allowDestroy: true,
      logRetentionDays: 7,
      bucketNameSuffix: "x1",
      connectors: [],
      kafkaSinks: [],
      sources: [{ name: "orders", format: "csv", keyFields: ["order_id", "line"] }, { name: "clicks" }],
    });
    assert.deepEqual(JSON.parse(readFileSync(join(folder, "policy", "config", "qa.json"), "utf8")), {});
    assert.match(said.join("\n"), /pulumi stack init qa\n.*--policy-pack-config policy\/config\/qa\.json/);
  });

  it("S1: a protected one may not lose data, and keeps its logs for a year", async () => {
    await run(["prod2", "--region", "eu-west-1", "--protected"]);
    const config = parseConfig("prod2", textsOf(readFileSync(yaml("prod2"), "utf8")));
    assert.deepEqual([config.allowDestroy, config.logRetentionDays], [false, 365]);
  });

  it("S1: on a terminal it asks for what isn't given; no answer to the question of destroying is a no", async () => {
    assert.equal(await run([], ["qa", "eu-west-1", "", "orders:json"]), 0);
    const config = parseConfig("qa", textsOf(readFileSync(yaml("qa"), "utf8")));
    assert.deepEqual([config.allowDestroy, config.sources], [false, [{ name: "orders", format: "json" }]]);
  });

  it("S1: a mistake that a component finds is told with key, value and fix, and nothing is written", async () => {
    assert.equal(await run(["qa", "--region", "eu-west-1", "--protected", "--source", "orders:xml"]), 1);
    assert.match(
      said.join("\n"),
      /Pulumi\.qa\.yaml:\d+: data-pipelines:sources\[0\] \("orders"\)\.format: is "xml"\. /,
    );
    assert.ok(!existsSync(yaml("qa")));
  });

  it("S1: files that are there are replaced only where asked for; --print writes nothing", async () => {
    const args = ["qa", "--region", "eu-west-1", "--protected"];
    assert.equal(await run([...args, "--print"]), 0);
    assert.ok(!existsSync(yaml("qa")));
    await run(args);
    await assert.rejects(run(args), { name: "UsageError", message: /Pulumi\.qa\.yaml is there already/ });
    assert.equal(await run(["qa", "--region", "us-east-1", "--protected", "--force"]), 0);
    assert.match(readFileSync(yaml("qa"), "utf8"), /us-east-1/);
  });

  for (const [what, args, message] of [
    ["nobody to ask", [], /NAME is missing/],
    ["no word on destroying", ["qa", "--region", "eu-west-1"], /--disposable or --protected is missing/],
    ["both words on destroying", ["qa", "--disposable", "--protected"], /exclude each other/],
    ["a name that isn't one", ["Q A", "--protected"], /"Q A" isn't a name for a stack/],
    ["a source with too many parts", ["qa", "--source", "a:csv:id:x"], /isn't NAME\[:FORMAT\[:KEY\+KEY\]\]/],
    ["an unknown flag", ["qa", "--regoin", "x"], /regoin/],
  ] as const) {
    it(`S1: ${what}: told as a mistake in the arguments`, async () => {
      await assert.rejects(run(args), { name: "UsageError", message });
    });
  }
});
