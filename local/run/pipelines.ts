import { connectors } from "./connectors";
import { exports } from "./exports";
import { ingestion } from "./ingestion";
import { kafka } from "./kafka";
import { orchestration } from "./orchestration";
import type { PipelineOf } from "./pipeline";
import { snowflake } from "./snowflake";

/** Every pipeline that a run knows, in the order of the report. */
export const pipelines: readonly PipelineOf[] = [ingestion, snowflake, connectors, orchestration, exports, kafka];
