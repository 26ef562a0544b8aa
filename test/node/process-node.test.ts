import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { AuthenticationV1Api, KubeConfig } from "@kubernetes/client-node";
import type { Pod } from "@rotated-secrets/sandbox/node/kubernetes-types";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { NodeSandbox } from "./node-sandbox.ts";
import { isReady, podIp, shell, stateOf, template, web, workload } from "./pods.ts";

let sandbox: NodeSandbox;
beforeAll(async () => {
  sandbox = await NodeSandbox.start();
});
afterAll(() => sandbox.stop());

function until<T>(check: () => Promise<T>, timeout = 10_000): Promise<T> {
  return vi.waitFor(check, { timeout, interval: 50 });
}

/** The pods of the name once there are `count`, all ready. */
function ready(name: string, count = 1): Promise<readonly Pod[]> {
  return until(async () => {
    const pods = await sandbox.pods(name);
    expect(pods.filter(isReady)).toHaveLength(count);
    expect(pods).toHaveLength(count);
    return pods;
  });
}

async function readyPod(name: string): Promise<Pod> {
  const [pod] = await ready(name);
  if (!pod) throw new Error(`no pod ${name}`);
  return pod;
}

function exists(pid: number | undefined): boolean {
  return pid !== undefined && existsSync(`/proc/${pid}`);
}

describe("a container's process", () => {
  it.concurrent("gets the image's command, its own arguments, and the variables of a pod and no others", async () => {
    await sandbox.create("secrets", {
      metadata: { name: "db" },
      stringData: { user: "ann", "pass-word": "p" },
    });
    const env = [podIp, { name: "GREETING", value: "hello $(DB_user)" }];
    const envFrom = [{ prefix: "DB_", secretRef: { name: "db" } }];
    await sandbox.create(
      "pods",
      template("variables", { ...web, env, envFrom, args: ["--as=$(DB_user)", "last"] }),
    );
    const pod = await readyPod("variables");
    const { env: seen, args } = JSON.parse(await sandbox.ask(pod, "/started-with"));
    expect(args).toEqual(["--as=ann", "last"]);
    expect(seen).toMatchObject({
      FROM_IMAGE: "yes",
      GREETING: "hello ann",
      DB_user: "ann",
      "DB_pass-word": "p",
      HOSTNAME: "variables",
    });
    expect(seen.POD_IP).toBe(pod.status?.podIP?.replace(/^10/, "127"));
    const known = [
      "PATH",
      "HOME",
      "HOSTNAME",
      "KUBECONFIG",
      "POD_IP",
      "FROM_IMAGE",
      "GREETING",
      "DB_user",
      "DB_pass-word",
    ];
    const ofTheShell = ["PWD", "SHLVL", "_", "OLDPWD"];
    expect(Object.keys(seen).filter((name) => ![...known, ...ofTheShell].includes(name))).toEqual([]);
  });

  it.concurrent("is somebody to the API server by the kubeconfig that it is given", async () => {
    await sandbox.create("pods", template("somebody", web));
    const { env } = JSON.parse(await sandbox.ask(await readyPod("somebody"), "/started-with"));
    const config = new KubeConfig();
    config.loadFromFile(env.KUBECONFIG);
    const review = { apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview" };
    const answer = await config.makeApiClient(AuthenticationV1Api).createSelfSubjectReview({ body: review });
    expect(answer.status?.userInfo?.username).toBe("system:serviceaccount:default:default");
  });

  it.concurrent("is anonymous without a token", async () => {
    await sandbox.create("pods", template("nobody", web, { automountServiceAccountToken: false }));
    const { env } = JSON.parse(await sandbox.ask(await readyPod("nobody"), "/started-with"));
    expect(env.KUBECONFIG).toBeUndefined();
  });

  it.concurrent("waits for a Secret that is not there, and starts when it comes", async () => {
    const env = [podIp, { name: "PASS", valueFrom: { secretKeyRef: { name: "late", key: "pass" } } }];
    await sandbox.create("pods", template("waits", { ...web, env }));
    const reason = "CreateContainerConfigError";
    await until(async () => {
      expect(stateOf(await sandbox.pod("waits"))?.waiting).toEqual({
        reason,
        message: 'secret "late" not found',
      });
    });
    const from = Date.now();
    await sandbox.create("secrets", { metadata: { name: "late" }, stringData: { pass: "p" } });
    const pod = await readyPod("waits");
    // A kubelet reads the Secret before it starts the container, so a start is never earlier than what it read.
    expect(Date.parse(stateOf(pod)?.running?.startedAt ?? "")).toBeGreaterThan(from - 1_000);
  });

  it.concurrent("is not started without its image", async () => {
    await sandbox.create(
      "pods",
      template("no-image", { name: "main", image: "none", imagePullPolicy: "Never" }),
    );
    await until(async () =>
      expect(stateOf(await sandbox.pod("no-image"))?.waiting?.reason).toBe("ErrImageNeverPull"),
    );
  });

  it.concurrent("that crashes is started again, later each time, and its last words are kept", async () => {
    await sandbox.create("pods", template("crashes", shell("echo run; exit 3")));
    const pod = await until(async () => {
      const found = await sandbox.pod("crashes");
      expect(stateOf(found)?.waiting?.reason).toBe("CrashLoopBackOff");
      expect(found.status?.containerStatuses?.[0]?.restartCount).toBeGreaterThanOrEqual(2);
      return found;
    });
    expect(pod.status?.phase).toBe("Running");
    expect(pod.status?.containerStatuses?.[0]?.lastState?.terminated).toMatchObject({
      exitCode: 3,
      reason: "Error",
    });
    expect(await sandbox.kubectl("logs", "crashes", "--previous")).toBe("run\n");
  });

  it.concurrent("that is killed is started again under another container id", async () => {
    await sandbox.create("pods", template("killed", web));
    const before = await readyPod("killed");
    const pid = sandbox.node.pid("default", "killed") ?? 0;
    process.kill(pid, "SIGKILL");
    const after = await until(async () => {
      const pod = await readyPod("killed");
      expect(pod.status?.containerStatuses?.[0]).toMatchObject({
        restartCount: 1,
        lastState: { terminated: { exitCode: 137 } },
      });
      return pod;
    });
    expect(after.status?.containerStatuses?.[0]?.containerID).not.toBe(
      before.status?.containerStatuses?.[0]?.containerID,
    );
    expect(exists(pid)).toBe(false);
  });

  it.concurrent("that fails its liveness probe is started again", async () => {
    const livenessProbe = { httpGet: { port: "http" }, periodSeconds: 1, failureThreshold: 1 };
    await sandbox.create(
      "pods",
      template("ill", { ...web, ports: [{ name: "http", containerPort: 8080 }], livenessProbe }),
    );
    await sandbox.ask(await readyPod("ill"), "/fall-ill");
    await until(async () => {
      expect((await readyPod("ill")).status?.containerStatuses?.[0]?.restartCount).toBe(1);
    });
  });

  it.concurrent("comes after the init containers, one by one, and next to its sidecars", async () => {
    const shared = {
      volumeMounts: [{ name: "shared", mountPath: "/shared" }],
      env: [podIp, { name: "STEPS", value: "/shared/steps" }],
    };
    const step = (name: string, script: string, more = {}) => ({
      ...shell(script),
      ...shared,
      name,
      ...more,
    });
    const initContainers = [
      step("first", "sleep 0.2; echo first >> $STEPS"),
      step("beside", "echo beside >> $STEPS; sleep 1000", { restartPolicy: "Always" }),
      step("second", "sleep 0.2; echo second >> $STEPS"),
    ];
    const volumes = [{ name: "shared", emptyDir: {} }];
    await sandbox.create("pods", template("in-order", { ...web, ...shared }, { volumes, initContainers }));
    const pod = await readyPod("in-order");
    const { env } = JSON.parse(await sandbox.ask(pod, "/started-with"));
    expect(await sandbox.ask(pod, `/read?path=${env.STEPS}`)).toBe("first\nbeside\nsecond\n");
    expect(exists(sandbox.node.pid("default", "in-order", "beside"))).toBe(true);
    expect(pod.status?.initContainerStatuses?.map(({ ready: done }) => done)).toEqual([true, true, true]);
  });
});

describe("a volume", () => {
  it.concurrent("follows its Secret at once, but not through a subPath", async () => {
    await sandbox.create("secrets", { metadata: { name: "rotating" }, stringData: { pass: "one" } });
    const volumes = [{ name: "db", secret: { secretName: "rotating" } }];
    const volumeMounts = [
      { name: "db", mountPath: "/etc/db" },
      { name: "db", mountPath: "/etc/fixed", subPath: "pass" },
    ];
    const env = [podIp, { name: "FILE", value: "/etc/db/pass" }, { name: "FIXED", value: "/etc/fixed" }];
    await sandbox.create("pods", template("volume", { ...web, env, volumeMounts }, { volumes }));
    const pod = await readyPod("volume");
    const { env: seen } = JSON.parse(await sandbox.ask(pod, "/started-with"));
    const read = (path: string) => sandbox.ask(pod, `/read?path=${encodeURIComponent(path)}`);
    expect([await read(seen.FILE), await read(seen.FIXED)]).toEqual(["one", "one"]);
    await sandbox.kubectl(
      "patch",
      "secret",
      "rotating",
      "-p",
      JSON.stringify({ stringData: { pass: "two" } }),
    );
    await until(async () => expect(await read(seen.FILE)).toBe("two"), 1_000);
    expect(await read(seen.FIXED)).toBe("one");
  });

  it.concurrent("shows labels as they are now", async () => {
    const volumes = [
      {
        name: "info",
        downwardAPI: { items: [{ path: "labels", fieldRef: { fieldPath: "metadata.labels" } }] },
      },
    ];
    const volumeMounts = [{ name: "info", mountPath: "/info" }];
    const env = [podIp, { name: "FILE", value: "/info/labels" }];
    await sandbox.create("pods", template("labels", { ...web, env, volumeMounts }, { volumes }));
    const pod = await readyPod("labels");
    const { env: seen } = JSON.parse(await sandbox.ask(pod, "/started-with"));
    await sandbox.kubectl("label", "pod", "labels", "colour=blue");
    await until(async () =>
      expect(await sandbox.ask(pod, `/read?path=${seen.FILE}`)).toBe('app="labels"\ncolour="blue"'),
    );
  });

  it.concurrent("that is not there keeps the pod waiting and says so", async () => {
    const volumes = [{ name: "db", secret: { secretName: "nowhere" } }];
    await sandbox.create("pods", template("no-volume", web, { volumes }));
    await until(async () => {
      const waiting = stateOf(await sandbox.pod("no-volume"))?.waiting;
      expect(waiting?.reason).toBe("ContainerCreating");
      expect(waiting?.message).toContain('secret "nowhere" not found');
    });
  });
});

describe("a pod that is deleted", () => {
  it.concurrent("is unready while it ends, is there until it has ended, and leaves its log", async () => {
    const env = [podIp, { name: "STOP_MS", value: "1500" }];
    await sandbox.create("pods", template("slow", { ...web, env }));
    await readyPod("slow");
    const from = Date.now();
    await sandbox.api.delete("/api/v1/namespaces/default/pods/slow", {});
    await until(async () => expect(isReady(await sandbox.pod("slow"))).toBe(false), 1_000);
    await until(async () => expect(await sandbox.pods("slow")).toEqual([]));
    expect(Date.now() - from).toBeGreaterThan(1_400);
    expect(await readFile(sandbox.node.logPath("default", "slow"), "utf8")).toBe(
      "listening\nasked to stop\n",
    );
  });

  it.concurrent("is killed when its grace is over", async () => {
    await sandbox.create(
      "pods",
      template("stubborn", shell("trap '' TERM; echo up; while :; do sleep 0.1; done"), {
        terminationGracePeriodSeconds: 1,
      }),
    );
    await readyPod("stubborn");
    const pid = sandbox.node.pid("default", "stubborn");
    await sandbox.api.delete("/api/v1/namespaces/default/pods/stubborn", {});
    await until(async () => expect(await sandbox.pods("stubborn")).toEqual([]), 3_000);
    expect(exists(pid)).toBe(false);
  });

  it.concurrent("by force is gone at once, and its process a second later", async () => {
    await sandbox.create("pods", template("forced", shell("trap '' TERM; while :; do sleep 0.1; done")));
    await readyPod("forced");
    const pid = sandbox.node.pid("default", "forced");
    await sandbox.kubectl("delete", "pod", "forced", "--force");
    expect(await sandbox.pods("forced")).toEqual([]);
    await until(async () => expect(exists(pid)).toBe(false), 3_000);
  });

  it.concurrent("runs its preStop hook first", async () => {
    const lifecycle = {
      preStop: { exec: { command: ["/bin/sh", "-c", "echo goodbye > $DIR/hook; sleep 0.3"] } },
    };
    const volumes = [{ name: "shared", emptyDir: {} }];
    const env = [{ name: "DIR", value: "/shared" }];
    const volumeMounts = [{ name: "shared", mountPath: "/shared" }];
    // SIGTERM reaches the whole process group, and a shell reports a child that ended.
    const script = "exec 2>/dev/null; trap 'cat $DIR/hook; exit 0' TERM; while :; do sleep 0.05; done";
    await sandbox.create(
      "pods",
      template("hooked", shell(script, { lifecycle, env, volumeMounts }), { volumes }),
    );
    await readyPod("hooked");
    await sandbox.api.delete("/api/v1/namespaces/default/pods/hooked", {});
    await until(async () => expect(await sandbox.pods("hooked")).toEqual([]));
    expect(await readFile(sandbox.node.logPath("default", "hooked"), "utf8")).toBe("goodbye\n");
  });
});

describe("workloads", () => {
  it.concurrent("a Deployment rolls over without a moment of fewer ready pods", async () => {
    const strategy = { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } };
    await sandbox.create("apps/deployments", workload("deployment", web, { replicas: 3, strategy }));
    const before = new Set((await ready("deployment", 3)).map(({ metadata }) => metadata.uid));
    await sandbox.kubectl("rollout", "restart", "deployment/deployment");
    await until(async () => {
      const pods = await sandbox.pods("deployment");
      expect(
        pods.filter((pod) => isReady(pod) || pod.metadata.deletionTimestamp).length,
      ).toBeGreaterThanOrEqual(3);
      expect(pods.filter(isReady).map(({ metadata }) => before.has(metadata.uid))).toEqual([
        false,
        false,
        false,
      ]);
    }, 15_000);
    await ready("deployment", 3);
  });

  it.concurrent("a StatefulSet starts in order and is replaced one by one", async () => {
    await sandbox.create(
      "apps/statefulsets",
      workload("stateful", web, { replicas: 2, serviceName: "stateful" }),
    );
    const names = (pods: readonly Pod[]) => pods.map(({ metadata }) => metadata.name).sort();
    const before = await ready("stateful", 2);
    expect(names(before)).toEqual(["stateful-0", "stateful-1"]);
    await sandbox.kubectl("rollout", "restart", "statefulset/stateful");
    await sandbox.kubectl("rollout", "status", "statefulset/stateful", "--timeout=15s");
    const after = await ready("stateful", 2);
    expect(after.some(({ metadata }) => before.some((pod) => pod.metadata.uid === metadata.uid))).toBe(false);
  });

  it.concurrent("a DaemonSet has one pod on the node", async () => {
    await sandbox.create("apps/daemonsets", workload("daemon", web));
    expect((await readyPod("daemon")).spec.nodeName).toBe(sandbox.node.name);
  });

  it.concurrent("a Job completes after a failure", async () => {
    const volumes = [{ name: "state", emptyDir: {} }];
    const container = shell("test -e $DIR/tried && exit 0; touch $DIR/tried; exit 1", {
      volumeMounts: [{ name: "state", mountPath: "/state" }],
      env: [{ name: "DIR", value: "/state" }],
    });
    const pod = template("job", container, { restartPolicy: "OnFailure", volumes });
    await sandbox.create("batch/jobs", { metadata: { name: "job" }, spec: { template: pod } });
    await sandbox.kubectl("wait", "job/job", "--for=condition=Complete", "--timeout=10s");
    expect((await sandbox.pod("job")).status).toMatchObject({ phase: "Succeeded" });
  });
});

describe("the node", () => {
  it.concurrent("heals itself and its pods after the control plane took them for dead", async () => {
    await sandbox.create("pods", template("asleep", web));
    await readyPod("asleep");
    // The action of the node lifecycle controller on a node whose lease ran out.
    await sandbox.api.patch(
      "/api/v1/namespaces/default/pods/asleep/status",
      { status: { conditions: [{ type: "Ready", status: "False" }] } },
      { type: "strategic" },
    );
    await sandbox.api.patch(
      `/api/v1/nodes/${sandbox.node.name}/status`,
      { status: { conditions: [{ type: "Ready", status: "Unknown" }] } },
      { type: "strategic" },
    );
    await readyPod("asleep");
    await sandbox.kubectl("wait", `node/${sandbox.node.name}`, "--for=condition=Ready", "--timeout=5s");
  });

  it.concurrent("has a lease", async () => {
    const lease = await sandbox.api.get<{ spec: { renewTime: string } }>(
      `/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${sandbox.node.name}`,
    );
    expect(Date.now() - Date.parse(lease.spec.renewTime)).toBeLessThan(40_000);
  });

  it.concurrent("serves kubectl logs, and follows them to the container's end", async () => {
    const script = "for i in 1 2 3 4 5; do echo line $i; sleep 0.1; done";
    await sandbox.create("pods", template("talks", shell(script), { restartPolicy: "Never" }));
    await until(async () => expect((await sandbox.pod("talks")).status?.phase).toBe("Running"));
    expect(await sandbox.kubectl("logs", "-f", "talks")).toBe("line 1\nline 2\nline 3\nline 4\nline 5\n");
    expect(await sandbox.kubectl("logs", "--tail=2", "talks")).toBe("line 4\nline 5\n");
  });
});

// Its own cluster: the tests above run at the same time and need an API server that stays.
describe("a node whose API server restarts", () => {
  it("keeps its containers running, and takes new pods and deletions afterwards", async () => {
    const own = await NodeSandbox.start();
    try {
      await own.create("pods", template("before", web));
      const running = await until(async () => {
        expect(isReady(await own.pod("before"))).toBe(true);
        return own.node.pid("default", "before");
      });
      await own.controlPlane.restartApiServer();
      expect(own.node.pid("default", "before")).toBe(running);
      await own.create("pods", template("after", web));
      await until(async () => expect(isReady(await own.pod("after"))).toBe(true), 15_000);
      await own.api.delete("/api/v1/namespaces/default/pods/before");
      await until(async () => expect(await own.pods("before")).toEqual([]), 15_000);
      expect(exists(running)).toBe(false);
    } finally {
      await own.stop();
    }
  });
});

describe("a second sandbox", () => {
  it("runs next to the first without interference, and leaves nothing running", async () => {
    const second = await NodeSandbox.start();
    let pid: number | undefined;
    try {
      await Promise.all(
        [sandbox, second].map((one) => one.create("apps/deployments", workload("twin", web))),
      );
      await ready("twin");
      const [pod] = await until(async () => {
        const pods = await second.pods("twin");
        expect(pods.filter(isReady)).toHaveLength(1);
        return pods;
      });
      pid = pod && second.node.pid("default", pod.metadata.name);
      expect(exists(pid)).toBe(true);
      expect(pod?.status?.podIP?.split(".")[1]).not.toBe(
        (await sandbox.pod("twin")).status?.podIP?.split(".")[1],
      );
    } finally {
      await second.stop();
    }
    expect(exists(pid)).toBe(false);
  });
});
