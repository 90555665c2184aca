"""Runs the peers that the arguments name on policy documents: [{name, kind, service, document}] on standard input."""

import contextlib
import io
import json
import logging
import os
import re
import sys
import tempfile
import time

logging.disable(logging.CRITICAL)
os.environ.setdefault("LOG_LEVEL", "CRITICAL")

RESOURCES = {
    "s3": ("aws_s3_bucket_policy", "bucket = \"b\"", "policy"),
    "sqs": ("aws_sqs_queue_policy", "queue_url = \"q\"", "policy"),
    "sns": ("aws_sns_topic_policy", "arn = \"t\"", "policy"),
    "kms": ("aws_kms_key", "enable_key_rotation = true", "policy"),
    "ecr": ("aws_ecr_repository_policy", "repository = \"r\"", "policy"),
    "secretsmanager": ("aws_secretsmanager_secret_policy", "secret_arn = \"s\"", "policy"),
}


def terraform(case):
    """The document in the Terraform resource that holds such a policy; None where there is none."""
    if case["kind"] == "identity":
        kind, argument, attribute = "aws_iam_policy", 'name = "p"', "policy"
    elif case["kind"] == "trust":
        kind, argument, attribute = "aws_iam_role", 'name = "r"', "assume_role_policy"
    elif case.get("service") in RESOURCES:
        kind, argument, attribute = RESOURCES[case["service"]]
    else:
        return None
    text = json.dumps(case["document"], indent=2).replace("${", "$${")
    return f'resource "{kind}" "x" {{\n  {argument}\n  {attribute} = <<POLICY\n{text}\nPOLICY\n}}\n'


def checkov(cases):
    from checkov.runner_filter import RunnerFilter
    from checkov.terraform.runner import Runner

    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for i, case in enumerate(cases):
            text = terraform(case)
            if text is None:
                continue
            found[case["name"]] = []
            os.mkdir(os.path.join(folder, str(i)))
            with open(os.path.join(folder, str(i), "main.tf"), "w", encoding="utf8") as file:
                file.write(text)
        start = time.perf_counter()
        report = Runner().run(root_folder=folder, runner_filter=RunnerFilter(framework=["terraform"]))
        seconds = time.perf_counter() - start
        for check in report.failed_checks:
            index = int(re.search(r"/(\d+)/main\.tf", check.file_path).group(1))
            found[cases[index]["name"]].append(check.check_id)
    return found, seconds


def parliament(cases):
    from parliament import analyze_policy_string

    found, seconds = {}, 0.0
    for case in cases:
        if case["kind"] != "identity":
            continue
        text = json.dumps(case["document"])
        start = time.perf_counter()
        try:
            findings = analyze_policy_string(text, include_community_auditors=True).findings
            found[case["name"]] = [finding.issue for finding in findings]
        except Exception as error:  # What it does with a document is part of the result.
            found[case["name"]] = [f"exception {type(error).__name__}"]
        seconds += time.perf_counter() - start
    return found, seconds


def cloudsplaining(cases):
    from cloudsplaining.scan.policy_document import PolicyDocument

    aspects = {
        "PrivilegeEscalation": "allows_privilege_escalation",
        "ResourceExposure": "permissions_management_without_constraints",
        "DataExfiltration": "allows_data_exfiltration_actions",
        "CredentialsExposure": "credentials_exposure",
        "ServiceWildcard": "service_wildcard",
        "InfrastructureModification": "infrastructure_modification",
    }
    found, seconds = {}, 0.0
    for case in cases:
        if case["kind"] != "identity":
            continue
        start = time.perf_counter()
        try:
            document = PolicyDocument(case["document"])
            found[case["name"]] = [name for name, aspect in aspects.items() if getattr(document, aspect)]
        except Exception as error:
            found[case["name"]] = [f"exception {type(error).__name__}"]
        seconds += time.perf_counter() - start
    return found, seconds


def main():
    cases = json.load(sys.stdin)
    result = {}
    for tool in (tool for tool in (checkov, parliament, cloudsplaining) if tool.__name__ in sys.argv[1:]):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            tool(cases[:1])  # Loading its own data is not the documents' time.
            found, seconds = tool(cases)
        result[tool.__name__] = {"found": found, "seconds": seconds}
    json.dump(result, sys.stdout)


main()
