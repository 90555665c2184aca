import { gunzipSync } from "node:zlib";
import type { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { DynamoDBRecord } from "aws-lambda";
import { attributesJson } from "../../../../functions/snowflake-landing/changes/changeLine";
import { writeChanges } from "../../../../functions/snowflake-landing/table-changes/writeChanges";
import {
  type SegmentRequest,
  scanSegment,
  snapshot,
} from "../../../../functions/snowflake-landing/table-snapshot/snapshot";
import type { Changed, FakeDynamo } from "../fakeDynamo";
import { FakeQueue } from "./queues";
import { Actor, type Simulation } from "./scheduling";

/** Records that the stream hands over at once. */
const BATCH = 4;
const SHARDS = 2;
/** Calls after which a full load's invocation has no more time. */
const PATIENCE = 3;

const quiet = (): void => undefined;
const LOG = { debug: quiet, info: quiet, warn: quiet, error: quiet };

/** A line of a change file. */
interface Row {
  readonly op: string;
  readonly pk: string;
  readonly sk: string;
  readonly sequence: string;
  readonly at: string;
}

/**
 * A table's stream, the function that writes its changes into files, the one that reads the whole table, and a
 * Snowflake that loads each name once, in any order.
 */
export class TableChanges {
  private readonly shards = Array.from({ length: SHARDS }, (): DynamoDBRecord[] => []);
  private readonly reading = new Set<number>();
  private readonly files = new Map<string, Buffer>();
  /** What Snowpipe has loaded, by the name of its file. */
  private readonly loaded = new Map<string, string>();
  private readonly fullLoad: FakeQueue;
  private sequence = 95;
  private invocations = 0;

  constructor(
    private readonly table: FakeDynamo,
    private readonly simulation: Simulation,
  ) {
    table.onChange = (change) => this.record(change);
    this.fullLoad = new FakeQueue("full load", simulation, 2, ({ body, group }, actor) =>
      this.scan(body, group, actor),
    );
  }

  /** Starts a full load. */
  load(segments: number): void {
    this.fullLoad.send(JSON.stringify({ segments }));
  }

  redrive(): void {
    this.fullLoad.redrive();
  }

  /** What is wrong once everything has come to rest. */
  problems(): string[] {
    const found = [...this.files].flatMap(([name, body]) =>
      this.loaded.get(name) === textOf(body) ? [] : [`${name} isn't in Snowflake as it is in the bucket`],
    );
    const newest = new Map<string, [Row, string]>();
    for (const line of [...this.loaded.values()].flatMap((text) => text.trimEnd().split("\n"))) {
      const row = JSON.parse(line) as Row;
      const [before] = newest.get(`${row.pk} ${row.sk}`) ?? [];
      if (before !== undefined && [before.sequence, before.at].join() >= [row.sequence, row.at].join()) continue;
      newest.set(`${row.pk} ${row.sk}`, [row, line]);
    }
    const shown = new Map([...newest].filter(([, [{ op }]]) => op !== "REMOVE").map(([key, [, line]]) => [key, line]));
    const expected = new Map(
      this.table.items.map((item) => [`${item.pk?.S} ${item.sk?.S}`, `"item":${attributesJson(item as never)}}`]),
    );
    for (const key of new Set([...shown.keys(), ...expected.keys()])) {
      const [line = "nothing", item = "nothing"] = [shown.get(key), expected.get(key)];
      if (!line.endsWith(item)) found.push(`Snowflake shows ${line} of ${key}, the table has ${item}`);
    }
    return found;
  }

  private record({ keys, before, after }: Changed): void {
    const record: DynamoDBRecord = {
      eventName: before === undefined ? "INSERT" : after === undefined ? "REMOVE" : "MODIFY",
      dynamodb: {
        Keys: keys as never,
        NewImage: after as never,
        // From two digits to three and more: as text they would be in another order.
        SequenceNumber: String(this.sequence++),
        ApproximateCreationDateTime: Math.floor(this.simulation.now / 1000),
        StreamViewType: "NEW_IMAGE",
      },
    };
    const shard = [...`${keys.pk?.S}${keys.sk?.S}`].reduce((sum, character) => sum + character.charCodeAt(0), 0);
    this.shards[shard % SHARDS]?.push(record);
    this.wake(shard % SHARDS);
  }

  private wake(shard: number): void {
    if (this.reading.has(shard)) return;
    this.reading.add(shard);
    void this.simulation.turn(`stream: shard ${shard}`).then(async () => {
      const batch = this.shards[shard]?.splice(0, BATCH) ?? [];
      await this.deliver(batch);
      this.reading.delete(shard);
      if ((this.shards[shard]?.length ?? 0) > 0) this.wake(shard);
    });
  }

  /** As Lambda does: a batch that fails is tried again in halves, one that is partly done from where it stopped. */
  private async deliver(batch: readonly DynamoDBRecord[]): Promise<void> {
    for (let left = batch; left.length > 0; ) {
      const actor = new Actor(`changes ${++this.invocations}`, this.simulation);
      let failed: string | undefined;
      const end = await actor.live(async () => {
        const options = {
          s3: this.s3(actor),
          log: LOG,
          bucket: "stage",
          prefix: "changes/",
          keyAttributes: ["pk", "sk"],
        };
        const { batchItemFailures } = await writeChanges({ Records: [...left] }, options);
        failed = batchItemFailures[0]?.itemIdentifier;
      });
      if (end === "done" && failed === undefined) return;
      if (end === "done") {
        left = left.slice(left.findIndex(({ dynamodb }) => dynamodb?.SequenceNumber === failed));
      } else if (left.length > 1) {
        const half = Math.ceil(left.length / 2);
        await this.deliver(left.slice(0, half));
        left = left.slice(half);
      }
    }
  }

  private scan(body: string, requestId: string, actor: Actor): Promise<unknown> {
    return snapshot(JSON.parse(body), {
      log: LOG,
      requestId: requestId.replace(" ", "-"),
      invokeSelf: (request: SegmentRequest) =>
        actor.call("invoke itself", () => this.fullLoad.send(JSON.stringify(request))),
      scan: (request) =>
        scanSegment(request, {
          dynamoDb: this.table.client(actor),
          s3: this.s3(actor),
          log: LOG,
          table: "table",
          bucket: "stage",
          prefix: "changes/",
          keyAttributes: ["pk", "sk"],
          fileBytes: 400,
          timeIsUp: () => actor.calls >= PATIENCE,
          now: () => new Date(this.simulation.now),
        }),
    });
  }

  private s3(actor: Actor): Pick<S3Client, "send"> {
    const send = ({ input }: PutObjectCommand): Promise<unknown> =>
      actor.call(`put ${input.Key}`, () => this.put(input.Key ?? "", input.Body as Buffer));
    return { send } as unknown as Pick<S3Client, "send">;
  }

  private put(name: string, body: Buffer): void {
    this.files.set(name, body);
    void this.simulation.turn(`Snowpipe: ${name}`).then(() => {
      if (!this.loaded.has(name)) this.loaded.set(name, textOf(this.files.get(name) as Buffer));
    });
  }
}

function textOf(packed: Buffer): string {
  return gunzipSync(packed).toString();
}
