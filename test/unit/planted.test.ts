import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Fault,
  FaultError,
  groupsOf,
  isLocal,
  mistakeOf,
  plantedText,
  readFaults,
} from "../../tools/planted/faults";
import { runTests } from "../../tools/planted/mocha";
import { plantAll } from "../../tools/planted/plant";
import { copyTree, removeTree } from "../../tools/planted/tree";
import { namedTests } from "../../tools/promises";

const root = join(__dirname, "../..");

/** Rows of findings that were mended, and of a component's usual mistakes: each has tests that notice them. */
const ROWS = [numbered("I", 13, 21), numbered("O", 15, 23), numbered("W", 11, 18), numbered("D", 1, 16)].flat();

function numbered(letter: string, first: number, last: number): string[] {
  return Array.from({ length: last - first + 1 }, (_, index) => `${letter}${first + index}`);
}

describe("the planted faults", () => {
  it("S9: each fits its file, and names tests of its row", () => {
    const named = namedTests();
    assert.deepEqual(
      readFaults(root).flatMap((fault) => mistakeOf(fault, root, named) ?? []),
      [],
    );
  });

  it("S9: every row that was mended after a finding has faults, no two of them alike", () => {
    const faults = readFaults(root);
    const rows = new Set(faults.map(({ row }) => row));
    assert.deepEqual(
      ROWS.filter((row) => !rows.has(row)),
      [],
    );
    const texts = faults.map(({ row, fault }) => `${row}: ${fault}`);
    assert.equal(new Set(texts).size, texts.length);
  });
});

describe("npm run planted", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "planted-"));
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    write("sum.cjs", "exports.sum = (a, b) => a + b;\nexports.none = 0;\n");
    write(
      "sum.test.cjs",
      `const assert = require("node:assert");
       const { sum, none } = require("./sum.cjs");
       describe("sum", () => {
         specify("X1: adds", () => assert.equal(sum(1, 2), 3));
         specify("X1, X2: adds twice the same", () => assert.equal(sum(2, 2), 4));
         specify("none is as X2 says", () => assert.equal(none, 0));
       });`,
    );
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function write(file: string, text: string): void {
    writeFileSync(join(folder, file), text);
  }

  function fault(of: Partial<Fault>): Fault {
    const found = { find: "a + b", replace: "a - b", file: "sum.cjs", tests: ["sum.test.cjs"] };
    return { row: "X1", fault: "it is wrong", ...found, ...of };
  }

  async function outcomesOf(...faults: Fault[]) {
    const lines: string[] = [];
    const outcomes = await plantAll([folder], faults, { print: (line) => lines.push(line), timeoutMs: 60_000 });
    assert.equal(readFileSync(join(folder, "sum.cjs"), "utf8"), "exports.sum = (a, b) => a + b;\nexports.none = 0;\n");
    return { lines, told: outcomes.map(({ noticedBy, reason }) => noticedBy ?? new Error(reason)) };
  }

  it("S9: a fault is noticed by a failing test of its row, and by nothing else", async () => {
    const { told, lines } = await outcomesOf(
      fault({}),
      fault({ replace: "a * b", row: "X2" }),
      fault({ replace: "b + a" }),
      fault({ find: "none = 0", replace: "none = 1", row: "X2" }),
      fault({ find: "exports.none", replace: "exports none" }),
    );
    assert.equal(told[0], "X1: adds");
    assert.match(String(told[1]), /2 tests pass all the same/);
    assert.match(String(told[2]), /2 tests pass all the same/);
    assert.match(String(told[3]), /"none is as X2 says" fails, which isn't a test of X2/);
    assert.match(String(told[4]), /couldn't be run: .*SyntaxError/s);
    assert.deepEqual(lines.slice(0, 2), ["✔ 1/5 X1: it is wrong", "    X1: adds"]);
    assert.equal(lines[2], "✘ 2/5 X2: it is wrong");
  });

  it("S9: where a test fails by itself, or the name chooses none, nothing is noticed", async () => {
    const { told } = await outcomesOf(fault({ grep: "twice" }), fault({ grep: "thrice" }));
    assert.deepEqual([told[0], String(told[1])], ["X1, X2: adds twice the same", "Error: no test ran"]);
    write("sum.test.cjs", `specify("X1: fails", () => { throw new Error("by itself"); });`);
    assert.match(String((await outcomesOf(fault({}))).told[0]), /without any fault, "X1: fails" fails: by itself/);
  });

  it("S9: tests that don't end are ended", async () => {
    write("sum.test.cjs", `specify("X1: goes on", () => { for (;;); });`);
    const { broken } = await runTests(folder, { rows: ["X1"], files: ["sum.test.cjs"] }, 500);
    assert.equal(broken, "the tests didn't end within 0.5 s");
  });

  it("S9: an entry that no longer fits is named, whatever has changed", () => {
    const named = [{ file: "sum.test.cjs", rows: ["X1"] }];
    assert.equal(mistakeOf(fault({}), folder, named), undefined);
    assert.match(
      mistakeOf(fault({ find: "a+b" }), folder, named) ?? "",
      /^X1: it is wrong: .* stands 0 times in sum.cjs/,
    );
    assert.match(mistakeOf(fault({ find: "exports" }), folder, named) ?? "", /stands 2 times/);
    assert.match(mistakeOf(fault({ replace: "a + b" }), folder, named) ?? "", /nothing is changed/);
    assert.match(mistakeOf(fault({ file: "gone.cjs" }), folder, named) ?? "", /gone.cjs isn't there/);
    assert.match(mistakeOf(fault({ row: "X2" }), folder, named) ?? "", /no test of sum.test.cjs begins with X2/);
    assert.throws(() => plantedText(fault({}), ""), FaultError);
    assert.equal(plantedText(fault({ replace: "$&" }), "a + b;"), "$&;");
    mkdirSync(join(folder, "test/planted"), { recursive: true });
    write("test/planted/x.yaml", "X1:\n  - fault: it is wrong\n    file: sum.cjs\n");
    assert.throws(() => readFaults(folder), /test\/planted\/x\.yaml: .*find/s);
  });

  it("S9: faults of the same tests come together; those of local tests alone are left to --all", () => {
    const local = fault({ tests: ["test/local/a.test.ts", "test/engine/b.test.ts"] });
    const both = fault({ tests: ["test/local/a.test.ts", "test/unit/c.test.ts"] });
    assert.deepEqual([isLocal(local), isLocal(both)], [true, false]);
    const [a, b] = [fault({ fault: "a" }), fault({ fault: "b" })];
    assert.deepEqual(groupsOf([a, local, b, both]), [[a, b], [local], [both]]);
  });

  it("S9: the copy has what the working tree has, committed or not, and none of what git ignores", () => {
    const git = (...args: string[]) => execFileSync("git", args, { cwd: folder, stdio: "ignore" });
    git("init");
    for (const [file, text] of [
      [".gitignore", "node_modules\n.local/\nignored\n"],
      ["gone", ""],
      ["ignored", ""],
    ] as const) {
      write(file, text);
    }
    git("add", ".");
    rmSync(join(folder, "gone"));
    mkdirSync(join(folder, ".local/venv-aws"), { recursive: true });
    mkdirSync(join(folder, "new"));
    write("new/file", "not added yet");
    const copy = copyTree(folder);
    assert.equal(readFileSync(join(copy, "new/file"), "utf8"), "not added yet");
    assert.deepEqual(
      ["sum.cjs", "gone", "ignored", "node_modules", ".local/venv-aws"].map((file) => existsSync(join(copy, file))),
      [true, false, false, true, true],
    );
    assert.ok(lstatSync(join(copy, "node_modules")).isSymbolicLink());
    removeTree(copy);
    assert.equal(existsSync(copy), false);
    assert.ok(existsSync(join(folder, "node_modules/mocha")), "what is linked stays");
  });
});
