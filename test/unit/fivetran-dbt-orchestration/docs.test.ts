import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { diagram } from "../../../components/parts/asl/diagram";
import { generated, upToDate } from "../../../tools/diagrams";
import { docExamples, problems } from "../compiler";
import { definitionOf } from "./settings";

const root = join(__dirname, "..", "..", "..");
const page = readFileSync(join(root, "docs", "fivetran-dbt-orchestration.md"), "utf8");

describe("the docs of FivetranDbtOrchestration", () => {
  it("O14: diagram, arguments, states and limits are those of the code (npx tsx tools/diagrams.ts)", () => {
    assert.equal(upToDate(page), page);
  });

  it("O14: what is old is replaced, and a page without a marker is refused", () => {
    const old = page.replace("  [*] --> Prepare_run\n", "");
    assert.notEqual(old, page);
    assert.equal(upToDate(old), page);
    assert.throws(() => upToDate(page.replace("<!-- limits: end -->", "")), /no <!-- limits: begin -->/);
  });

  it("O14: every state is drawn once, and every arrow begins and ends at one", () => {
    const definition = definitionOf();
    const drawn = diagram(definition);
    const ids = [...drawn.matchAll(/state "[^"]+" as (\w+)/g)].map(([, id]) => id);
    const inner = definition.States["Sync all connections in group"];
    assert.ok(inner?.Type === "Map");
    assert.equal(ids.length, Object.keys(definition.States).length + Object.keys(inner.ItemProcessor.States).length);
    assert.equal(new Set(ids).size, ids.length);
    for (const [, from = "", to = ""] of drawn.matchAll(/^\s*(\S+) --> (\S+)/gm)) {
      for (const end of [from, to]) assert.ok(end === "[*]" || ids.includes(end), end);
    }
  });

  it("O4: the page has the table of a connection's states, and every argument", () => {
    const { states = "", arguments: table = "" } = generated();
    assert.match(states, /\| `setup_state` broken \| ends with FivetranConnectionBroken \|/);
    for (const argument of ["groupId", "quorum", "overlap", "timeZone", "secretKeys", "subnetIds"]) {
      assert.ok(table.includes(`| \`${argument}\` |`), argument);
    }
    assert.ok(!/\| *\|$/m.test(table), "an argument without words");
  });

  it("O1, S4: every example of the docstring and of the page compiles", () => {
    const source = join(root, "components", "fivetran-dbt-orchestration", "fivetranDbtOrchestration.ts");
    const inPage = [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = ""]) => code);
    const examples = [...docExamples(source), ...inPage];
    assert.equal(examples.length, 3);
    const sources = new Map(
      examples.map((code, i) => [
        join(root, "components", "fivetran-dbt-orchestration", `orchestrationExample${i}.ts`),
        code.replace('"pulumi-data-pipelines"', '"./fivetranDbtOrchestration"'),
      ]),
    );
    const wrong = join(root, "components", "fivetran-dbt-orchestration", "orchestrationWrong.ts");
    sources.set(
      wrong,
      'import { FivetranDbtOrchestration } from "./fivetranDbtOrchestration";\nnew FivetranDbtOrchestration("a", { groupId: 1 });',
    );
    assert.deepEqual([...problems(sources).keys()], [wrong]);
  });
});
