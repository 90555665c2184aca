import assert from "node:assert/strict";
import { stringify } from "csv-stringify/sync";
import fc from "fast-check";
import type { TextOptions } from "../../../../functions/shared/text/text";
import { readFile } from "./reading";

/** Each: the file, what is declared of it, and the delimiter and records that it comes to. */
type Case = readonly [what: string, text: string, options: TextOptions, delimiter: string, records: unknown[]];

const CASES: readonly Case[] = [
  [
    "semicolons, with decimal commas and a comma in the header",
    "id;name, first;price\n1;Ann;1,5\n2;Bob;2,25\n",
    { name: "x.csv" },
    "semicolon",
    [
      { id: "1", "name, first": "Ann", price: "1,5" },
      { id: "2", "name, first": "Bob", price: "2,25" },
    ],
  ],
  [
    "semicolons, with more commas than semicolons in the header",
    "id;size (w, h, d)\n1;2\n3;4\n",
    { name: "x.csv" },
    "semicolon",
    [
      { id: "1", "size (w, h, d)": "2" },
      { id: "3", "size (w, h, d)": "4" },
    ],
  ],
  ["commas in a .tsv", "a,b\n1,2\n", { name: "x.tsv" }, "comma", [{ a: "1", b: "2" }]],
  ["tabs in a .csv", "a\tb, c\n1\t2, 3\n", { name: "x.csv" }, "tab", [{ a: "1", "b, c": "2, 3" }]],
  ["pipes without a name", "a|b\n1|2\n", {}, "pipe", [{ a: "1", b: "2" }]],
  [
    "tildes",
    "a~b\n1~2\n3~4\n",
    { name: "x.txt" },
    "~",
    [
      { a: "1", b: "2" },
      { a: "3", b: "4" },
    ],
  ],
  ["carets", "a^b\n1^2\n", { name: "x.csv" }, "^", [{ a: "1", b: "2" }]],
  [
    "colons",
    "name:id\nroot:0\nbin:1\n",
    {},
    "colon",
    [
      { name: "root", id: "0" },
      { name: "bin", id: "1" },
    ],
  ],
  ["unit separators", "a\x1fb\n1\x1f2\n", {}, "U+001F", [{ a: "1", b: "2" }]],
  [
    "times, which have colons too",
    "day,at\nMon,10:00:00\nTue,11:30:00\n",
    {},
    "comma",
    [
      { day: "Mon", at: "10:00:00" },
      { day: "Tue", at: "11:30:00" },
    ],
  ],
  [
    "a list within a field",
    "id,tags\n1,a;b\n2,c;d\n",
    {},
    "comma",
    [
      { id: "1", tags: "a;b" },
      { id: "2", tags: "c;d" },
    ],
  ],
  ["quoted fields with the other delimiter", '"a","b;c"\n"1;2","3"\n', {}, "comma", [{ a: "1;2", "b;c": "3" }]],
  ["an unusual one that is declared", "a b\n1 2\n", { delimiter: " " }, "space", [{ a: "1", b: "2" }]],
  [
    "a declared one that is a character beyond ASCII",
    "a§b\n1§2\n",
    { format: "csv", delimiter: "§" },
    "§",
    [{ a: "1", b: "2" }],
  ],
  ["a declared backslash", "a\\b\n1\\2\n", { delimiter: "\\" }, "\\", [{ a: "1", b: "2" }]],
  [
    "a declared one where another fits too",
    "a,b;c\n1,2;3\n",
    { delimiter: ";" },
    "semicolon",
    [{ "a,b": "1,2", c: "3" }],
  ],
  ["a line that says so", "sep=;\na;b,c\n1;2,3\n", { name: "x.csv" }, "semicolon", [{ a: "1", "b,c": "2,3" }]],
  [
    "a quoted line that says so, and CR LF",
    '"sep=|"\r\na|b\r\n1|2\r\n',
    { name: "x.csv" },
    "pipe",
    [{ a: "1", b: "2" }],
  ],
  ["a header alone", "a;b;c\n", {}, "semicolon", []],
  ["one column", "name\nAda\nBob\n", { name: "x.csv" }, "none (one column)", [{ name: "Ada" }, { name: "Bob" }]],
  ["one column of TSV", "name\nAda, UK\n", { format: "tsv" }, "none (one column)", [{ name: "Ada, UK" }]],
  [
    "brackets around names",
    "[id],[name]\n1,Ann\n2,Bob\n",
    {},
    "comma",
    [
      { "[id]": "1", "[name]": "Ann" },
      { "[id]": "2", "[name]": "Bob" },
    ],
  ],
  [
    "angle brackets around names",
    "<TICKER>,<CLOSE>\nAB,1.5\nCD,2.5\n",
    { name: "x.txt" },
    "comma",
    [
      { "<TICKER>": "AB", "<CLOSE>": "1.5" },
      { "<TICKER>": "CD", "<CLOSE>": "2.5" },
    ],
  ],
];

describe("text: dialects", () => {
  for (const [what, text, options, delimiter, records] of CASES) {
    it(`I14: ${what}`, async () => {
      const read = await readFile(text, options);
      assert.deepEqual([read.delimiter, read.records], [delimiter, records]);
    });
  }

  it("I14: rows that don't fit cost themselves, also where another delimiter would fit all rows into fewer fields", async () => {
    const body = Array.from({ length: 40 }, (_, index) => (index % 10 === 3 ? "ragged;row" : `${index},a;b,c`));
    const { delimiter, good, problems } = await readFile(`id,x;y,z\n${body.join("\n")}\n`);
    assert.deepEqual([delimiter, good.length, problems.length], ["comma", 36, 4]);
  });

  it("I14: any table is read with the delimiter that it was written with", async () => {
    const field = fc.string({
      unit: fc.constantFrom("a", "1", ".", " ", ",", ";", "|", "\t", '"', "\n"),
      maxLength: 6,
    });
    const table = fc.array(fc.array(field, { minLength: 3, maxLength: 3 }), { minLength: 5, maxLength: 30 });
    const delimiters = fc.constantFrom(",", ";", "\t", "|");
    await fc.assert(
      fc.asyncProperty(table, delimiters, fc.constantFrom("\n", "\r\n"), async (rows, delimiter, end) => {
        const text = stringify([["id", "name", "kind"], ...rows], {
          delimiter,
          record_delimiter: end,
          quoted_empty: true,
          quoted_match: /\n/,
        });
        const { good, problems } = await readFile(text);
        assert.deepEqual([good, problems], [rows.map(([id, name, kind]) => ({ id, name, kind })), []]);
      }),
      { numRuns: 300 },
    );
  });

  for (const [what, text] of [
    ["classic Mac", "a,b\r1,x\r2,y\r"],
    ["classic Mac with line feeds in quotes", 'a,b\r1,"x\nx"\r2,"y\n\ny"\r'],
    ["classic Mac in quotes throughout", '"a","b"\r"1","x\n,x"\r"2","y"\r'],
    ["Unix with carriage returns in quotes", 'a,b\n1,"x\rx"\n2,"y\r\ry"\n'],
    ["Windows", 'a,b\r\n1,"x\r\nx"\r\n2,y\r\n'],
  ] as const) {
    it(`I14: line ends of ${what}`, async () => {
      const { good, problems } = await readFile(text, { name: "x.csv" });
      assert.deepEqual([good.length, problems], [2, []]);
      assert.deepEqual(
        (good as { a: string }[]).map(({ a }) => a),
        ["1", "2"],
      );
    });
  }

  it("I14: classic Mac takes any text in quotes", async () => {
    const { good } = await readFile('a,b\r1,"x\nx"\r2,"y\n""\ny"\r', {});
    assert.deepEqual(good, [
      { a: "1", b: "x\nx" },
      { a: "2", b: 'y\n"\ny' },
    ]);
  });
});

describe("text: content that contradicts its name or declaration", () => {
  const S3_ERROR =
    '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>';
  const LOGIN = "<!DOCTYPE html>\n<html>\n<head><title>Sign in, please</title></head>\n<body>\n</body></html>\n";
  for (const [what, text, options, reason] of [
    ["an XML error as .csv", S3_ERROR, { name: "orders.csv" }, /is XML or HTML, not records: <\?xml version/],
    ["an XML error declared as CSV", S3_ERROR, { format: "csv" }, /XML or HTML/],
    ["an XML error with a declared delimiter", S3_ERROR, { delimiter: ";" }, /XML or HTML/],
    ["XML without a declaration", "<Error><Code>NoSuchKey</Code></Error>", { format: "tsv" }, /XML or HTML/],
    ["a feed", "<rows>\n  <row a='1'/>\n</rows>\n", {}, /XML or HTML/],
    ["a page to sign in as .csv", LOGIN, { name: "x.csv.gz" }, /XML or HTML/],
    ["a page to sign in as .json", `\n  ${LOGIN}`, { name: "x.json" }, /XML or HTML/],
    ["a page declared as NDJSON", LOGIN, { format: "ndjson" }, /XML or HTML/],
    [
      "a JSON array as .csv",
      '[{"a":1},{"a":2}]',
      { name: "x.csv" },
      /is named \.csv, but it holds JSON\. Fix: name it \.json/,
    ],
    ["NDJSON as .csv", '{"a":1,"b":2}\n{"a":3,"b":4}\n', { name: "x.csv" }, /it holds JSON/],
    ["NDJSON as .tsv", '{"a":1,"b":2}\n', { name: "x.tsv" }, /is named \.tsv/],
    [
      "an API's error declared as CSV",
      '{"error": "not found"}',
      { format: "csv" },
      /is declared as csv, but it holds JSON\. Fix: declare the format json/,
    ],
    ["arrays declared as CSV", '[["a",1],["b",2]]', { format: "csv" }, /it holds JSON/],
    ["CSV as .json", "a,b\n1,2\n", { name: "x.json" }, /is named \.json, but it doesn't hold JSON: "a,b\\n1,2\\n"/],
    ["CSV declared as NDJSON", "a,b\n1,2\n", { format: "ndjson" }, /declared as ndjson, but it doesn't hold JSON/],
    [
      "an array declared as NDJSON",
      '[\n{"a":1},\n{"a":2}\n]\n',
      { format: "ndjson" },
      /it holds a JSON array: .* Fix: declare the format json/,
    ],
    [
      "commas declared as TSV",
      "a,b,c\n1,2,3\n",
      { format: "tsv" },
      /declared as tab, which the header doesn't have, but comma divides the rows into 3 equal/,
    ],
    ["semicolons declared as commas", "a;b\n1;2\n", { delimiter: "," }, /Fix: declare the delimiter ";"/],
    [
      "a letter without a name",
      "Dear all,\nhere are the figures, as promised:\nmore, and, more\nBye\n",
      {},
      /neither JSON nor delimited/,
    ],
    ["bytes", "a,b\n1,\0\n", {}, /byte 6 is NUL/],
  ] as const) {
    it(`I14: ${what} is refused whole, with the reason`, async () => {
      await assert.rejects(readFile(text, options), (error: Error) => {
        assert.equal(error.name, "FileRefused");
        assert.match(error.message, reason);
        return true;
      });
    });
  }

  it("I14: what the name suggests is a hint where the content leaves it open", async () => {
    for (const [text, options, format, good] of [
      ['{"a":1}\n{"a":2}\n', { name: "x.json" }, "ndjson", 2],
      ['[{"a":1}]', { name: "x.jsonl" }, "json", 1],
      ['bad\n{"a":1}\n', { name: "x.ndjson" }, "ndjson", 1],
      ['{"a":1} {"a":2}', { name: "x.txt" }, "json", 2],
      ["a\tb,c\n1\t2,3\n", { name: "x.tsv" }, "tsv", 1],
    ] as const) {
      const read = await readFile(text, options);
      assert.deepEqual([read.format, read.good.length], [format, good], text);
    }
  });

  it("I14: an empty file and one of blank lines are of any format", async () => {
    for (const format of ["auto", "csv", "tsv", "json", "ndjson"] as const) {
      for (const text of ["", "\n\n", " "]) assert.deepEqual((await readFile(text, { format })).good, [], format);
    }
  });
});

describe("text: encodings", () => {
  const text = "näme,b\nÜ€😀,1\nx,2\n";
  const expected = [
    { näme: "Ü€😀", b: "1" },
    { näme: "x", b: "2" },
  ];
  const little = (marked: string): Buffer => Buffer.from(marked, "utf16le");
  const big = (marked: string): Buffer => little(marked).swap16();

  it("I14: a byte order mark wins over what is declared", async () => {
    for (const encoding of ["utf-8", "utf-16le", "windows-1252", "latin1"] as const) {
      for (const [name, bytes] of [
        ["utf-8", Buffer.from(`\ufeff${text}`)],
        ["utf-16le", little(`\ufeff${text}`)],
        ["utf-16be", big(`\ufeff${text}`)],
      ] as const) {
        const read = await readFile(bytes, { encoding });
        assert.deepEqual([read.encoding, read.good], [name, expected]);
      }
    }
  });

  it("I14: UTF-16 without a mark is known by its zeros", async () => {
    for (const encoding of ["utf-8", "utf-16le"] as const) {
      assert.deepEqual((await readFile(little(text), { encoding })).good, expected);
      assert.deepEqual((await readFile(big(text), { encoding })).good, expected);
    }
    const chinese = little("名字,城市\n王,北京\n");
    assert.deepEqual((await readFile(chinese, { encoding: "utf-16le" })).good, [{ 名字: "王", 城市: "北京" }]);
    await assert.rejects(
      readFile("a,b\n1,2\n", { encoding: "utf-16le" }),
      /declared as utf-16le, but it holds text of one byte/,
    );
    await assert.rejects(readFile(text, { encoding: "utf-16le" }), /one byte a character/);
    const wide = Buffer.from("a\0\0\0,\0\0\0", "latin1");
    await assert.rejects(readFile(Buffer.concat([Buffer.from([0xff, 0xfe, 0, 0]), wide])), /UTF-32/);
  });

  it("I14: latin1 is Windows-1252, as everywhere on the web: the euro and curly quotes are no control characters", async () => {
    const bytes = Buffer.from("n,b\n\x80 \x93a\x94,\xdc\n", "latin1");
    for (const encoding of ["latin1", "windows-1252"] as const) {
      const read = await readFile(bytes, { encoding });
      assert.deepEqual([read.encoding, read.good], ["windows-1252", [{ n: "€ “a”", b: "Ü" }]]);
    }
    // As the Encoding Standard lists them.
    const table = [
      0x20ac, 0x81, 0x201a, 0x192, 0x201e, 0x2026, 0x2020, 0x2021, 0x2c6, 0x2030, 0x160, 0x2039, 0x152, 0x8d, 0x17d,
      0x8f, 0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x2dc, 0x2122, 0x161, 0x203a, 0x153, 0x9d,
      0x17e, 0x178,
    ];
    const all = Buffer.from(Array.from({ length: 128 }, (_, index) => index + 128));
    const { good } = await readFile(Buffer.concat([Buffer.from("n\n"), all]), { encoding: "latin1" });
    const latin = Array.from({ length: 96 }, (_, index) => index + 0xa0);
    assert.deepEqual(good, [{ n: String.fromCharCode(...table, ...latin) }]);
  });
});
