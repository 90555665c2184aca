import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type KeyInfo, keys } from "../../../../functions/kafka-lambda-sink/config/keys";
import { docExamples, problems } from "../../compiler";

const root = join(__dirname, "..", "..", "..", "..");
const page = readFileSync(join(root, "docs", "kafka-lambda-sink.md"), "utf8");
const component = join(root, "components", "kafka-lambda-sink");

/** What the page's placeholders stand for. */
const places: Readonly<Record<string, readonly string[]>> = {
  "<access>": ["", "consumer.override.", "reporter.producer."],
  "<report>": ["reporter.result.topic", "reporter.error.topic"],
  "<converter>": ["key.converter", "value.converter"],
};

function documented(): Map<string, KeyInfo> {
  const rows = page.matchAll(/^\| `([^`]+)` \| (?:`([^`]*)`)? ?\| (used|ignored|refused) \|/gm);
  const found = new Map<string, KeyInfo>();
  for (const [, key = "", given, effect] of rows) {
    const [place = ""] = /^<\w+>/.exec(key) ?? [];
    for (const prefix of places[place] ?? [""]) {
      found.set(prefix + key.slice(place.length), { effect: effect as KeyInfo["effect"], default: given });
    }
  }
  return found;
}

describe("KafkaLambdaSink's page", () => {
  it("K1: every key stands there with its default and its effect, and no other key", () => {
    const onPage = documented();
    // Of these the page says in a sentence that all of them are ignored.
    const isSaid = (key: string) => /^(reporter\.admin|confluent\.topic)\.(security|sasl|ssl)\./.test(key);
    const known = Object.entries(keys).filter(([key]) => !isSaid(key));
    assert.deepEqual(
      Object.fromEntries(onPage),
      Object.fromEntries(
        known.map(([key, { effect, default: value }]: [string, KeyInfo]) => [key, { effect, default: value }]),
      ),
    );
    const said = Object.entries(keys).filter(([key]) => isSaid(key));
    assert.ok(said.length > 30 && said.every(([, { effect }]) => effect === "ignored"));
  });

  it("K1: every argument stands there", () => {
    const args =
      readFileSync(join(component, "args.ts"), "utf8").split("export interface KafkaSinkNetworkArgs")[0] ?? "";
    const names = [...args.matchAll(/^ {2}(\w+)\??: /gm)].map(([, name = ""]) => name);
    assert.ok(names.length > 30);
    assert.deepEqual(
      names.filter((name) => !new RegExp(`^\\| \`${name}\``, "m").test(page)),
      [],
    );
  });

  it("S4: every example of the docstring and of the page compiles", () => {
    const onPage = [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = ""]) => code);
    const examples = [...docExamples(join(component, "kafkaLambdaSink.ts")), ...onPage];
    assert.equal(examples.length, 3);
    const sources = new Map(
      examples.map((code, i) => [
        join(component, `example${i}.ts`),
        code.replace('"pulumi-data-pipelines"', '"./kafkaLambdaSink"'),
      ]),
    );
    // One that is wrong, in the same program because reading the providers' types takes seconds.
    const wrong = join(component, "wrong.ts");
    sources.set(
      wrong,
      'import { KafkaLambdaSink } from "./kafkaLambdaSink";\nnew KafkaLambdaSink("a", { topics: 1 });',
    );
    assert.deepEqual([...problems(sources).keys()], [wrong]);
  });
});
