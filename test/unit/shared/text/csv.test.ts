import assert from "node:assert/strict";
import { parse } from "csv-parse/sync";
import fc from "fast-check";
import Papa from "papaparse";
import { columnNames } from "../../../../functions/shared/text/columns";
import { FileRefused } from "../../../../functions/shared/text/cut";
import { CSV, cutsOf, RULES, readFile } from "./reading";

/** Rows `1,n1,x` and so on, of which some are written in another way. */
function rows(count: number, others: Readonly<Record<number, string>>): string {
  return Array.from({ length: count }, (_, index) => others[index + 1] ?? `${index + 1},n${index + 1},x`).join("\n");
}

async function idsOf(body: string, header = "id,name,kind"): Promise<{ ids: string[]; problems: string[] }> {
  const { good, problems } = await readFile(`${header}\n${body}\n`, { format: "csv" });
  return { ids: (good as { id: string }[]).map(({ id }) => id), problems };
}

function without(count: number, ...missing: number[]): string[] {
  return Array.from({ length: count }, (_, index) => String(index + 1)).filter((id) => !missing.includes(Number(id)));
}

describe("text: quotes that don't match", () => {
  it("I14: a stray quote costs its record, however far away the next quote is, where peers lose thousands", async () => {
    const body = rows(20_000, { 10: '10,"n10,x', 20000: '20000,"n, 20000",x' });
    const { ids, problems } = await idsOf(body);
    assert.deepEqual(ids, without(20_000, 10));
    assert.equal(problems.length, 1);
    assert.match(problems[0] ?? "", /a quote opens that isn't closed/);
    const papa = Papa.parse<string[]>(body).data.filter((fields) => fields.length === 3);
    assert.ok(papa.length < 20, `${papa.length} rows`);
    assert.throws(() => parse(body), { code: /QUOTE/ });
    assert.ok((parse(body, { skip_records_with_error: true, relax_quotes: true }) as unknown[]).length < 20);
  });

  for (const [what, others, lost] of [
    ["never closed", { 10: '10,"n10,x' }, [10]],
    ["in the last row", { 50: '50,"n50,x' }, [50]],
    ["in the last field", { 10: '10,n10,"x' }, [10]],
    ["in the first field", { 10: '"10,n10,x' }, [10]],
    ["two of them", { 10: '10,"n10,x', 30: '30,"n30,x' }, [10, 30]],
    [
      "one in every row",
      Object.fromEntries(Array.from({ length: 50 }, (_, i) => [i + 1, `${i + 1},"n,x`])),
      without(50),
    ],
    ["before a ragged row and a quoted one", { 10: '10,"n10,x', 12: "12,n12", 15: '15,"a, b",x' }, [10, 12]],
    ["before a record of several lines", { 10: '10,"n10,x', 15: '15,"line\nline, and ""line""",x' }, [10]],
    ["before doubled quotes", { 10: '10,"n10,x', 15: '15,"""a""",x', 20: '20,"",x' }, [10]],
    ["after text within quotes", { 10: '10,"n10" x,x' }, [10]],
    ["with blank lines after it", { 10: '10,"n10,x\n\n', 20: "20,n20,x\n" }, [10]],
  ] as const) {
    it(`I14: a stray quote costs one record: ${what}`, async () => {
      const { ids, problems } = await idsOf(rows(50, others as Record<number, string>));
      assert.deepEqual(ids, without(50, ...lost.map(Number)));
      assert.equal(problems.length, lost.length);
    });
  }

  it("I14: a record of several lines that is bad costs itself, and its lines aren't taken for records", async () => {
    for (const bad of [
      '10,"some text\nand, then, more\nof it",x,one too many',
      '10,"he said\n"what, me"\nand left, slowly",x',
      '10,"first line\nsecond line\nthird, with a comma" and more,x',
    ]) {
      const { ids, problems } = await idsOf(rows(20, { 10: bad }));
      assert.deepEqual(ids, without(20, 10), bad);
      assert.ok(problems.length >= 1);
    }
  });

  it("I14: what may be the rest of a torn record isn't loaded, the next one is", async () => {
    const { good, problems } = await readFile('a,b,c\n"he said "hi"\nand left",2,3\n4,5" pipe,6\n7,8,9"\n', {});
    assert.deepEqual(good, [
      { a: "4", b: '5" pipe', c: "6" },
      { a: "7", b: "8", c: '9"' },
    ]);
    assert.match(problems[1] ?? "", /may be the rest of that one/);
  });

  it("I14: a field of many lines is read whole, with records alike before and after, and one that is too long costs itself", async () => {
    const text = Array.from({ length: 5000 }, (_, index) => `line ${index}`).join("\n");
    const body = rows(20, { 10: `10,"${text}",x` });
    const { good } = await readFile(`id,name,kind\n${body}\n`, { format: "csv" });
    assert.deepEqual(good[9], { id: "10", name: text, kind: "x" });
    const { good: others, problems } = await readFile(
      `id,name,kind\n${body}\n`,
      { format: "csv" },
      { maxRecordBytes: 2000 },
    );
    assert.deepEqual(
      (others as { id: string }[]).map(({ id }) => id),
      without(20, 10),
    );
    assert.deepEqual(problems, ["longer than 2000 bytes; raise limits.maxRecordBytes, or split the record"]);
  });

  it("I14: a stray quote is given up within the bound too, also after lines that were no records", async () => {
    const prose = Array.from({ length: 100 }, (_, index) => `prose without a comma ${index}`).join("\n");
    for (const [stray, most] of [
      ['10,"n10,x', 1],
      [`10,"n10,x\n${prose}`, 100],
    ] as const) {
      const text = `id,name,kind\n${rows(2000, { 10: stray })}\n`;
      const { good, problems } = await readFile(text, { format: "csv" }, { maxRecordBytes: 2000 });
      assert.deepEqual(
        (good as { id: string }[]).map(({ id }) => id),
        without(2000, 10),
      );
      assert.ok(problems.length <= most, `${problems.length} problems`);
    }
  });

  it("I14: with one or two columns, where any text looks like a record, lines are saved only when nearly all do", async () => {
    const one = await readFile('name\nAda\n"Bob\nEve\nJoe\n', { format: "csv" });
    assert.deepEqual([one.good, one.problems.length], [[{ name: "Ada" }, { name: "Eve" }, { name: "Joe" }], 1]);
    const two = await readFile('id,text\n1,a\n2,"Dear all\nI like a, b\nand so on\nand so forth\n', { format: "csv" });
    assert.deepEqual([two.good, two.problems.length], [[{ id: "1", text: "a" }], 1]);
  });

  it("I14: blanks between a closing quote and the delimiter are passed over; a quote elsewhere is a character", async () => {
    const { good } = await readFile('a,b\n"x" ,2\n5" pipe,"3"\t\n say "so",y\n', { format: "csv" });
    assert.deepEqual(good, [
      { a: "x", b: "2" },
      { a: '5" pipe', b: "3" },
      { a: ' say "so"', b: "y" },
    ]);
  });

  it("I14: blank lines are passed over, also in a file of one column, where an empty value is written in quotes", async () => {
    const { records } = await readFile('a\n\n1\n""\n\n2\n\n', { format: "csv" });
    assert.deepEqual(records, [{ a: "1" }, { a: "" }, { a: "2" }]);
  });

  it("I14: a header whose quote isn't closed refuses the file, early", async () => {
    for (const text of ['id,"name,kind\n1,2,3\n', `id,"name\n${"1,2\n".repeat(60_000)}`, 'id,"na"me\n1,2\n']) {
      await assert.rejects(readFile(text, { format: "csv" }), /The header can't be read \(line 1\)/);
    }
    const { columns } = await readFile('id,"two\nlines"\n1,2\n', { format: "csv" });
    assert.deepEqual(columns, ["id", "two\nlines"]);
  });
});

describe("text: delimited text held against csv-parse and PapaParse", () => {
  // As a sound writer has them: quoted where they must be, some where they needn't.
  const plain = fc.string({ unit: fc.constantFrom("a", "é", "😀", " ", "'", "\\", "\t", ".", "0"), maxLength: 6 });
  const hard = fc.string({ unit: fc.constantFrom("a", ",", '"', "\n", "\r\n", ";", "\\", " "), maxLength: 8 });
  const written = fc.oneof(
    plain.filter((value) => value !== "").map((value) => ({ value, text: value })),
    fc.oneof(plain, hard).map((value) => ({ value, text: `"${value.replaceAll('"', '""')}"` })),
  );
  const table = fc
    .integer({ min: 2, max: 5 })
    .chain((columns) =>
      fc.array(fc.array(written, { minLength: columns, maxLength: columns }), { minLength: 1, maxLength: 20 }),
    );

  it("I14: sound files give the records that both give, whatever the line ends", async () => {
    await fc.assert(
      fc.asyncProperty(table, fc.constantFrom("\n", "\r\n"), fc.boolean(), async (body, end, ended) => {
        const header = (body[0] ?? []).map((_, index) => `c${index}`);
        const text = [header.join(","), ...body.map((row) => row.map(({ text }) => text).join(","))].join(end);
        const whole = ended ? text + end : text;
        const values = body.map((row) => row.map(({ value }) => value));
        const records = cutsOf(CSV, Buffer.from(whole)).cuts.map(({ body }) => JSON.parse(`{"_":0${body}`));
        assert.deepEqual(
          records.map(({ _, ...record }) => Object.values(record)),
          values,
        );
        const options = { delimiter: ",", newline: end as "\n", skipEmptyLines: true } as const;
        assert.deepEqual(Papa.parse<string[]>(whole, options).data.slice(1), values);
        assert.deepEqual(parse(whole, { record_delimiter: end }).slice(1), values);
      }),
      { numRuns: 300 },
    );
  });

  const token = fc.constantFrom("a", "b", '"', '"', ",", ",", "\n", "\n", '""', '","', "\r\n", "x\n");
  const anything = fc.string({ unit: token, maxLength: 60, size: "max" });
  const sizes = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 5 });
  const bounds = fc.constantFrom(1_000_000, 12, 5);

  it("I14: any text: each line is of one record, wherever chunks end, and reading on from any record gives the rest", () => {
    fc.assert(
      fc.property(
        anything,
        fc.constantFrom("a", "a,b", "a,b,c"),
        sizes,
        bounds,
        (body, head, chunks, maxRecordBytes) => {
          const bytes = Buffer.from(`${head}\n${body}`);
          const rules = { maxRecordBytes };
          const { cuts, header } = cutsOf(CSV, bytes, undefined, undefined, rules);
          assert.deepEqual(cutsOf(CSV, bytes, chunks, undefined, rules).cuts, cuts);
          let line = 2;
          let offset = head.length + 1;
          for (const [index, cut] of cuts.entries()) {
            assert.ok(cut.line >= line && cut.end > offset, "one after the other");
            line = cut.nextLine;
            offset = cut.end;
            const from = { offset, line, header, state: JSON.parse(JSON.stringify(cut.state ?? null)) ?? undefined };
            const rest = cutsOf(CSV, bytes.subarray(offset), chunks, from, rules).cuts;
            assert.deepEqual(rest, cuts.slice(index + 1));
          }
          assert.equal(
            bytes
              .subarray(offset)
              .toString()
              .replaceAll(/[\r\n]/g, ""),
            "",
            "nothing is left out",
          );
        },
      ),
      { numRuns: 1500 },
    );
  });

  it("I14: any text: a record that both peers and the grammar have alike is ours too", () => {
    const text = fc.array(
      fc.array(fc.constantFrom("a", "b c", '"x, y"', '"q""q"', '""', '"two\nlines"'), { minLength: 3, maxLength: 3 }),
      {
        minLength: 4,
        maxLength: 12,
      },
    );
    fc.assert(
      fc.property(
        text,
        fc.nat(),
        fc.constantFrom('1,"2,3', '1,2"2,3', '"1"1,2,3', "1,2", "1,2,3,4"),
        (body, at, bad) => {
          const lines = body.map((row) => row.join(","));
          const place = at % (lines.length + 1);
          const withBad = ["h1,h2,h3", ...lines.slice(0, place), bad, ...lines.slice(place)].join("\n");
          const values = cutsOf(CSV, Buffer.from(`${withBad}\n`)).cuts.flatMap(({ body: json }) =>
            json === undefined ? [] : [JSON.stringify(Object.values(JSON.parse(`{${json.slice(1)}`)))],
          );
          const sound = body.map((row) => JSON.stringify((parse(row.join(",")) as string[][])[0]));
          // A bare quote within a field that isn't quoted is a character, as for both peers when they are told to relax.
          const expected =
            bad === '1,2"2,3' ? [...sound.slice(0, place), '["1","2\\"2","3"]', ...sound.slice(place)] : sound;
          assert.deepEqual(values, expected);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe("text: headers", () => {
  it("I15: names are bounded after naming, as JSON, and together", async () => {
    for (const [header, reason] of [
      [",".repeat(40_000), /40001 columns have \d+ bytes, 131072 are allowed/],
      [`${"a".repeat(140_000)},b`, /longer than 131072 bytes/],
      [`"${"\u0001".repeat(30_000)}",b`, /The names of the header's 2 columns have 180\d{3} bytes/],
      [`"${"a\n".repeat(70_000)}",b`, /longer than 131072 bytes/],
    ] as const) {
      await assert.rejects(readFile(`${header}\n1,2\n`, { format: "csv", delimiter: "," }), (error: Error) => {
        assert.ok(error instanceof FileRefused);
        assert.match(error.message, reason);
        return true;
      });
    }
    assert.equal((await readFile(`${"a,".repeat(9_999)}a\n`, { format: "csv" })).columns?.length, 10_000);
  });

  it("I15: to name columns that are called alike costs a look or two each, however many there are", () => {
    const { has } = Set.prototype;
    let looks = 0;
    Set.prototype.has = function (value) {
      looks++;
      return has.call(this, value);
    };
    try {
      columnNames(Array.from({ length: 10_000 }, () => "a"));
    } finally {
      Set.prototype.has = has;
    }
    assert.ok(looks <= 20_000, `${looks} looks at the names that are taken`);
  });

  it("I21: a column that the key needs and the header hasn't refuses the file, with the header's names", async () => {
    const rules = { ...RULES, required: ["id", "Name"] };
    await assert.rejects(
      readFile("ID,name,x\n1,2,3\n", {}, rules),
      /The header has no "id", "Name", which the key needs; it has "ID", "name", "x"\. Fix: /,
    );
    assert.equal((await readFile("Name,x,id\n1,2,3\n", {}, rules)).good.length, 1);
    const many = Array.from({ length: 50 }, (_, index) => `c${index}`).join(",");
    await assert.rejects(readFile(many, {}, rules), /"c19", 30 more\./);
  });
});
