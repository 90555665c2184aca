import { gzipSync } from "node:zlib";
import { zipOf } from "../../local/samples/zip";
import { deliver } from "./data";
import { assertArrived } from "./expectations";

const rows = [
  { city: "Zürich", population: "436332" },
  { city: "Genève, ville", population: "209061" },
];
const csv = 'city,population\nZürich,436332\n"Genève, ville",209061\n';
const tsv = "city\tpopulation\nZürich\t436332\nGenève, ville\t209061\n";
const psv = "city|population\nZürich|436332\nGenève, ville|209061\n";
const ndjson = rows.map((row) => `${JSON.stringify(row)}\n`).join("");
const json = JSON.stringify(rows, null, 2);
const texts = { csv, tsv, psv, ndjson, json };

describe("Files through the local cloud", () => {
  it("I2: every format arrives with its values, plain, gzipped and zipped", async () => {
    const files = Object.entries(texts).map(async ([format, text]) => {
      const body = Buffer.from(text);
      assertArrived(await deliver("inbox", `formats/a.${format}`, body), rows);
      assertArrived(await deliver("inbox", `formats/b.${format}.gz`, gzipSync(body)), rows);
      assertArrived(await deliver("inbox", `formats/c-${format}.zip`, await zipOf({ [`c.${format}`]: body })), rows);
    });
    await Promise.all(files);
  });

  it("I2: format and compression are found without a name that tells them", async () => {
    const files = Object.entries(texts).map(async ([format, text]) => {
      assertArrived(await deliver("inbox", `nameless/${format}`, gzipSync(text)), rows);
    });
    await Promise.all(files);
  });

  it("I2: all members of a zip arrive, each in its own format, counted over the whole object", async () => {
    const members = { "a.csv": csv, "deep/b.ndjson": ndjson, "c.json": json, "__MACOSX/._a.csv": "no data" };
    const archive = await zipOf(
      Object.fromEntries(Object.entries(members).map(([name, text]) => [name, Buffer.from(text)])),
    );
    assertArrived(await deliver("inbox", "members.zip", archive), [...rows, ...rows, ...rows]);
  });

  it("I2: a gzip file of several members arrives whole", async () => {
    const half = csv.indexOf("\n") + 4;
    const body = Buffer.from(csv);
    const parts = [body.subarray(0, half), body.subarray(half)].map((part) => gzipSync(part));
    assertArrived(await deliver("inbox", "appended.csv.gz", Buffer.concat(parts)), rows);
  });

  it("I2: UTF-16 with a byte order mark and declared Latin-1 arrive as the same letters", async () => {
    const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(csv, "utf16le")]);
    const [marked, latin] = await Promise.all([
      deliver("inbox", "utf16.csv", utf16),
      deliver("latin", "latin/1.csv", Buffer.from(csv, "latin1")),
    ]);
    assertArrived(marked, rows);
    assertArrived(latin, rows);
  });
});
