"""Snowflake's side in AWS: the IAM users its integrations act as, and the queues that its pipes listen to."""

import hashlib
import json
import os
import secrets
from urllib.parse import unquote_plus

import boto3
from botocore.config import Config

REGION = "us-east-1"
_CONFIG = Config(s3={"addressing_style": "path"}, retries={"max_attempts": 2}, parameter_validation=True)
_MAY_ONLY_ASSUME = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}],
}


def client(service, credentials=None):
    given = credentials or {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    endpoint = os.environ["LOCAL_AWS_ENDPOINT"]
    return boto3.session.Session().client(service, endpoint_url=endpoint, region_name=REGION, config=_CONFIG, **given)


class Identity:
    """The IAM user and External ID of one integration. The key never leaves this process."""

    def __init__(self, name):
        self.external_id = f"LOCAL_SFCRole=1_{secrets.token_urlsafe(16)}"
        self._user = f"snowflake-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
        iam = client("iam")
        try:
            self.arn = iam.create_user(UserName=self._user)["User"]["Arn"]
        except iam.exceptions.EntityAlreadyExistsException:
            self.arn = iam.get_user(UserName=self._user)["User"]["Arn"]
        iam.put_user_policy(UserName=self._user, PolicyName="assume", PolicyDocument=json.dumps(_MAY_ONLY_ASSUME))
        key = iam.create_access_key(UserName=self._user)["AccessKey"]
        self._key_id = key["AccessKeyId"]
        self._credentials = {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}

    def assume(self, role_arn):
        """Credentials of the role, by the integration's own user and External ID."""
        answer = client("sts", self._credentials).assume_role(
            RoleArn=role_arn, RoleSessionName="snowflake", ExternalId=self.external_id
        )["Credentials"]
        return {
            "aws_access_key_id": answer["AccessKeyId"],
            "aws_secret_access_key": answer["SecretAccessKey"],
            "aws_session_token": answer["SessionToken"],
        }

    def remove(self):
        iam = client("iam")
        iam.delete_access_key(UserName=self._user, AccessKeyId=self._key_id)
        iam.delete_user_policy(UserName=self._user, PolicyName="assume")
        iam.delete_user(UserName=self._user)


class Channel:
    """The queue that a bucket's events reach Snowflake by: as in Snowflake, one for all pipes on that bucket."""

    def __init__(self, bucket):
        self.bucket = bucket
        self._sqs = client("sqs")
        name = f"sf-snowpipe-{hashlib.sha256(bucket.encode()).hexdigest()[:16]}"
        self.url = self._sqs.create_queue(QueueName=name)["QueueUrl"]
        self.arn = self._sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        policy = {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "s3.amazonaws.com"},
                    "Action": "sqs:SendMessage",
                    "Resource": self.arn,
                    "Condition": {"ArnEquals": {"aws:SourceArn": f"arn:aws:s3:::{bucket}"}},
                }
            ],
        }
        self._sqs.set_queue_attributes(QueueUrl=self.url, Attributes={"Policy": json.dumps(policy)})

    def receive(self):
        """(receipt, [(bucket, key)]) of each waiting message."""
        answer = self._sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10, WaitTimeSeconds=0)
        return [(message["ReceiptHandle"], _created(message["Body"])) for message in answer.get("Messages", [])]

    def delete(self, receipt):
        self._sqs.delete_message(QueueUrl=self.url, ReceiptHandle=receipt)

    def waiting(self):
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        counts = self._sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=names)["Attributes"]
        return sum(int(counts[name]) for name in names)


def _created(body):
    """The objects of a notification: S3's own, the same through SNS, or none (S3's test event)."""
    document = json.loads(body)
    if isinstance(document.get("Message"), str) and "TopicArn" in document:
        document = json.loads(document["Message"])
    return [
        (record["s3"]["bucket"]["name"], unquote_plus(record["s3"]["object"]["key"]))
        for record in document.get("Records", [])
        if record.get("eventName", "").startswith("ObjectCreated:")
    ]
