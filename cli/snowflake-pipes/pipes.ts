/** What is done with pipes around their replacement: paused before, made whole after. */
import type { Row, RunSql } from "./sqlApi";

/** A pipe and what it loads from and into, each as SQL names it. */
export interface Pipe {
  readonly pipe: string;
  readonly stage: string;
  readonly table: string;
  /** Prefix of the stage in the bucket, with the slash at the end. */
  readonly prefix: string;
}

export interface PipePorts {
  readonly sql: RunSql;
  readonly print: (line: string) => void;
  readonly now: () => Date;
  /** Waits until the next look at a pipe. */
  readonly wait: () => Promise<unknown>;
}

/** How often to look at a pipe before giving up. */
const looks = 360;

interface Status {
  readonly executionState: string;
  readonly pendingFileCount: number;
}

/** Stops the pipes and waits until nothing is being loaded: a load that ends after its pipe is gone would be done again. */
export async function pausePipes(pipes: readonly Pipe[], ports: PipePorts): Promise<void> {
  for (const { pipe } of pipes) await ports.sql(`ALTER PIPE ${pipe} SET PIPE_EXECUTION_PAUSED = TRUE`);
  for (const each of pipes) {
    const { pendingFileCount } = await until(each, ports, ({ executionState }) => executionState === "PAUSED");
    ports.print(`${each.pipe} is paused; ${pendingFileCount} files wait, which repair will load`);
  }
}

/** What became of one pipe's files. */
export interface Repair {
  /** Files that were put to the pipe again. */
  readonly refreshed: readonly string[];
  /** Files that are still not in the table. */
  readonly missing: readonly string[];
  /** Rows of a file that are in the table more than once. */
  readonly doubled: number;
}

/**
 * Puts to the pipe exactly the files under its stage that aren't in its table, and waits until it is done with them. Of
 * a file that the pipe has loaded meanwhile it knows itself, so that none is loaded twice.
 */
export async function repairPipe(pipe: Pipe, ports: PipePorts): Promise<Repair> {
  const { sql, print } = ports;
  await sql(`ALTER PIPE ${pipe.pipe} SET PIPE_EXECUTION_PAUSED = FALSE`);
  const { missing, present } = await compare(pipe, ports);
  const refreshed: string[] = [];
  for (const file of missing) {
    const also = present.find((other) => other.startsWith(file));
    if (also !== undefined) {
      print(
        `${file}: not refreshed, since ${also}, whose name begins with it, would be loaded again. Load it by COPY INTO with FILES`,
      );
      continue;
    }
    await sql(`ALTER PIPE ${pipe.pipe} REFRESH PREFIX = '${file.slice(pipe.prefix.length).replaceAll("'", "''")}'`);
    refreshed.push(file);
  }
  if (refreshed.length > 0) await until(pipe, ports, ({ pendingFileCount }) => pendingFileCount === 0);
  return { refreshed, missing: (await compare(pipe, ports)).missing, doubled: await doubledRows(pipe, sql) };
}

/** REFRESH takes files of the last 7 days; an hour less, for the time that this takes. */
const refreshable = 7 * 86_400_000 - 3_600_000;

/** Files under the stage that are in the table, and those that aren't. */
async function compare({ stage, table, prefix }: Pipe, { sql, now }: PipePorts) {
  const since = now().getTime() - refreshable;
  const listed = await sql(`LIST @${stage}`);
  const recent = listed.filter((row) => Date.parse(row.last_modified ?? "") >= since).map(keyOf);
  const rows = await sql(
    `SELECT DISTINCT "_FILE" AS "NAME" FROM ${table} WHERE "_LOADED_AT" >= DATEADD(DAY, -8, CURRENT_TIMESTAMP())`,
  );
  const loaded = new Set(rows.map(({ NAME }) => NAME));
  const mine = recent.filter((key) => key.startsWith(prefix) && !key.endsWith("/"));
  return { missing: mine.filter((key) => !loaded.has(key)), present: mine.filter((key) => loaded.has(key)) };
}

/** `s3://bucket/a/b.csv` → `a/b.csv`, as METADATA$FILENAME has it. */
function keyOf({ name }: Row): string {
  return (name ?? "").replace(/^\w+:\/\/[^/]+\//, "");
}

async function doubledRows({ table }: Pipe, sql: RunSql): Promise<number> {
  const [row] = await sql(
    `SELECT COUNT(*) AS "DOUBLED" FROM (SELECT "_FILE", "_FILE_ROW" FROM ${table} GROUP BY "_FILE", "_FILE_ROW" HAVING COUNT(*) > 1) AS "ROWS"`,
  );
  return Number(row?.DOUBLED ?? 0);
}

/** Keeps, of each row that was loaded more than once, the one that was loaded first. */
export function withoutDoubles({ table }: Pipe): string {
  return (
    `DELETE FROM ${table} AS late USING (SELECT "_FILE", "_FILE_ROW", MIN("_LOADED_AT") AS "FIRST" FROM ${table} ` +
    'GROUP BY "_FILE", "_FILE_ROW" HAVING COUNT(*) > 1) AS kept WHERE late."_FILE" = kept."_FILE" ' +
    'AND late."_FILE_ROW" = kept."_FILE_ROW" AND late."_LOADED_AT" > kept."FIRST";'
  );
}

async function until({ pipe }: Pipe, { sql, wait }: PipePorts, good: (status: Status) => boolean): Promise<Status> {
  for (let look = 0; look < looks; look++) {
    const [row] = await sql(`SELECT SYSTEM$PIPE_STATUS('${pipe}') AS "STATUS"`);
    const status = JSON.parse(row?.STATUS ?? "{}") as Status;
    if (/^STOPPED|^STALLED/.test(status.executionState)) {
      throw new Error(`${pipe} is ${status.executionState}: it loads nothing any more. Fix: pulumi up makes it anew`);
    }
    if (good(status)) return status;
    await wait();
  }
  throw new Error(`${pipe} isn't done after ${looks} looks; run the command again`);
}
