import { X509Certificate } from "node:crypto";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { CertificateAuthority } from "./certificate-authority.ts";
import { kubeconfig } from "./kubeconfig.ts";

describe("a certificate authority", () => {
  it("signs clients whose name is the user and whose organizations are the groups", async () => {
    const authority = await CertificateAuthority.create("test-ca");
    const identity = { user: "system:serviceaccount:a:b", groups: ["system:masters", "c, d=e"] };
    const { certPem, keyPem } = await authority.issueClient(identity);
    const certificate = new X509Certificate(certPem);
    expect(certificate.verify(new X509Certificate(authority.certPem).publicKey)).toBe(true);
    expect(certificate.toLegacyObject().subject).toMatchObject({ CN: identity.user, O: identity.groups });
    expect(certificate.ca).toBe(false);
    expect(certificate.keyUsage).toEqual(["1.3.6.1.5.5.7.3.2"]);
    expect(keyPem).toContain("BEGIN PRIVATE KEY");
  });

  it("signs servers for names and addresses", async () => {
    const authority = await CertificateAuthority.create("test-ca");
    const { certPem } = await authority.issueServing("server", { dns: ["localhost"], ip: ["127.0.0.1"] });
    const certificate = new X509Certificate(certPem);
    expect(certificate.checkHost("localhost")).toBe("localhost");
    expect(certificate.checkIP("127.0.0.1")).toBe("127.0.0.1");
    expect(certificate.checkHost("elsewhere")).toBeUndefined();
  });

  it("is an authority itself, and no other authority has signed it", async () => {
    const [one, other] = await Promise.all([
      CertificateAuthority.create("a"),
      CertificateAuthority.create("a"),
    ]);
    const certificate = new X509Certificate(one.certPem);
    expect(certificate.ca).toBe(true);
    expect(certificate.verify(new X509Certificate(other.certPem).publicKey)).toBe(false);
  });
});

describe("a kubeconfig", () => {
  it("needs no other file", () => {
    const text = kubeconfig({
      server: "https://127.0.0.1:1",
      caPem: "ca",
      user: "admin",
      client: { certPem: "cert", keyPem: "key" },
    });
    const decoded = (value: string) => Buffer.from(value, "base64").toString();
    const { clusters, users, contexts, ...rest } = parse(text);
    expect(decoded(clusters[0].cluster["certificate-authority-data"])).toBe("ca");
    expect(decoded(users[0].user["client-certificate-data"])).toBe("cert");
    expect(decoded(users[0].user["client-key-data"])).toBe("key");
    expect(contexts[0].name).toBe(rest["current-context"]);
  });
});
