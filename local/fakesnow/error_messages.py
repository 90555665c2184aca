"""Snowflake's error notifications, through SNS by the notification integration's own user and role."""

import json
import logging
import uuid

import clock
from copy_statement import parse_copy
from snowflake_aws import client

log = logging.getLogger("local.errors")


def tell_file(registry, pipe, entry):
    """A file that a pipe didn't load. @returns why it couldn't be told, or None"""
    return _publish(
        registry,
        pipe["errorIntegration"],
        {
            "messageType": "INGEST_FAILED_FILE",
            "pipeName": pipe["name"],
            "tableName": ".".join(parse_copy(pipe["copyStatement"]).table),
            "stageLocation": registry.get("stages", pipe["stage"])["url"],
            "messages": [{"fileName": entry["file"], "firstError": entry["firstError"]}],
        },
    )


def tell_task(registry, task, error):
    """A run of a task that failed. @returns why it couldn't be told, or None"""
    return _publish(
        registry,
        task["errorIntegration"],
        {
            "messageType": "USER_TASK_FAILED",
            "taskName": task["name"],
            "messages": [{"errorCode": "100038", "errorMessage": error}],
        },
    )


def _publish(registry, integration_name, message):
    common = {
        "version": "1.0",
        "messageId": str(uuid.uuid4()),
        "timestamp": clock.now().isoformat(),
        "accountName": "LOCAL",
    }
    try:
        integration = registry.get("notifications", integration_name)
        identity = registry.identities[("notifications", integration["name"])]
        sns = client("sns", identity.assume(integration["roleArn"]))
        sns.publish(TopicArn=integration["topicArn"], Message=json.dumps({**common, **message}))
    except Exception as error:
        log.warning("error notification: %s", error)
        return str(error)
    return None
