/** Every Snowflake type that the local cloud knows: add a file, name it here. */
import type { AnyResourceType } from "../core/resourceType";
import { accountRole } from "./accountRole";
import { database } from "./database";
import { fileFormat } from "./fileFormat";
import { grantPrivilegesToAccountRole } from "./grantPrivilegesToAccountRole";
import { notificationIntegration } from "./notificationIntegration";
import { pipe } from "./pipe";
import { schema } from "./schema";
import { stage } from "./stage";
import { storageIntegration } from "./storageIntegration";
import { table } from "./table";
import { task } from "./task";
import { view } from "./view";

export const resources: readonly AnyResourceType[] = [
  accountRole,
  database,
  fileFormat,
  grantPrivilegesToAccountRole,
  notificationIntegration,
  pipe,
  schema,
  stage,
  storageIntegration,
  table,
  task,
  view,
];
