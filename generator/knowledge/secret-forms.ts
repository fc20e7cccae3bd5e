import { isMixed, PURPOSE } from "./secret-names.ts";

/*
 * How tokens, keys and passwords look that services and programs in wide use give out. A form is here only if it has something of its own,
 * such as a prefix: hashes, identifiers and pictures in base64 are no secrets.
 */

export interface SecretForm {
  /** With an article: `a GitHub token`. */
  readonly what: string;
  /** Each such secret has one of these in it: the search for them is much faster than that for the form. */
  readonly parts: readonly string[];
  /**
   * If there is a group named `secret`, only that part is secret. Each repetition before the first fixed character is bounded or begins
   * where a word does, so that a search takes linear time.
   */
  readonly form: RegExp;
  /** Whether the secret is one, where the expression alone can't say it. */
  readonly isOne?: (secret: string) => boolean;
}

const form = (
  what: string,
  parts: string | readonly string[],
  form: RegExp,
  isOne?: (secret: string) => boolean,
): SecretForm => ({
  what,
  parts: typeof parts === "string" ? [parts] : parts,
  form,
  ...(isOne ? { isOne } : {}),
});

/**
 * A token with a fixed beginning, where no word goes on. The beginning is an expression for one of the `parts` or longer; it comes before
 * the look behind, so that the search runs from one beginning to the next.
 */
const token = (what: string, parts: string | readonly string[], rest: string, beginning?: string): SecretForm => {
  const begins = beginning ?? `(?:${[parts].flat().join("|").replaceAll(".", "\\.")})`;
  return form(what, parts, new RegExp(`${begins}(?<![A-Za-z0-9]${begins})${rest}`, "g"));
};

/** Characters of most tokens, of base64 for addresses too. */
const W = "[A-Za-z0-9_-]";
const UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";

const TOKENS: readonly SecretForm[] = [
  token("an age identity", ["AGE-SECRET-KEY-", "AGE-PLUGIN-"], "[0-9A-Z-]{20,}"),
  token("a GitHub token", ["ghp_", "gho_", "ghu_", "ghs_", "ghr_"], "[A-Za-z0-9_]{20,}(?:\\.[A-Za-z0-9_-]{10,}){0,2}"),
  token("a GitHub token", "github_pat_", "[A-Za-z0-9_]{20,}"),
  // Newer ones end with `.01.` and a checksum.
  token(
    "a GitLab token",
    [
      "glpat-",
      "glptt-",
      "gldt-",
      "glrt-",
      "glrtr-",
      "glcbt-",
      "glsoat-",
      "glft-",
      "glffct-",
      "glimt-",
      "glagent-",
      "gloas-",
      "glwt-",
    ],
    `${W}{20,}(?:\\.[0-9a-z]{2}\\.[0-9a-z]{7,12})?`,
  ),
  token("a GitLab token", "GR1348941", `${W}{20,}`),
  token("an AWS access key", ["AKIA", "ASIA"], "[A-Z0-9]{16}(?![A-Za-z0-9])"),
  token("an AWS key", "ABSK", "[A-Za-z0-9+/]{100,}={0,2}"),
  token("a Google API key", "AIza", `${W}{35}(?![A-Za-z0-9])`),
  token("a Google token", "ya29.", "[A-Za-z0-9_.-]{20,}"),
  token("a Google token", "GOCSPX-", `${W}{20,}`),
  token("a Google token", "1//0", `${W}{40,}`),
  token("a DigitalOcean token", "_v1_", "[a-f0-9]{64}(?![A-Za-z0-9])", "do[opr]_v1_"),
  token("a HashiCorp token", ["hvs.", "hvb.", "hvr."], `${W}{20,}`),
  token("a Slack token", "xox", "(?=[A-Za-z-]{0,60}[0-9])[A-Za-z0-9%/+-]{10,}", "xox[abcdeoprs](?:\\.xox[bp])?-"),
  token("a Slack token", "xapp-", "[0-9]-[A-Z0-9]{8,}-[A-Za-z0-9-]{20,}"),
  token("an npm token", "npm_", "[A-Za-z0-9]{36,}"),
  token("a PyPI token", "pypi-AgE", `${W}{20,}`),
  token("a Docker Hub token", "dckr_", `${W}{20,}`, "dckr_(?:[ps]at|oat)_"),
  token("a Hugging Face token", ["hf_", "api_org_"], "[A-Za-z0-9]{30,}"),
  token("a Grafana token", ["glsa_", "glc_"], "[A-Za-z0-9_+/-]{30,}={0,2}"),
  token("a SendGrid key", "SG.", `${W}{16,40}\\.${W}{30,60}`),
  token("an Atlassian token", ["ATATT3", "ATCTT3", "ATBB"], "[A-Za-z0-9_=-]{28,}"),
  token("an Atlassian token", "BBDC-", "[A-Za-z0-9+/@_-]{36,}"),
  token("a Databricks token", ["dapi", "dose"], "[0-9a-f]{32}(?:-[0-9])?(?![A-Za-z0-9])"),
  token("a Doppler token", "dp.", "[A-Za-z0-9._-]{30,}", "dp\\.(?:pt|st|ct|sa|said|scim|audit)\\."),
  token("a Shopify token", ["shpat_", "shpca_", "shppa_", "shpss_"], "[A-Fa-f0-9]{32}(?![A-Za-z0-9])"),
  token("a RubyGems key", "rubygems_", "[a-f0-9]{48}(?![A-Za-z0-9])"),
  token("a crates.io token", "cio", "[A-Za-z0-9]{32}(?![A-Za-z0-9])"),
  token("a Pulumi token", "pul-", "[a-f0-9]{40}(?![A-Za-z0-9])"),
  token("a Postman key", "PMAK-", "[a-f0-9]{24}-[a-f0-9]{34}"),
  token("a New Relic key", ["NRAK-", "NRAA-", "NRII-", "NRIQ-", "NRJS-", "NRRA-"], "[A-Za-z0-9_-]{19,}"),
  token("a Sentry token", "sntry", "[A-Za-z0-9_=+/-]{40,}", "sntry[su]_"),
  token("a SonarQube token", ["sqa_", "sqp_", "squ_"], "[a-f0-9]{40}(?![A-Za-z0-9])"),
  token("a Supabase token", ["sbp_", "sb_secret_"], `${W}{30,}`),
  token("a Tailscale key", "tskey-", "[A-Za-z0-9-]{10,}", "tskey-[a-z]{1,20}-"),
  token("an API key", "sk-", `(?=[A-Za-z_-]{0,60}\\d)${W}{32,}`),
  token("a Stripe key", ["k_live_", "k_test_"], "[A-Za-z0-9]{20,}", "[sr]k_(?:live|test)_"),
  token("a webhook's key", "whsec_", "[A-Za-z0-9+/]{24,}={0,2}"),
  token("a Twilio key", "SK", "[0-9a-f]{32}(?![A-Za-z0-9])"),
  token("a Mailgun key", "key-", "[0-9a-f]{32}(?![A-Za-z0-9])"),
  token("a Groq key", "gsk_", "[A-Za-z0-9]{40,}"),
  token("a Replicate token", "r8_", "[A-Za-z0-9]{37,}"),
  token("an API key", ["pplx-", "tvly-", "nvapi-"], `${W}{32,}`),
  token("an xAI key", "xai-", "[A-Za-z0-9]{60,}"),
  token("an API key", "tgp_v1_", `${W}{40,}`),
  token("a LangSmith key", "lsv2_", "[a-f0-9]{32}_[a-f0-9]{10}", "lsv2_(?:pt|sk)_"),
  token("a Cloudflare token", ["cfut_", "cfat_", "cfk_"], "[A-Za-z0-9]{40,}"),
  token("a Cloudflare key", "v1.0-", "[a-f0-9]{24}-[a-f0-9]{100,}"),
  token("a Heroku key", "HRKU-", `(?:${UUID}|AA${W}{50,})`),
  token("a Datadog key", ["ddapp_", "ddapi_"], "[A-Za-z0-9]{30,}"),
  token("a PagerDuty key", "pdus+_", "[A-Za-z0-9_+-]{20,}", "pdus\\+_"),
  token("a Dynatrace token", "dt0", "[A-Z0-9]{24}\\.[A-Z0-9]{64}", "dt0[a-z][0-9]{2}\\."),
  token("a Honeycomb key", "hca", "[a-z0-9]{50,}", "hca[iml]k_"),
  token("an Elastic key", "essu_", "[A-Za-z0-9+/]{40,}={0,2}"),
  token("a Linear key", "lin_", "[A-Za-z0-9]{32,}", "lin_(?:api|oauth)_"),
  token("a Notion token", "ntn_", "[A-Za-z0-9]{40,}"),
  token("a Notion token", "secret_", "(?=[A-Za-z]{0,43}\\d)[A-Za-z0-9]{43}(?![A-Za-z0-9_])"),
  token("a Figma token", ["figdr_", "figd_", "figo_", "figur_", "figu_"], `${W}{40,}`),
  token("an Airtable token", "pat", "[A-Za-z0-9]{14}\\.[a-f0-9]{64}(?![A-Za-z0-9])"),
  token("a PlanetScale token", "pscale_", "[A-Za-z0-9_=.-]{32,}", "pscale_(?:tkn|pw|oauth)_"),
  token("a Neon key", "napi_", "[a-z0-9]{50,}"),
  token("a Fly token", "fm", "[A-Za-z0-9+/]{60,}={0,2}", "fm[12][ar]?_"),
  token("a Fly token", "fo1_", `${W}{40,}`),
  token("a Render key", "rnd_", "[A-Za-z0-9]{28,}"),
  token("a Vercel token", ["vca_", "vci_", "vck_", "vcp_", "vcr_"], "[A-Za-z0-9]{24,}"),
  token("a Netlify token", ["nfb_", "nfc_", "nfo_", "nfp_", "nfu_"], "[A-Za-z0-9]{36,}"),
  token("a Square token", "sq0", `${W}{22,}`, "sq0(?:atp|csp|idp)-"),
  token("a Plaid token", "access-", UUID, "access-(?:sandbox|development|production)-"),
  token("a 1Password token", "ops_eyJ", "[A-Za-z0-9+/_-]{100,}={0,2}"),
  token("an Infisical token", "st.", "[0-9a-f]{24}\\.[0-9a-f]{32}\\.[0-9a-f]{32}"),
  token("a NuGet key", "oy2", "[a-z0-9]{43}(?![A-Za-z0-9])"),
  token("an Artifactory key", "AKCp", "[A-Za-z0-9]{60,}"),
  token("an Artifactory token", "cmVmdGtuO", "[A-Za-z0-9]{50,}"),
  token("a CircleCI token", "CCIP", "[A-Za-z0-9]{20,}_[a-f0-9]{40}", "CCIP(?:AT|RJ)_"),
  token("a Buildkite token", ["bkua_", "bkct_", "bkpat_", "bkaj_", "bkat_"], "[A-Za-z0-9]{40,}"),
  token("a Sourcegraph token", "sgp_", "(?:[a-f0-9]{16}_|local_)?[a-f0-9]{40}(?![A-Za-z0-9])"),
  token("an Adafruit key", "aio_", "[A-Za-z0-9]{28}(?![A-Za-z0-9])"),
  token("an EasyPost key", ["EZAK", "EZTK"], "[A-Za-z0-9]{54}(?![A-Za-z0-9])"),
  token("a Shippo token", "shippo_", "[a-f0-9]{40}", "shippo_(?:live|test)_"),
  token("a Typeform token", "tfp_", "[A-Za-z0-9_.=-]{40,}"),
  token("a Contentful token", "CFPAT-", `${W}{40,}`),
  token("a ReadMe key", "rdme_", "[a-z0-9]{60,}"),
  token("a HubSpot token", "pat-", UUID, "pat-[a-z]{2}[0-9]-"),
  token("a Brevo key", ["xkeysib-", "xsmtpsib-"], "[a-f0-9]{64}-[A-Za-z0-9]{16}"),
  token("a Clojars token", "CLOJARS_", "[a-z0-9]{50,}"),
  token("a Duffel token", "duffel_", `${W}{40,}`, "duffel_(?:live|test)_"),
  token("a Frame.io token", "fio-u-", `${W}{50,}`),
  token("an Alibaba key", "LTAI", "[A-Za-z0-9]{16,20}(?![A-Za-z0-9])"),
  token("a Tencent key", "AKID", "[A-Za-z0-9]{32}(?![A-Za-z0-9])"),
  token("a Dropbox token", "sl.", `(?:u\\.)?${W}{120,}`),
  token("a MongoDB key", "mdb_sa_sk_", `${W}{30,}`),
  token("a Lob key", ["live_", "test_"], "[a-f0-9]{35}(?![A-Za-z0-9])"),
  token("a git-crypt key", "AGITCRYPTKEY", "[A-Za-z0-9+/]{20,}={0,2}"),
  token("a private key", "nsec1", "[a-z0-9]{58}(?![A-Za-z0-9])"),
  token("a private key", ["xprv", "yprv", "zprv"], "[1-9A-HJ-NP-Za-km-z]{100,}"),
  // JSON Web Tokens, also encrypted ones of five parts; used by Cachix, Attic, Kubernetes and most clouds.
  form(
    "a signed token",
    "eyJ",
    /eyJ(?<![A-Za-z0-9]eyJ)(?:(?<![_-]eyJ)[A-Za-z0-9_-]{10,}|[A-Za-z0-9_-]{10,300})\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]{10,}(?:\.[A-Za-z0-9_-]+){0,2}/g,
  ),
  form("a Grafana key", ["eyJrIjoi", "eyJ2ZXIi"], /eyJ(?:rIjoi|2ZXIi)[A-Za-z0-9+/]{40,}={0,2}/g),
  form("a Mapbox token", "sk.eyJ", /\bsk\.eyJ[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{16,}/g),
  form("a Terraform token", ".atlasv1.", /(?<![A-Za-z0-9])[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{40,}/g),
  form("a Vault token", ["s.", "b."], /(?<![A-Za-z0-9_.-])[sb]\.[A-Za-z0-9]{24}(?![A-Za-z0-9_.([-])/g, isMixed),
  form("a Telegram token", ":AA", /(?:(?<![A-Za-z0-9])|(?<=bot))\d{8,10}:AA[A-Za-z0-9_-]{33}(?![A-Za-z0-9])/g),
  form(
    "a Discord token",
    ".",
    /(?<![A-Za-z0-9_.-])[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,45}(?![A-Za-z0-9_-])/g,
    (secret) => isMixed(secret.slice(0, 24)) && /\d/.test(secret.slice(-27)),
  ),
  form("a Mailgun key", "-", /(?<![A-Za-z0-9_-])[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8}(?![A-Za-z0-9_-])/g),
  form(
    "a Mailchimp key",
    [..."0123456789"].map((digit) => `-us${digit}`),
    /(?<![A-Za-z0-9_-])[0-9a-f]{32}-us[0-9]{1,2}(?![A-Za-z0-9_-])/g,
  ),
  form("a New Relic key", "NRAL", /(?<![A-Za-z0-9])[0-9a-f]{36}NRAL(?![A-Za-z0-9])/g),
  form("an ngrok token", "_", /(?<![A-Za-z0-9_])[12][A-Za-z0-9]{26}_[A-Za-z0-9]{21}(?![A-Za-z0-9_])/g, isMixed),
  form("a Zoho token", "1000.", /(?<![A-Za-z0-9.])1000\.[0-9a-f]{32}\.[0-9a-f]{32}(?![A-Za-z0-9])/g),
  form("an Asana token", ["0/", "1/", "2/"], /(?<![A-Za-z0-9/])[0-2]\/\d{16}(?:\/\d{16})?:[0-9a-f]{32}(?![A-Za-z0-9])/g),
  form("a Bitwarden token", "0.", new RegExp(`(?<![A-Za-z0-9.])0\\.${UUID}\\.[A-Za-z0-9]{20,}:[A-Za-z0-9+/]{20,}={0,2}`, "g")),
  form(
    "a 1Password secret key",
    "A3-",
    /(?<![A-Za-z0-9-])A3-[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})(?:-[A-Z0-9]{5}){3}(?![A-Za-z0-9-])/g,
  ),
  // The marks that Microsoft puts into its keys: https://learn.microsoft.com/purview/sit-defn-azure-storage-account-key and its neighbours.
  form("an Azure secret", "Q~", /(?<![A-Za-z0-9_~.-])[A-Za-z0-9_~.]{3}\dQ~[A-Za-z0-9_~.-]{31,34}/g),
  form("an Azure DevOps token", "AZDO", /(?<![A-Za-z0-9])[A-Za-z0-9]{75,76}AZDO[A-Za-z0-9]{4,5}(?![A-Za-z0-9])/g),
  form("an Azure key", "JQQJ99", /(?<![A-Za-z0-9])[A-Za-z0-9]{52,76}JQQJ99[A-Za-z0-9]{2,26}/g),
  form(
    "an Azure key",
    ["ACDb", "APIM", "+ASt", "+ABa", "+AMC"],
    /(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{76}(?:APIM|ACDb|\+(?:ABa|AMC|ASt))[A-Za-z0-9+/]{6}==/g,
  ),
  form(
    "an Azure key",
    ["+ASb", "+AEh", "+ARm", "AIoT", "AzSe", "AzFu"],
    /(?<![A-Za-z0-9+/_-])(?:[A-Za-z0-9+/]{33}(?:AIoT|\+A(?:Sb|Eh|Rm))[A-Za-z0-9+/]{6}=|[A-Za-z0-9]{42}AzSe[A-Za-z0-9]{6}|[A-Za-z0-9_-]{44}AzFu[A-Za-z0-9_-]{6}==)/g,
  ),
];

const KEYS: readonly SecretForm[] = [
  form(
    "a private key",
    "PRIVATE KEY",
    /-{4,5} ?BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)? ?-{4,5}[\s\S]*?(?:-{4,5} ?END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)? ?-{4,5}|$)/g,
  ),
  // The body of one without its first line: OpenSSH's, RSA, PKCS #8 of RSA, EC and Ed25519, EC.
  form(
    "a private key",
    ["b3BlbnNzaC1rZXktdjE", "IBAAK", "IBADANBgkqhkiG9w0BAQEFAASC", "MIGHAgEAMBMGByqGSM49", "MC4CAQAwBQYDK2V", "MHcCAQEEI"],
    /(?<![A-Za-z0-9+/])(?:b3BlbnNzaC1rZXktdjE|MII[A-Za-z0-9+/]{3}IB(?:AAK[BC]|ADANBgkqhkiG9w0BAQEFAASC)|MIGHAgEAMBMGByqGSM49|MC4CAQAwBQYDK2V|MHcCAQEEI)[A-Za-z0-9+/]{20,}={0,2}(?:\s{1,40}(?=[A-Za-z0-9+/=]{20})[A-Za-z0-9+/]+={0,2})*/g,
  ),
  form("a private key", "Private-Lines:", /Private-Lines:[ \t]{0,4}\d{1,4}\s(?<secret>[A-Za-z0-9+/=\s]{20,})/g),
  form("a private key", ["RWRTY0Iy", "RWRCSw"], /(?<![A-Za-z0-9+/])RWR(?:TY0Iy|CSw)[A-Za-z0-9+/]{80,}={0,2}/g),
  form(
    "a WireGuard key",
    ["PrivateKey", "PresharedKey"],
    /\b(?:PrivateKey|PresharedKey)[ \t]{0,20}=[ \t]{0,20}(?<secret>[A-Za-z0-9+/]{43}=)/g,
  ),
  // A secret Ed25519 key has 64 bytes (88 characters of base64), a public one 32 bytes (44 characters).
  form(
    "a secret signing key",
    ":",
    /:(?<=[A-Za-z0-9._-]:)(?<!(?<![A-Za-z0-9._-])sha512:)(?<secret>[A-Za-z0-9+/]{86}(?:==)?)(?![A-Za-z0-9+/=])/g,
  ),
  form("the hash of a password", "SHA}", /\{S?SHA(?:256|512)?\}[A-Za-z0-9+/]{27,}={0,2}/g),
  form(
    "the hash of a password",
    ["$2", "$y$", "$6$", "$5$", "$1$", "$apr1$", "$argon2"],
    /\$(?:2[abxy]?\$\d\d\$[A-Za-z0-9./]{53}|y\$[A-Za-z0-9./]{1,20}\$[A-Za-z0-9./]{1,90}\$[A-Za-z0-9./]{43}|6\$(?:rounds=\d{1,9}\$)?[A-Za-z0-9./]{1,16}\$[A-Za-z0-9./]{86}|5\$(?:rounds=\d{1,9}\$)?[A-Za-z0-9./]{1,16}\$[A-Za-z0-9./]{43}|(?:1|apr1)\$[A-Za-z0-9./]{1,8}\$[A-Za-z0-9./]{22}|argon2(?:id|i|d)\$v=\d{1,3}\$[a-z0-9=,]{1,60}\$[A-Za-z0-9+/]{8,90}\$[A-Za-z0-9+/]{20,180})/g,
  ),
];

/** The word before a password in `--password=x` or `?token=x`, in small or capital letters. */
const PARAMETER =
  "(?:access|private|auth|refresh|id|client|api|secret|account|session)?[_-]?(?:token|password|passwd|passphrase|secret|api[_-]?key)|(?:access|secret|private|auth)[_-]?key|oauth2-bearer";

const CREDENTIALS: readonly SecretForm[] = [
  form("an Azure key", "AccessKey=", /\bSharedAccessKey=(?<secret>[A-Za-z0-9+/]{40,}={0,2})/g),
  form("an Azure key", "AccountKey=", /\bAccountKey=(?<secret>[A-Za-z0-9+/]{40,}={0,2})/g),
  form(
    "an AWS secret key",
    ["ey", "EY"],
    /aws_?(?:secret_?)?(?:access_?)?key["']?[ \t]{0,20}[:= ][ \t]{0,20}["']?(?<secret>[A-Za-z0-9+/]{40})(?![A-Za-z0-9+/=])/gi,
  ),
  form(
    "a webhook's address",
    "hooks.slack.com",
    /\bhttps:\/\/hooks\.slack\.com\/(?:services|workflows|triggers)\/(?<secret>[A-Za-z0-9/_-]{20,})/g,
  ),
  form("a webhook's address", "/api/webhooks/", /\/api\/webhooks\/\d{10,22}\/(?<secret>[A-Za-z0-9_-]{40,})/g),
  form("a webhook's address", "webhook.office.com", /\.webhook\.office\.com\/webhookb2\/(?<secret>[A-Za-z0-9@/-]{40,})/g),
  form(
    "a token in a header",
    "uthorization",
    /\b[Aa]uthorization["']?[ \t]{0,4}[:=][ \t]{0,4}["']?(?:[A-Za-z]{2,20}[ \t]{1,4})?(?:token=)?["']?(?=[A-Za-z+/._~=:-]{0,60}\d)(?<secret>[A-Za-z0-9+/._~=:-]{16,})/g,
  ),
  form(
    "a token in a header",
    "Bearer",
    /\bBearer(?:[ \t]|%20){1,4}(?=[A-Za-z+/._~=-]{0,60}\d)(?<secret>[A-Za-z0-9+/._~=-]{16,})/g,
  ),
  form("a password in a header", "Basic", /\bBasic(?:[ \t]|%20){1,4}(?<secret>[A-Za-z0-9+/]{8,}={0,2})/g, isPair),
  form(
    "a token in a header",
    ["-", "ookie"],
    /(?<![A-Za-z0-9-])(?:x-(?:[a-z]{1,20}-){0,3}(?:token|key|secret)|(?:private|job|deploy|circle|api)-(?:token|key)|(?:set-)?cookie)["']?:[ \t]{0,4}["']?(?<secret>[A-Za-z0-9][^\s'"$<>{}]{11,})/gi,
    (secret) => /\d/.test(secret),
  ),
  form(
    "a password",
    "auth",
    /"auth"[ \t]{0,20}:\s{0,20}"(?<secret>[A-Za-z0-9+/]{8,}={0,2})"/g,
    (secret) => isPair(secret) || (secret.length >= 24 && isMixed(secret)),
  ),
  form(
    "a token",
    ["_auth", "_password"],
    /(?<![A-Za-z0-9])_(?:authToken|auth|password)[ \t]{0,4}=[ \t]{0,4}["']?(?<secret>[^\s'"$]{6,})/g,
  ),
  form(
    "a password in a URL",
    "@",
    /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@'"<>]{0,100}:(?<secret>[^\s/'"]{1,300})@/gi,
    // `https://host:8080?by=ada@example.org` has a port.
    (secret) => !/^\d{1,5}[?#]/.test(secret),
  ),
  form("a password in a URL", ["@tcp(", "@unix("], /\b[A-Za-z0-9._-]{1,60}:(?<secret>[^\s/:@'"<>]{6,200})@(?:tcp|unix)\(/g),
  form("a password in a URL", "jdbc:", /\bjdbc:[a-z:]{1,40}:[A-Za-z0-9_.-]{1,60}\/(?<secret>[^\s/:@'"<>]{4,200})@/g),
  // Without a digit, it can be the name of an account or an organisation.
  form("a token in a URL", "@", /\bhttps?:\/\/(?=[a-z_-]{0,100}\d)(?<secret>[A-Za-z0-9_-]{20,300})@/gi),
  form(
    "a token in a URL",
    ["?", "&"],
    new RegExp(
      `[?&](?:${PARAMETER}|X-Amz-Signature|X-Amz-Security-Token|X-Goog-Signature|sig|signature|user_token)=(?<secret>[^\\s&'"<>]{6,})`,
      "gi",
    ),
  ),
  form(
    "a password",
    "password",
    /\b(?:(?:machine[ \t]+[^\s]{1,200}|default)\s{1,40}(?:(?:login|account)\s{1,20}[^\s]{1,200}\s{1,40}){1,2}|machine[ \t]+[^\s.]{1,60}\.[^\s]{1,200}\s{1,40})password\s{1,20}(?<secret>[^\s'"]{1,200})/g,
  ),
  form(
    "a password",
    "curl",
    /\bcurl\b[^\n;|&]{0,120}?\s(?:-u|--user|--proxy-user)[ \t=]{0,4}["']?[^\s:'"$]{1,100}:(?<secret>[^\s'"]{3,300})/g,
  ),
  form("a password", ["sshpass", "login"], /\b(?:sshpass|login\b[^\n;|&]{0,120}?)\s-p[ \t=]{0,4}["']?(?<secret>[^\s'"]{6,300})/g),
  // `mysql -pSECRET` and `7z -pSECRET` have no space; `redis-cli -a SECRET` and the like have one.
  form(
    "a password",
    ["mysql", "mariadb", "7z"],
    /\b(?:mysql[a-z]{0,20}|mariadb[a-z-]{0,20}|7za?)\b[^\n;|&]{0,120}?\s-p["']?(?<secret>[^\s'"$-][^\s'"]{5,300})/g,
    hasDigit,
  ),
  form(
    "a password",
    ["redis-cli", "mongo", "ldap", "sqlcmd", "unzip", "twine"],
    /\b(?:redis-cli\b[^\n;|&]{0,120}?\s-a|(?:mongo[a-z]{0,10}|twine)\b[^\n;|&]{0,120}?\s-p|ldap[a-z]{2,10}\b[^\n;|&]{0,120}?\s-w|(?:sqlcmd|unzip)\b[^\n;|&]{0,120}?\s-P)[ \t]{1,4}["']?(?<secret>[^\s'"$-][^\s'"]{5,300})/g,
    hasDigit,
  ),
  form(
    "a token",
    ["vault login", "cachix authtoken", "cargo login"],
    /\b(?:vault login|cachix authtoken|cargo login)[ \t]{1,4}["']?(?<secret>[A-Za-z0-9][^\s'"=]{11,})/g,
    hasDigit,
  ),
  // What a command reads as a password: `echo SECRET | docker login --password-stdin`.
  form(
    "a password or token",
    ["-stdin", "--with-token", "sudo -S", "chpasswd"],
    /\b(?:echo|printf)[ \t]{1,4}(?:-n[ \t]{1,4}|["']?%s(?:\\n)?["']?[ \t]{1,4})?["']?(?<secret>[^\s'"$%|][^\s'"|]{5,300})["']?[ \t]{0,4}\|[^\n|]{0,100}?(?:--(?:password|pass|token)-stdin|--with-token|sudo -S|chpasswd)/g,
    hasDigit,
  ),
  form(
    "a password or token",
    ["-token", "-storepass", "-keypass", "-pass"],
    /(?<![\w-])-(?:token|(?:src|dest)?storepass|keypass|password|passphrase)(?:=|[ \t]{1,4})["']?(?<secret>[A-Za-z0-9][^\s'"]{5,})/g,
    (secret) => hasDigit(secret) && isOption(secret),
  ),
  form("a password or token", "</", /<(?:password|passphrase|token|secret|api_?key)>(?<secret>[^<>\s$]{6,300})<\//gi),
  form(
    "an access token",
    "access-tokens",
    /\baccess-tokens["']?(?:[ \t]{1,4}|\s{1,20}(?=[^\s'"=.]{1,60}\.))["']?[^\s'"=]{1,100}=(?<secret>[^\s'"$]{4,300})/g,
  ),
  form(
    "a token",
    "config set",
    /\bconfig set [^\s=]{0,200}_(?:authToken|auth|password)[ \t]{1,4}["']?(?<secret>[^\s'"$]{6,300})/g,
    hasDigit,
  ),
  form(
    "a password or token",
    "--",
    new RegExp(`(?<![\\w-])--(?:[a-z]{1,20}-){0,3}?(?:${PARAMETER})=["']?(?<secret>[^\\s'"]{6,})`, "g"),
    isOption,
  ),
  form(
    "a password or token",
    "--",
    new RegExp(`(?<![\\w-])--(?:[a-z]{1,20}-){0,3}?(?:${PARAMETER})[ \\t]{1,4}["']?(?<secret>[A-Za-z0-9][^\\s'"]{7,})`, "g"),
    (secret) => /\d/.test(secret) && isOption(secret),
  ),
  // Of a database's connection string.
  form("a password", ["assword", "wd"], /(?:(?<=[;,?&])|(?<=\s))(?:password|pwd)=(?<secret>[^\s;&'"]{6,200})/gi, (secret) =>
    /\d/.test(secret),
  ),
  form(
    "a password or token",
    ["PASSW", "SECRET", "TOKEN", "APIKEY", "_KEY"],
    new RegExp(
      `(?<![A-Za-z0-9_])[A-Z0-9_]{0,60}(?:PASSWORD|PASSWD|SECRET|TOKEN|API_KEY|APIKEY|APP_KEY|PRIVATE_KEY|ACCESS_KEY|SECRET_KEY|SIGNING_KEY|SECRET_KEY_BASE)${PURPOSE}?=["']?(?<secret>[^\\s'"\`()<>;|&\\\\][^\\s'"\`()<>;|&\\\\]{7,})`,
      "g",
    ),
  ),
];

/** All forms. The first one that fits says what it is. */
export const FORMS: readonly SecretForm[] = [...KEYS, ...TOKENS, ...CREDENTIALS];

/** Whether it is more than a word, such as the `password` of a manual. */
function hasDigit(text: string): boolean {
  return /\d/.test(text);
}

/** Whether a text in base64 is a name and a password. */
function isPair(text: string): boolean {
  const plain = Buffer.from(text, "base64").toString("latin1");
  return /^[\u0020-\u007e]{1,100}:[\u0020-\u007e]/.test(plain);
}

/** `--token=id=x,src=y` names a file. */
function isOption(text: string): boolean {
  return !/^[a-z]{1,20}=/.test(text);
}
