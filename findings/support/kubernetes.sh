# Sourced by findings that need an API server. Starts etcd and kube-apiserver with KUBECONFIG for their admin.
# The programs are those of the sandbox (versions in sandbox/src/tools/layout.mjs), from its cache; the set-up of this
# repository downloads or builds them when they are missing.

# Puts etcd, kube-apiserver, kubectl and helm on the PATH.
kubernetes_tools() {
  local root cache
  root=$(cd "$SUPPORT/../.." && pwd)
  cache=${XDG_CACHE_HOME:-$HOME/.cache}/rotated-secrets
  if ! ls "$cache"/{kubernetes-v1.36.3,etcd-v3.6.8,helm-v4.1.4}-* >/dev/null 2>&1; then
    node "$root/tools/setup.mjs" --with-tools >&2
  fi
  PATH=$(echo "$cache"/kubernetes-v1.36.3-*):$(echo "$cache"/etcd-v3.6.8-*):$(echo "$cache"/helm-v4.1.4-*):$PATH
  export PATH
}

# An API server without controllers and nodes, on free ports of this machine.
start_api_server() {
  kubernetes_tools
  local ports
  ports=($(python3 - <<'PY'
import socket

sockets = [socket.socket() for _ in range(3)]
for one in sockets:
    one.bind(("127.0.0.1", 0))
print(*[one.getsockname()[1] for one in sockets])
PY
  ))
  local etcd=http://127.0.0.1:${ports[0]}
  etcd --data-dir "$WORK/etcd" --unsafe-no-fsync --listen-client-urls "$etcd" --advertise-client-urls "$etcd" \
    --listen-peer-urls "http://127.0.0.1:${ports[1]}" >"$WORK/etcd.log" 2>&1 &
  echo $! >>"$WORK/pids"
  openssl genrsa -out "$WORK/issuer.key" 2048 2>/dev/null
  echo 'not-a-secret,admin,admin,system:masters' >"$WORK/tokens.csv"
  kube-apiserver --etcd-servers "$etcd" --bind-address 127.0.0.1 --secure-port "${ports[2]}" --cert-dir "$WORK/certs" \
    --token-auth-file "$WORK/tokens.csv" --authorization-mode RBAC --service-cluster-ip-range 10.0.0.0/24 \
    --service-account-issuer https://issuer.example --service-account-key-file "$WORK/issuer.key" \
    --service-account-signing-key-file "$WORK/issuer.key" --disable-admission-plugins ServiceAccount \
    >"$WORK/api-server.log" 2>&1 &
  echo $! >>"$WORK/pids"
  cat >"$WORK/kubeconfig" <<YAML
apiVersion: v1
kind: Config
clusters: [{name: finding, cluster: {server: "https://127.0.0.1:${ports[2]}", certificate-authority: $WORK/certs/apiserver.crt}}]
users: [{name: admin, user: {token: not-a-secret}}]
contexts: [{name: finding, context: {cluster: finding, user: admin}}]
current-context: finding
YAML
  export KUBECONFIG=$WORK/kubeconfig
  for _ in $(seq 150); do
    if kubectl get --raw /readyz >/dev/null 2>&1 && kubectl get namespace default >/dev/null 2>&1; then return; fi
    sleep 0.2
  done
  tail -5 "$WORK/api-server.log" >&2
  return 1
}
