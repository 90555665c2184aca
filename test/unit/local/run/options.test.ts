import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseOptions, UsageError } from "../../../../local/run/options";

const known = {
  sources: [{ name: "zipcodes", suffix: ".csv.gz" }, { name: "daily", prefix: "in/" }, { name: "inbox" }],
  connectors: [{ name: "crm" }],
};

describe("The options of a local run", () => {
  let folder: string;
  let csv: string;
  let secrets: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "options-test-"));
    csv = join(folder, "x.csv");
    secrets = join(folder, "secrets.json");
    await writeFile(csv, "a,b\n1,2\n");
    await writeFile(secrets, '{"apiKey":"very secret"}');
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it("S13: an own file goes under its source's prefix", () => {
    const { files } = parseOptions(["--file", `daily=${csv}`, "--file", `inbox=${csv}`], known) ?? {};
    assert.deepEqual(files, [
      { source: "daily", path: csv, key: "in/x.csv" },
      { source: "inbox", path: csv, key: "x.csv" },
    ]);
  });

  it("S13: a file that the source doesn't take is refused at once, with those that take it", () => {
    assert.throws(
      () => parseOptions(["--file", `zipcodes=${csv}`], known),
      (error: unknown) => {
        assert.ok(error instanceof UsageError);
        assert.match(
          error.message,
          /takes only files whose names end in \.csv\.gz.*rename the file, or send it to daily or inbox$/,
        );
        return true;
      },
    );
  });

  it("S13: an own connector's secrets are read, and never quoted", async () => {
    assert.deepEqual(parseOptions(["--secrets", `crm=${secrets}`], known)?.secrets.get("crm"), {
      apiKey: "very secret",
    });
    await writeFile(secrets, '{"apiKey":"very secret"');
    assert.throws(
      () => parseOptions(["--secrets", `crm=${secrets}`], known),
      (error: unknown) => {
        assert.ok(error instanceof UsageError);
        assert.match(error.message, /isn't a JSON object/);
        assert.doesNotMatch(error.message, /very secret/);
        return true;
      },
    );
  });

  it("S12: the page goes into the file that is named, and none is written unasked", () => {
    assert.equal(parseOptions(["--page", join(folder, "run.html")], known)?.page, join(folder, "run.html"));
    assert.equal(parseOptions([], known)?.page, undefined);
  });

  const wrong: readonly (readonly [args: readonly string[], expected: RegExp])[] = [
    [["--file", "inbox"], /write it as SOURCE=PATH/],
    [["--file", "nobody=x.csv"], /no source "nobody"; there are zipcodes, daily, inbox/],
    [["--file", "inbox=/not/there.csv"], /no file \/not\/there\.csv/],
    [["--file", "inbox=/"], /isn't a file/],
    [["--secrets", "crm"], /write it as CONNECTOR=FILE/],
    [["--secrets", "erp=x.json"], /no connector "erp"; there are crm/],
    [["--secrets", "crm=/not/there.json"], /no file \/not\/there\.json/],
    [["--page", "/not/there/run.html"], /no folder \/not\/there. Fix: mkdir -p \/not\/there/],
    [["--page", "/"], /--page \/: \/ isn't a file/],
    [["--report", "/not/there/run.json"], /--report .*no folder/],
    [["--timeout", "soon"], /--timeout soon isn't a number of seconds/],
    [["--files", "x"], /--files/],
  ];
  for (const [args, expected] of wrong) {
    it(`S13: ${args.join(" ")} is refused`, () => {
      assert.throws(() => parseOptions(args, known), { name: "UsageError", message: expected });
    });
  }
});
