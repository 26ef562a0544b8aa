#!/usr/bin/env bash
source "$(dirname "$0")/support/finding.sh"
source "$SUPPORT/kubernetes.sh"
about <<'TEXT'
kube-apiserver 1.36.3, TokenRequest for the API server's audience, bound to a pod
Guess: the lifetime of the token is the one asked for; 3,607 seconds are a second more than 3,606.
Seen:  3,607 has a meaning of its own: that token lives for a year. It is the number in the token volume that each pod has by
       default; --service-account-extend-token-expiration of the API server switches the longer life off.
TEXT

start_api_server
kubectl create serviceaccount app >/dev/null
kubectl apply -f - >/dev/null <<'YAML'
apiVersion: v1
kind: Pod
metadata: {name: app}
spec: {serviceAccountName: app, containers: [{name: app, image: app}]}
YAML

# lifetime SECONDS [FLAG...]: the difference of the token's times, in seconds.
lifetime() {
  local seconds=$1
  shift
  kubectl create token app --duration "${seconds}s" --bound-object-kind Pod --bound-object-name app "$@" | python3 -c '
import base64, json, sys

body = sys.stdin.read().split(".")[1]
claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
print(claims["exp"] - claims["iat"])'
}

expect "$(
  for seconds in 3606 3607 3608; do echo "$seconds: $(lifetime $seconds)"; done
  echo "3607 for another audience: $(lifetime 3607 --audience sts.amazonaws.com)"
)" <<'SEEN'
3606: 3606
3607: 31536000
3608: 3608
3607 for another audience: 3607
SEEN
