#!/usr/bin/env bash
source "$(dirname "$0")/support/finding.sh"
about <<'TEXT'
botocore 1.44.8, its model of Secrets Manager
Guess: botocore checks parameters by the service's model before it sends them: a ClientRequestToken has 32 to 64 characters.
Seen:  it checks least lengths, and neither greatest lengths nor enums: 31 characters are refused, and 500 would be sent.
TEXT

python_packages botocore==1.44.8
expect "$(python_program <<'PY'
import botocore.session
from botocore.validate import ParamValidator

model = botocore.session.get_session().get_service_model("secretsmanager")


def check(operation, **parameters):
    report = ParamValidator().validate(parameters, model.operation_model(operation).input_shape)
    return report.generate_report() or "accepted"


token = model.operation_model("PutSecretValue").input_shape.members["ClientRequestToken"]
print("model:", token.metadata["min"], "to", token.metadata["max"])
for length in (31, 32, 64, 65, 500):
    print(f"{length}:", check("PutSecretValue", SecretId="one", ClientRequestToken="x" * length))
order = model.operation_model("ListSecrets").input_shape.members["SortOrder"]
print("model:", *order.enum)
print("sideways:", check("ListSecrets", SortOrder="sideways"))
PY
)" <<'SEEN'
model: 32 to 64
31: Invalid length for parameter ClientRequestToken, value: 31, valid min length: 32
32: accepted
64: accepted
65: accepted
500: accepted
model: asc desc
sideways: accepted
SEEN
