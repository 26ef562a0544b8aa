"""What an ordinary boto3 client does with a Secrets Manager. Run as: session.py NAME_OF_A_ROTATION_FUNCTION

The endpoint and the credentials come from the environment, as for any other program that uses boto3. Each function
below is a check; the program prints their names and ends with an exception at the first that does not hold.
"""

import json
import sys
from datetime import timezone

import boto3
from botocore.waiter import WaiterModel, create_waiter_with_client

secrets = boto3.client("secretsmanager")
functions = boto3.client("lambda")

# boto3 has no waiters for Secrets Manager, but a way to make some.
WAITERS = WaiterModel(
    {
        "version": 2,
        "waiters": {
            "RotationEnded": {
                "operation": "DescribeSecret",
                "delay": 0.1,
                "maxAttempts": 300,
                "acceptors": [
                    {
                        "matcher": "path",
                        "argument": "length(values(VersionIdsToStages)[?contains(@, 'AWSPENDING')]) == `0`"
                        " && LastRotatedDate != null",
                        "expected": True,
                        "state": "success",
                    }
                ],
            },
            "SecretGone": {
                "operation": "DescribeSecret",
                "delay": 0.1,
                "maxAttempts": 300,
                "acceptors": [
                    {"matcher": "error", "expected": "ResourceNotFoundException", "state": "success"}
                ],
            },
        },
    }
)


def wait(name, **request):
    """Waits by one of the waiters above."""
    create_waiter_with_client(name, WAITERS, secrets).wait(**request)


def refused(error, text, call, **request):
    """The call is refused by this exception of the client, in a message that has this text."""
    try:
        call(**request)
    except error as refusal:
        assert text in refusal.response["Error"]["Message"], refusal
    else:
        raise AssertionError(f"{call.__name__} was not refused with {error.__name__}")


def by_hand(call, **request):
    """The pages of an operation that boto3 has no paginator for."""
    page = call(**request)
    yield page
    while "NextToken" in page:
        page = call(**request, NextToken=page["NextToken"])
        yield page


def stages(name):
    """The versions by their labels."""
    versions = secrets.describe_secret(SecretId=name)["VersionIdsToStages"]
    return {tuple(labels): version for version, labels in versions.items()}


def knows_who_it_is():
    identity = boto3.client("sts").get_caller_identity()
    assert identity["Account"] == "111122223333", identity


def creates():
    made = secrets.create_secret(Name="boto/text", SecretString='{"password": "first"}', Description="made by boto3")
    assert made["ARN"].startswith("arn:aws:secretsmanager:eu-west-1:111122223333:secret:boto/text-"), made
    secrets.create_secret(Name="boto/bytes", SecretBinary=b"\x00\x01\xff")
    assert secrets.get_secret_value(SecretId="boto/bytes")["SecretBinary"] == b"\x00\x01\xff"
    refused(secrets.exceptions.ResourceExistsException, "boto/text", secrets.create_secret, Name="boto/text")
    refused(secrets.exceptions.ResourceNotFoundException, "can't find", secrets.get_secret_value, SecretId="none")
    refused(secrets.exceptions.ClientError, "Invalid name", secrets.describe_secret, SecretId="no name")


def lists_with_its_paginators():
    for number in range(120):
        tags = [{"Key": "set", "Value": "many"}]
        secrets.create_secret(Name=f"many/{number:03}", SecretString=str(number), Tags=tags)
    pages = list(
        secrets.get_paginator("list_secrets").paginate(
            Filters=[{"Key": "tag-value", "Values": ["many"]}], PaginationConfig={"PageSize": 50}
        )
    )
    assert [len(page["SecretList"]) for page in pages] == [50, 50, 20], pages
    names = [secret["Name"] for page in pages for secret in page["SecretList"]]
    assert names == [f"many/{number:03}" for number in range(120)], names

    batch = secrets.batch_get_secret_value(SecretIdList=["many/000", "many/119", "none"])
    assert [value["SecretString"] for value in batch["SecretValues"]] == ["0", "119"], batch
    assert [error["ErrorCode"] for error in batch["Errors"]] == ["ResourceNotFoundException"], batch

    many = [{"Key": "name", "Values": ["many/"]}]
    pages = list(by_hand(secrets.batch_get_secret_value, Filters=many, MaxResults=20))
    assert [len(page["SecretValues"]) for page in pages] == [20] * 6, pages


def moves_labels():
    first = stages("boto/text")[("AWSCURRENT",)]
    put = secrets.put_secret_value(SecretId="boto/text", SecretString="second", VersionStages=["mine"])
    second = put["VersionId"]
    move = {"SecretId": "boto/text", "VersionStage": "AWSCURRENT", "MoveToVersionId": second}
    refused(secrets.exceptions.InvalidParameterException, first, secrets.update_secret_version_stage, **move)
    secrets.update_secret_version_stage(**move, RemoveFromVersionId=first)
    assert stages("boto/text") == {("AWSPREVIOUS",): first, ("AWSCURRENT", "mine"): second}
    back = {**move, "MoveToVersionId": first, "RemoveFromVersionId": second}
    secrets.update_secret_version_stage(**back)
    secrets.update_secret_version_stage(SecretId="boto/text", VersionStage="mine", RemoveFromVersionId=second)
    assert stages("boto/text") == {("AWSCURRENT",): first, ("AWSPREVIOUS",): second}


def rotates():
    arn = f"arn:aws:lambda:eu-west-1:111122223333:function:{sys.argv[1]}"
    before = stages("boto/text")[("AWSCURRENT",)]
    monthly = {"ScheduleExpression": "cron(0 8 1 * ? *)", "Duration": "2h"}
    begun = secrets.rotate_secret(SecretId="boto/text", RotationLambdaARN=arn, RotationRules=monthly)
    wait("RotationEnded", SecretId="boto/text")
    assert stages("boto/text") == {("AWSPREVIOUS",): before, ("AWSCURRENT",): begun["VersionId"]}
    described = secrets.describe_secret(SecretId="boto/text")
    assert described["RotationEnabled"] is True and described["RotationLambdaARN"] == arn, described
    next_one = described["NextRotationDate"].astimezone(timezone.utc)
    assert next_one > described["LastRotatedDate"] and (next_one.day, next_one.hour) == (1, 9), described
    assert secrets.get_secret_value(SecretId="boto/text")["VersionId"] == begun["VersionId"]
    pages = by_hand(secrets.list_secret_version_ids, SecretId="boto/text", IncludeDeprecated=True, MaxResults=1)
    labels = [version.get("VersionStages") for page in pages for version in page["Versions"]]
    assert labels == [["AWSPREVIOUS"], None, ["AWSCURRENT"]], labels
    secrets.cancel_rotate_secret(SecretId="boto/text")
    assert secrets.describe_secret(SecretId="boto/text")["RotationEnabled"] is False


def sees_a_function_fail():
    event = {"Step": "createSecret", "SecretId": "boto/text"}
    answer = functions.invoke(FunctionName=sys.argv[1], Payload=json.dumps(event))
    assert (answer["StatusCode"], answer["FunctionError"]) == (200, "Unhandled"), answer
    assert json.load(answer["Payload"])["errorMessage"] == "no RotationToken"
    refused(functions.exceptions.ResourceNotFoundException, "nobody", functions.invoke, FunctionName="nobody")


def tags_and_deletes():
    secrets.tag_resource(SecretId="boto/text", Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
    secrets.untag_resource(SecretId="boto/text", TagKeys=["a"])
    assert secrets.describe_secret(SecretId="boto/text")["Tags"] == [{"Key": "b", "Value": "2"}]
    secrets.delete_secret(SecretId="boto/text", RecoveryWindowInDays=7)
    marked = secrets.exceptions.InvalidRequestException
    refused(marked, "marked for deletion", secrets.get_secret_value, SecretId="boto/text")
    secrets.restore_secret(SecretId="boto/text")
    secrets.delete_secret(SecretId="boto/text", ForceDeleteWithoutRecovery=True)
    wait("SecretGone", SecretId="boto/text")


for check in [
    knows_who_it_is,
    creates,
    lists_with_its_paginators,
    moves_labels,
    rotates,
    sees_a_function_fail,
    tags_and_deletes,
]:
    check()
    print(check.__name__, flush=True)
