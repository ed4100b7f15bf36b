"""Seeds that operators write: configurations, the four tables, key files."""
import json
import os
import re

from corpus_support import Corpus, ROOT, SEED_BYTES_MAX

ACTORS = ("[unknown, asn, asn_vertical, pj_kepala_daerah, kades, tni_polri, honorer, elected,\n"
          "      organiser]")
SMALL_ROUTING = f"""routing: small
version: "1"
sources:
  - {{ source: S1, address: "https://example.invalid/1" }}
regions:
  - {{ region: "36", name: Banten }}
  - {{ region: "36.04", name: Serang }}
kinds:
  - {{ kind: BKPSDM, instead: BKD }}
  - {{ kind: BKD, climbs: true, conflicts: [BKD, BKPSDM], instead: REVIEWER }}
  - {{ kind: REVIEWER }}
offices:
  - {{ office: r-36, kind: REVIEWER, region: "36", name: R, channel: maildir,
      address: r@b.invalid }}
  - {{ office: bkd-36, kind: BKD, region: "36", name: B, channel: smtp, address: a@b.invalid }}
  - {{ office: k-36.04, kind: BKPSDM, region: "36.04", name: K, channel: maildir,
      address: k@b.invalid, until: "2024-09-03" }}
  - {{ office: k2-36.04, kind: BKPSDM, region: "36.04", name: K, channel: maildir,
      address: k@b.invalid, from: "2024-09-04" }}
routes:
  - row: REVIEW
    regions: ["36"]
    actors: {ACTORS}
    outcomes: [violation, not_violation, needs_info, undecided]
    dispositions: [review]
    tells:
      - {{ kind: REVIEWER, notice: review }}
    source: S1
  - row: UNDECIDED
    regions: ["36"]
    actors: {ACTORS}
    outcomes: [undecided]
    dispositions: [auto, confirmed, overridden]
    tells:
      - {{ kind: REVIEWER, notice: review }}
    source: S1
  - row: TOLD
    regions: ["36"]
    actors: {ACTORS}
    outcomes: [violation, needs_info]
    dispositions: [auto, confirmed, overridden]
    tells:
      - {{ kind: BKPSDM, role: PPK, notice: decision }}
      - {{ kind: BKD, notice: decision }}
    source: S1
"""

CONFIG = """service: intake
origin: demo.invalid/fuzz
store: ../store/intake.db
key: intake.key
listen:
  inlet: tcp://127.0.0.1:21001
  door: tcp://127.0.0.1:21002
  http: 127.0.0.1:21003
peers:
  - name: classification
    inlet: tcp://127.0.0.1:21011
    public_key: {0}
  - name: audit-log
    door: tcp://127.0.0.1:21031
    public_key: {1}
operator:
  curve_public: {0}
  sign_public: {1}
limits:
  backlog_entries_max: 1000
  reserve_bytes: 0
log:
  level: info
  format: json
rules_file: rules.yaml
lease_ms: 60000
"""


def configs():
    corpus = Corpus("config")
    text = CONFIG.format("ab" * 32, "cd" * 32)
    corpus.put("service", text)
    doors = "".join(f"  - name: {name}\n    door: tcp://127.0.0.1:2{i}002\n"
                    f"    public_key: {f'{i}a' * 32}\n" for i, name in enumerate(
                        ("intake", "classification", "notification", "audit-log")))
    command = (f"service: netra\norigin: demo.invalid/fuzz\nkey: netra.key\npeers:\n{doors}"
               f"node_key_file: node.key\nprotection_officers:\n  - {'ab' * 32}\n  - {'cd' * 32}\n"
               f"receipt_public: {'ab' * 32}\n")
    corpus.put("command", command)
    corpus.put("unknown_key", text.replace("backlog", "backlock"))
    corpus.put("octal", text.replace("1000", "010"))
    corpus.put("twice", text + "log:\n  level: warn\n")
    corpus.put("alias", text.replace("level: info", "level: &a info").replace("json", "*a"))
    corpus.put("flow", "{service: intake, origin: a/b, key: k, log: {level: debug}}\n")
    corpus.put("tabs", "service:\tintake\n")


def constant(name):
    """The text of a C constant of the tables' unit tests."""
    path = os.path.join(ROOT, "tests/unit/classification/tables_fixture.c")
    with open(path, encoding="utf-8") as file:
        body = re.search(rf"{name}\[\] =(.*?);\n\n", file.read(), re.DOTALL).group(1)
    return "".join(json.loads(f'"{part}"')
                   for part in re.findall(r'"((?:[^"\\]|\\.)*)"', body))


def delivered(name):
    with open(os.path.join(ROOT, "deploy", "rules", name), encoding="utf-8") as file:
        return re.sub(r"^\s*#.*\n", "", file.read(), flags=re.MULTILINE)


def tables():
    small, calendar = constant("small_rules"), constant("small_calendar")
    head = small[:small.index("concepts:")]
    ruleset = Corpus("ruleset")
    put_long("ruleset", "small", small)
    ruleset.put("head", head)
    ruleset.put("no_codes", re.sub(r"codes:.*?negation", "negation", small, flags=re.DOTALL))
    put_long("ruleset", "least", least_rules(small))
    corpus = Corpus("calendar")
    corpus.put("small", calendar)
    corpus.put("overlap", calendar.replace("2023-11-12", "2023-11-20"))
    corpus.put("backwards", calendar.replace("2024-02-14", "2021-02-14"))
    corpus.put("flow", "{calendar: a, version: b, holidays: [], elections: []}\n")
    routing = Corpus("routing")
    routing.put("small", SMALL_ROUTING)
    routing.put("dated", SMALL_ROUTING.replace(
        "  - row: TOLD\n", "  - row: BEFORE\n    key: TOLD\n    until: \"2024-08-23\"\n"
        + SMALL_ROUTING.split("  - row: TOLD\n")[1]
        + "  - row: TOLD\n    key: TOLD\n    from: \"2024-08-24\"\n"))
    routing.put("circle", SMALL_ROUTING.replace("kind: REVIEWER }",
                                                "kind: REVIEWER, instead: BKD }"))
    routing.put("nobody", SMALL_ROUTING.replace("[unknown, asn,", "[unknown,"))
    put_long("templates", "whole", delivered("templates.yaml"))
    templates = Corpus("templates")
    templates.put("least", least_templates())
    templates.put("unknown_name", least_templates().replace("{case_number}", "{nip}"))


def least_rules(small):
    """Without rules, concepts and all that hangs on them."""
    actors = small.index("actors:")
    return (small[:small.index("concepts:")]
            + "concepts:\n  - { concept: like, phrases: [like] }\nactors:\n"
            + re.search(r"  - \{ actor: ASN.*\n", small[actors:]).group(0)
            + "offices: []\nelections: []\nrules:\n"
            + "  - { rule: LIKE, code: ETIK-04, points: 100, when: [like] }\n")


def put_long(target, name, text):
    folder = Corpus(target).folder
    with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
        file.write(text)


def least_templates():
    rows = "".join(f"  - {{notice: {kind}, subject: \"a {{case_number}}\", "
                   f"body: \"{{what_to_do}} {{region_name}}\\n\"}}\n"
                   for kind in ("decision", "review", "information", "withdrawn"))
    acts = "".join(f"  - {{notice: {kind}, text: \"b {{received_date}}\"}}\n"
                   for kind in ("decision", "review", "information", "withdrawn"))
    return f"templates: least\nversion: \"1\"\nnotices:\n{rows}actions:\n{acts}"


def key_files():
    corpus = Corpus("key_file")
    # The public keys of the secrets 11…11 and 22…22.
    pair = (f"netra-key/v1\ncurve-secret {'11' * 32}\n"
            "curve-public 7b4e909bbe7ffe44c465a220037d608ee35897d31ef972f07f74892cb0f73f13\n"
            f"sign-seed {'22' * 32}\n"
            "sign-public a09aa5f47a6759802ff955f8dc2d2a14a5c99d23be97f864127ff9383455a4f0\n")
    corpus.put("pair", pair)
    corpus.put("pair_of_others", pair.replace("11" * 32, "33" * 32))
    corpus.put("secret", f"netra-key/v1\nsecret {'ab' * 32}\nepoch 3\n")
    corpus.put("secret_alone", f"netra-key/v1\nsecret {'ab' * 32}")
    corpus.put("twice", f"netra-key/v1\nsecret {'ab' * 32}\nsecret {'cd' * 32}\n")
    public = "7b4e909bbe7ffe44c465a220037d608ee35897d31ef972f07f74892cb0f73f13"
    corpus.put("public_lines", f"curve_public {public}\nsign_public {public}\nkey_id 01020304\n")
    corpus.put("public_json", f'{{"curve_public": "{public}", "sign_public": "{public}"}}')
    corpus.put("short", f"netra-key/v1\nsecret {'ab' * 31}\n")
