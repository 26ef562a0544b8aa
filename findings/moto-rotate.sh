#!/usr/bin/env bash
source "$(dirname "$0")/support/finding.sh"
about <<'TEXT'
moto 5.2.5, RotateSecret of a secret without a rotation function
Guess: the mock refuses it, as AWS does, or leaves the secret as it is.
Seen:  it answers with a new version and moves AWSCURRENT to it. The version has no value, so that GetSecretValue of a secret
       that had one finds none; the value is left under AWSPREVIOUS.
TEXT

python_packages boto3==1.44.8 moto==5.2.5
expect "$(AWS_ACCESS_KEY_ID=not-a-key AWS_SECRET_ACCESS_KEY=not-a-secret AWS_DEFAULT_REGION=eu-west-1 python_program <<'PY'
import boto3
from moto import mock_aws


def value(client, stage):
    try:
        return client.get_secret_value(SecretId="one", VersionStage=stage)["SecretString"]
    except client.exceptions.ResourceNotFoundException as error:
        return error.response["Error"]["Message"]


with mock_aws():
    client = boto3.client("secretsmanager")
    client.create_secret(Name="one", SecretString="first")
    print("before:     ", value(client, "AWSCURRENT"))
    new = client.rotate_secret(SecretId="one")["VersionId"]
    described = client.describe_secret(SecretId="one")
    print("new version:", *described["VersionIdsToStages"][new])
    print("AWSCURRENT: ", value(client, "AWSCURRENT"))
    print("AWSPREVIOUS:", value(client, "AWSPREVIOUS"))
PY
)" <<'SEEN'
before:      first
new version: AWSCURRENT
AWSCURRENT:  Secrets Manager can't find the specified secret value for staging label: AWSCURRENT
AWSPREVIOUS: first
SEEN
