import { suite } from "uvu";
import * as assert from "uvu/assert";
import { isSecretName } from "../../generator/knowledge/secret-names.ts";
import { allSecrets, namedSecrets, secretsInText } from "../../generator/knowledge/secrets-in-text.ts";
import { maskText } from "../../generator/report/masking.ts";
import { assertLinear } from "../support/growth.ts";
import { alnum, base64, hex, jwt, leaks, UUID, upper } from "../support/secret-forms.ts";

const test = suite("forms of secrets");

/** Tokens as services give them out, all made up. `⟦⟧` is around what must not be seen; all of it unless there is one. */
const TOKENS: Readonly<Record<string, readonly string[]>> = {
  GitHub: [`ghu_${alnum(36)}`, `ghs_${alnum(36)}`, `ghr_${alnum(76)}`, `ghs_${jwt}`, `ghp_${alnum(400)}`],
  GitLab: [
    ...["gldt", "glft", "glcbt", "glsoat", "glimt", "glagent", "gloas", "glffct", "glwt"].map((kind) => `${kind}-${alnum(20)}`),
    `glptt-${hex(40)}`,
    `glrt-t1_${alnum(20)}`,
    `glpat-${alnum(27)}.01.${hex(9)}`,
    `GR1348941${alnum(20)}`,
  ],
  Slack: [
    `xoxp-123456789012-123456789012-123456789012-${hex(32)}`,
    `xoxe.xoxp-1-${alnum(140)}`,
    `xoxd-${alnum(60)}%2F${alnum(40)}`,
    `xapp-1-A0123456789-1234567890123-${hex(64)}`,
    `https://hooks.slack.com/triggers/⟦T0123ABCD/1234567890123/${hex(32)}⟧`,
    `https://hooks.slack.com/workflows/⟦T0123ABCD/A0123ABCD/123456789012345678/${alnum(24)}⟧`,
  ],
  chats: [
    `https://discord.com/api/webhooks/123456789012345678/⟦${alnum(68)}⟧`,
    `https://acme.webhook.office.com/webhookb2/⟦${UUID}@${UUID}/IncomingWebhook/${hex(32)}/${UUID}⟧`,
    `MTA1${alnum(22)}.Gx3d9Q.${alnum(38)}`,
    `https://api.telegram.org/bot⟦7123456789:AA${alnum(33)}⟧/sendMessage`,
  ],
  AWS: [
    `ASIA${upper(16)}`,
    `aws_secret_access_key = ⟦/${alnum(38)}+⟧`,
    `AWS_SECRET_ACCESS_KEY=⟦/${alnum(39)}⟧`,
    `AWS_SESSION_TOKEN=⟦${base64(300)}⟧`,
    "export DB_PASSWORD_PROD=⟦correct-horse⟧",
  ],
  Azure: [
    `https://a.blob.core.windows.net/c?sv=2022-11-02&sig=⟦${alnum(43)}%3D⟧`,
    `AccountName=a;AccountKey=⟦${base64(64)}⟧;EndpointSuffix=core.windows.net`,
    `Endpoint=sb://x/;SharedAccessKeyName=Root;SharedAccessKey=⟦${base64(32)}⟧`,
    `abc8Q~${alnum(34)}`,
    `${alnum(76)}+ASt${alnum(6)}==`,
    `${alnum(76)}AZDO${alnum(4)}`,
  ],
  Google: [`ya29.a0${alnum(150)}`, `GOCSPX-${alnum(28)}`, `1//0${alnum(80)}`],
  registries: [
    `//registry.npmjs.org/:_authToken=⟦${UUID}⟧`,
    `pypi-AgENdGVzdC5weXBpLm9yZw${alnum(100)}`,
    `oy2${hex(43)}`,
    `AKCp${alnum(69)}`,
    `{"auths": {"ghcr.io": {"auth": "⟦${Buffer.from("ada:correct-horse").toString("base64")}⟧"}}}`,
  ],
  HashiCorp: [`hvb.${alnum(500)}`, `s.${alnum(24)}`, `${alnum(14)}.atlasv1.${alnum(67)}`],
  "signed tokens": [
    jwt,
    `eyJ${alnum(6000)}.eyJ${alnum(6000)}.${alnum(400)}`,
    `eyJ${alnum(60)}..${alnum(16)}.${alnum(80)}.${alnum(22)}`,
  ],
  payment: [`sk_test_${alnum(24)}`, `rk_live_${alnum(99)}`, `whsec_${alnum(32)}`, `sq0csp-${alnum(43)}`],
  mail: [
    `SK${hex(32)}`,
    `key-${hex(32)}`,
    `${hex(32)}-${hex(8)}-${hex(8)}`,
    `${hex(32)}-us14`,
    `xkeysib-${hex(64)}-${alnum(16)}`,
  ],
  hosting: [
    `HRKU-${UUID}`,
    `cfut_${alnum(48)}`,
    `nfp_${alnum(36)}`,
    `vcp_${alnum(56)}`,
    `fm2_${base64(200)}`,
    `rnd_${alnum(32)}`,
  ],
  models: [
    `sk-${alnum(20)}T3BlbkFJ${alnum(20)}`,
    `sk-proj-${alnum(74)}T3BlbkFJ${alnum(74)}`,
    `sk-ant-api03-${alnum(93)}AA`,
    `sk-or-v1-${hex(64)}`,
    `gsk_${alnum(52)}`,
    `r8_${alnum(37)}`,
    `xai-${alnum(80)}`,
    `lsv2_pt_${hex(32)}_${hex(10)}`,
    `api_org_${alnum(34)}`,
  ],
  observers: [
    `glc_${base64(60)}`,
    `sntrys_eyJ${alnum(90)}_${alnum(43)}`,
    `NRJS-${hex(19)}`,
    `${hex(36)}NRAL`,
    `dt0c01.${upper(24)}.${upper(64)}`,
    `hcaik_${hex(58)}`,
    `ddapp_${alnum(34)}`,
  ],
  builders: [`CCIPAT_${alnum(22)}_${hex(40)}`, `bkua_${hex(40)}`, `sgp_${hex(16)}_${hex(40)}`, `pul-${hex(40)}`],
  work: [
    `lin_api_${alnum(40)}`,
    `ntn_${alnum(46)}`,
    `figd_${alnum(40)}`,
    `ATCTT3${alnum(170)}`,
    `BBDC-${alnum(44)}`,
    `pat${alnum(14)}.${hex(64)}`,
  ],
  "keys of machines": [
    `AGE-SECRET-KEY-PQ-1${upper(58)}`,
    `AGE-PLUGIN-YUBIKEY-1${upper(40)}`,
    `-----BEGIN ENCRYPTED PRIVATE KEY-----\n${base64(48)}\n${base64(48)}\n-----END ENCRYPTED PRIVATE KEY-----`,
    `---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\n${base64(48)}\n---- END SSH2 ENCRYPTED PRIVATE KEY ----`,
    `Private-Lines: 2\n⟦${base64(48)}\n${base64(48)}⟧\nPrivate-MAC: 0`,
    `b3BlbnNzaC1rZXktdjEAAAAA${base64(60)}\n    ${base64(48)}\n    ${base64(48)}`,
    `cache.example.org-1:⟦${base64(64)}⟧`,
    `[Interface]\nPrivateKey = ⟦${base64(32)}⟧`,
    `PresharedKey = ⟦${base64(32)}⟧`,
  ],
  "hashes of passwords": [
    `$2b$12$${alnum(53)}`,
    `ada:⟦$apr1$abcdefgh$${alnum(22)}⟧`,
    `$6$abcdefgh$${alnum(86)}`,
    `$y$j9T$${alnum(22)}$${alnum(43)}`,
    `$argon2id$v=19$m=65536,t=3,p=4$${alnum(22)}$${alnum(43)}`,
  ],
  addresses: [
    `https://ada:⟦p@ss${alnum(8)}⟧@example.org/x`,
    `https://ada:⟦pa$w${alnum(8)}⟧@example.org/x`,
    `https://ada:⟦pa{w}${alnum(8)}⟧@example.org/x`,
    `redis://:⟦${alnum(14)}⟧@redis:6379`,
    `app:⟦${alnum(14)}⟧@tcp(db:3306)/x`,
    `jdbc:mysql://h/db?user=a&password=⟦${alnum(12)}⟧`,
    `jdbc:oracle:thin:ada/⟦${alnum(12)}⟧@h`,
    `Server=x;Uid=a;Pwd=⟦${alnum(12)}⟧;`,
    `otpauth://totp/x?secret=⟦${upper(32)}⟧&issuer=y`,
  ],
  "words of commands": [
    `curl -u ada:⟦${alnum(12)}⟧ https://example.org`,
    `curl -H 'Authorization: ApiKey ⟦${alnum(30)}⟧' https://example.org`,
    `curl -H "PRIVATE-TOKEN: ⟦${alnum(20)}⟧" https://example.org`,
    `curl -H 'Authorization: Basic ⟦${Buffer.from("ada:correct-horse").toString("base64")}⟧'`,
    `mysql --password=⟦${alnum(12)}⟧`,
    `tool --api-token ⟦${alnum(24)}⟧`,
    `docker login -u ada -p ⟦${alnum(14)}⟧`,
    `sshpass -p ⟦${alnum(12)}⟧ ssh host`,
    `mysql -u root -p⟦${alnum(12)}⟧ app`,
    `7z a -p⟦${alnum(12)}⟧ a.7z`,
    `redis-cli -h db -a ⟦${alnum(12)}⟧`,
    `mongosh -u ada -p ⟦${alnum(12)}⟧`,
    `ldapsearch -D cn=x -w ⟦${alnum(12)}⟧`,
    `unzip -P ⟦${alnum(12)}⟧ a.zip`,
    `vault login ⟦${alnum(20)}⟧`,
    `echo ⟦${alnum(12)}⟧ | docker login -u ada --password-stdin`,
    `printf '%s' "⟦${alnum(12)}⟧" | gh auth login --with-token`,
    `consul -token=⟦${alnum(20)}⟧ members`,
    `keytool -storepass ⟦${alnum(12)}⟧ -list`,
    `tailscale up --auth-key ⟦${alnum(20)}⟧`,
    `nix build --option access-tokens github.com=⟦${alnum(20)}⟧`,
    `nix build --access-tokens "github.com=⟦${alnum(20)}⟧"`,
    `access-tokens github.com=⟦${alnum(20)}⟧`,
    `access-tokens\n  github.com=⟦${alnum(20)}⟧`,
    `X-Api-kEy: ⟦${alnum(20)}⟧`,
    `npm config set //registry.example.org/:_authToken ⟦${alnum(20)}⟧`,
    `<password>⟦${alnum(12)}⟧</password>`,
  ],
  netrc: [
    `machine example.org\n  login ada\n  password ⟦${alnum(14)}⟧`,
    `machine example.org password ⟦${alnum(14)}⟧`,
    `default login ada password ⟦${alnum(14)}⟧`,
  ],
};

/** So many lines that a text is searched in another way than a short one. */
const LINES = "  what = [ a (import ./b.nix) ];\n".repeat(9000);

const escaped = (token: string) => token.replace(/[\s\S]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** How a token can be written where it is not alone. */
const AROUND: Readonly<Record<string, (token: string) => string>> = {
  alone: (token) => token,
  "in JSON, after a line break": (token) => JSON.stringify(`first\n${token}\nlast`),
  "in JSON with escapes": (token) => `"${escaped(token)}"`,
  "among many lines": (token) => `${LINES}${token}\n${LINES}`,
  "with escapes, among many lines with few": (token) => `${LINES}\\u0041\n${LINES}"${escaped(token)}"\n${LINES}`,
  "in an address": (token) => `https://example.org/?u=x%3D${encodeURIComponent(token)}`,
  "in base64": (token) => Buffer.from(`first\n${token}\n`).toString("base64"),
  "in base64 of many lines": (token) =>
    Buffer.from(`${"first ".repeat(20)}\n${token}\n`)
      .toString("base64")
      .replace(/.{76}/g, "$&\n"),
  "joined by a line's end": (token) => `"${token.slice(0, 9)}\\\n    ${token.slice(9)}"`,
};

/** A text as somebody reads it who looks for what is left of a secret. */
function read(shown: string, way: string): string {
  if (way.startsWith("in base64")) return Buffer.from(shown.replaceAll("\n", ""), "base64").toString("latin1");
  const plain = shown.replace(/\\u([0-9a-f]{4})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
  return way === "in an address" ? decodeURIComponent(plain) : plain.replace(/\\\n\s*/g, "");
}

for (const [name, texts] of Object.entries(TOKENS))
  test(name, () => {
    for (const marked of texts)
      for (const [way, write] of Object.entries(AROUND)) {
        // A long text takes longer: one token of each kind.
        if (way.includes("many lines") && !way.startsWith("in base64") && marked !== texts[0]) continue;
        const secret = /⟦([\s\S]*)⟧/.exec(marked)?.[1] ?? marked;
        const written = write(marked.replace(/[⟦⟧]/g, ""));
        const shown = maskText(written, secretsInText(written));
        assert.is(leaks(read(shown, way), secret), undefined, `${way}: ${written}\n${shown}`);
        assert.is(shown.length, written.length);
      }
  });

/** What is no secret, though it looks a little like one. */
const ORDINARY: readonly string[] = [
  hex(32),
  hex(40),
  hex(64),
  hex(128),
  UUID,
  `sha256-${base64(32)}`,
  `sha512-${base64(64)}`,
  `sha512:${base64(64)}`,
  `SHA256:${base64(32).replace("=", "")}`,
  "/nix/store/djmbswn2jypz6i47zn4g0zmn7b6nz4yd-source",
  `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${alnum(43)} ada@host`,
  `ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQC7${base64(300)} ada`,
  "cache.nixos.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=",
  `age1${hex(58)}`,
  `github:NixOS/nixpkgs/${hex(40)}?narHash=sha256-9mmERvi94UskbjEmpDbpzM7qrBTrraFWDUwL13k2yn4%3D`,
  `docker.io/library/debian@sha256:${hex(64)}`,
  `data:image/png;base64,${base64(600)}`,
  `data:image/svg+xml;base64,${Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><path d="M1 2h3v4z"/></svg>').toString("base64")}`,
  `-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA${base64(90)}\n-----END PUBLIC KEY-----`,
  `-----BEGIN CERTIFICATE-----\nMIIDXTCCAkWgAwIBAgIJ${base64(90)}\n-----END CERTIFICATE-----`,
  Buffer.from("-----BEGIN CERTIFICATE-----\nMIIDXTCCAkWgAwIBAgIJ\n-----END CERTIFICATE-----").toString("base64"),
  "untrusted comment: minisign public key\nRWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3",
  "a-very-long-name-of-a-machine-in-a-datacenter-01.eu-central-1.compute.internal.example.org",
  "https://cache.example.org:8443/nix/store@v1",
  "https://host:8080?by=ada@example.org",
  "git+ssh://git@github.com/acme/x.git",
  "ssh://ada@build.example.org:22",
  "postgres://localhost:5432/app",
  "https://$" + "{USER}:$" + "{PASS}@host",
  "https://user:$PASSWORD@host/",
  "https://user:<password>@host",
  "https://x.org/?token=$TOKEN",
  "export GITHUB_TOKEN=$(gh auth token)",
  'TOKEN="$1"',
  "PASSWORD=$" + "{PASSWORD:-}",
  "DB_PASSWORD_FILE=/run/secrets/db",
  "SECRET=/run/secrets/database",
  "TOKEN=~/.config/token",
  "tool --token-file x --token $TOKEN --password-stdin --token authentication",
  "docker run -u 1000:1000 x; docker build --secret id=npmrc,src=.npmrc .",
  "curl -u $USER:$PASS https://example.org",
  'mysql -u root -p app1; mysql -P3306 -p"$PASS"; redis-cli -a $PASS; unzip -p a1.zip; mongod --port 27017 -p',
  "echo $TOKEN1 | docker login --password-stdin; echo version1 | tee x1; vault login -method=oidc1; cargo login",
  "nix build --option access-tokens github.com=$TOKEN; keytool -storepass $PASS1; tool -token-file x1 -password",
  "<password>$" + "{env.PASSWORD1}</password>; see access-tokens in the manual = 2",
  "the machine needs password protection, Basic understanding of internationalization, Bearer authentication-scheme",
  "Authorization: required-by-policy",
  "/dev/disk/by-id/ata-Samsung_SSD_860_EVO_1TB_S3Z9NB0K123456A task-runner-with-a-very-long-name-that-goes-on",
  "xoxo-hugs-and-kisses sk-learn npm_config_registry=https://registry.npmjs.org hf_hub key-value-store",
  "com.example.MyVeryLongClassNameHereXyz.method.anotherVeryLongMethodNameHere",
  "awk '{print $1$2}'; sed 's/$6$//'",
  "https://user-images.githubusercontent.com/1234567/89012345-abcdef00-d1e2-11ea-8f9a-0123456789ab.png",
  "v1.2.3-20240101120000-abcdef012345",
];

test("what is no secret", () => {
  for (const text of ORDINARY)
    assert.equal(
      allSecrets(text).map(({ start, end }) => text.slice(start, end)),
      [],
      text,
    );
});

test("names that say that their value is a secret", () => {
  for (const name of [
    "PGPASSWORD",
    "NGROK_AUTHTOKEN",
    "clientsecret",
    "DD_APP_KEY",
    "SECRET_KEY_BASE",
    "CACHIX_SIGNING_KEY",
    "MYSQL_PWD",
    "DB_PASSWORD_2",
    "GITHUB_PAT",
    "REDISCLI_AUTH",
    "SSHPASS",
    "RELEASE_COOKIE",
    "_authToken",
    "DB_PASSWORD_PROD",
    "AWS_SECRET_ACCESS_KEY_STAGING",
    "apiTokenDev",
    "API_KEYS",
    "ADMIN_PW",
    "PGPASS",
    "DBPWD",
    "CONSUL_HTTP_AUTH",
    "VAULT_UNSEAL_KEY",
    "AIRFLOW__CORE__FERNET_KEY",
    "RECOVERY_PHRASE",
    "VAULT_SECRET_ID",
    "TF_TOKEN_app_terraform_io",
    "POETRY_PYPI_TOKEN_INTERNAL",
  ])
    assert.ok(isSecretName(name), name);
  for (const name of [
    "OLDPWD",
    "PWD",
    "PATH",
    "COMPASS",
    "GIT_ASKPASS",
    "MAX_TOKENS",
    "PUBLIC_KEY",
    "SSH_KEY",
    "KEYBOARD",
    "TOKEN_FILE",
    "DB_PASSWORD_FILE",
    "XDG_SESSION_ID",
    "DESKTOP_SESSION",
    "SESSION_ID",
    "CLIENT_ID",
    "KEYS",
    "SORT_KEYS",
    "TOKENIZER_TEST",
    "PASSWORD_STORE_DIR",
  ])
    assert.not.ok(isSecretName(name), name);
});

/** Values that only a name gives away, as each format writes them. */
const NAMED: readonly string[] = [
  "password: ⟦correct horse battery staple⟧ # of ada",
  "password:\n  ⟦correct-horse⟧",
  "password: |\n  ⟦correct-horse⟧",
  "password: !!str ⟦correct-horse⟧",
  "password: &it ⟦correct-horse⟧",
  "{ password: ⟦correct horse⟧, user: ada }",
  '"password": "⟦correct \\" horse⟧",',
  'password = """\n⟦correct-horse⟧"""',
  "password = '''⟦correct-horse⟧'''",
  "password = ''⟦correct-horse⟧'';",
  "password: '⟦it''s correct⟧'",
  'password: "⟦correct\n  horse⟧"',
  'password: "⟦never closed',
  "export PGPASSWORD=⟦correct,horse⟧ && psql",
  "password: ⟦$2x,correct(horse)⟧",
  "ENV['API_TOKEN'] = '⟦correct-horse⟧'",
  'os.environ["DB_PASSWORD"] = "⟦correct-horse⟧"',
  "DB_PASSWORD ?= ⟦correct-horse⟧",
  'ENV["API_TOKEN"] ||= "⟦correct-horse⟧"',
  '"DB_PASSWORD": ["a", "⟦correct-horse⟧"], x',
  "java -Djavax.net.ssl.trustStorePassword=⟦correct-horse⟧ x",
  "export PGPASS=⟦correct-horse⟧",
];

test("values that a name before them gives away", () => {
  for (const marked of NAMED) {
    const text = marked.replace(/[⟦⟧]/g, "");
    const end = marked.includes("⟧") ? marked.indexOf("⟧") - 1 : text.length;
    const found = namedSecrets(text).map((one) => text.slice(one.start, one.end));
    assert.equal(found, [text.slice(marked.indexOf("⟦"), end)], marked);
  }
  for (const text of [
    "password:\n  min: 12",
    "password: $" + "{DB}",
    "password: $DB_PASSWORD",
    "password: <yours>",
    "token: required",
  ])
    assert.equal(namedSecrets(text), [], text);
});

/** Beginnings of forms. Repeated, they would make a careless regular expression search to the end from each of them. */
const BEGINNINGS = [
  "a",
  "A_",
  "AAAA:",
  "https://a",
  "https://a:",
  "TOKEN=",
  "PASSWORD",
  "-----BEGIN PRIVATE KEY-----",
  "LS0tLS1CRUdJT",
  "eyJa.",
  "ghp_",
  "sk-",
  "a.b-c:",
  "machine a login b ",
  "?token=",
  "eyJaaaaaaaaaaaa.",
  "-eyJa",
  "xoxb-a",
  "Authorization: ",
  "curl -u ",
  "--token ",
  "cookie: ",
  "login -p ",
  "mysql -p",
  "ldapsearch ",
  "echo a1b2c3 ",
  "access-tokens a=",
  "token: [",
  "token: [a1b2c3 ",
  "$argon2id$v=1$a$",
  "MIIaaaIBAAKB",
  "Private-Lines: 1 ",
  "%3A%2F%2Fa%3A",
  "\\u0041",
  "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlq\n",
];
for (const beginning of BEGINNINGS) {
  test(`${beginning} repeated takes linear time`, () => {
    const text = (size: number) => beginning.repeat(Math.ceil(size / beginning.length));
    assertLinear(beginning, (size) => void allSecrets(text(size)), 50_000);
  });
}

test.run();
