/* One of everything, and the calendar of both elections with their boundary days. */
#include "tests/unit/classification/tables_fixture.h"

#include "tests/support/test.h"

#include "common/base/bytes.h"

#include <stdio.h>
#include <string.h>

#define TEXT_BYTES 16384u

const char small_rules[] =
    "ruleset: small\n"
    "version: \"v1\"\n"
    "thresholds: { decide: 50, further: 60, auto: 650 }\n"
    "sources:\n"
    "  - { source: S1, address: \"https://example.invalid/1\" }\n"
    "authorities:\n"
    "  - { authority: KASN, until: \"2024-08-23\", source: S1 }\n"
    "  - { authority: TRANSITION, from: \"2024-08-24\", until: \"2024-09-03\", source: S1 }\n"
    "  - { authority: BKN, from: \"2024-09-04\", source: S1 }\n"
    "codes:\n"
    "  - { code: DISIPLIN-06, outcome: violation, label: b, stage: calon, pair: ETIK-04,\n"
    "      sanction: berat, basis: [ { article: \"Pasal 5\", source: S1 } ] }\n"
    "  - { code: ETIK-04, outcome: violation, label: a, skb: A4, stage: bakal_calon,\n"
    "      pair: DISIPLIN-06, sanction: moral, basis: [ { article: \"Pasal 11\", source: S1 } ] "
    "}\n"
    "  - code: DISIPLIN-05\n"
    "    outcome: violation\n"
    "    label: partai\n"
    "    stage: any\n"
    "    sanction: ptdh\n"
    "    basis:\n"
    "      - { article: \"Pasal 87\", source: S1, until: \"2023-10-30\" }\n"
    "      - { article: \"Pasal 52\", source: S1, from: \"2023-10-31\" }\n"
    "      - { article: \"Pasal 2\", source: S1 }\n"
    "  - { code: DISIPLIN-11, outcome: violation, label: ktp, stage: bakal_calon,\n"
    "      sanction: berat, basis: [ { article: \"Pasal 5\", source: S1 } ] }\n"
    "  - { code: NON-ASN-KADES, outcome: not_a_violation, label: kades, stage: any,\n"
    "      sanction: none, actor: KADES, basis: [ { article: \"-\", source: S1 } ] }\n"
    "  - { code: NON-SAH, outcome: not_a_violation, label: sah, stage: any,\n"
    "      sanction: none, basis: [ { article: \"-\", source: S1 } ] }\n"
    "  - { code: PERLU-INFO, outcome: needs_information, label: info, stage: any,\n"
    "      sanction: none, basis: [ { article: \"-\", source: S1 } ] }\n"
    "negation: { words: [tidak, bukan], tokens: 3, ends: [tetapi] }\n"
    "abbreviations:\n"
    "  - { word: yg, means: yang }\n"
    "  - { word: paslon, means: pasangan calon }\n"
    "  - { word: tdk, means: tidak }\n"
    "stems:\n"
    "  - { word: pemilihan, stem: pemilihan }\n"
    "concepts:\n"
    "  - { concept: like, phrases: [menyukai, \"=like\"] }\n"
    "  - { concept: candidate, phrases: [calon, bacaleg], never_negated: true }\n"
    "  - { concept: candidate_president, phrases: [capres] }\n"
    "  - { concept: candidate_regent, phrases: [cabup] }\n"
    "  - { concept: party, phrases: [partai] }\n"
    "  - { concept: member, phrases: [pengurus] }\n"
    "  - { concept: identity_card, phrases: [ktp] }\n"
    "  - { concept: spouse_words, phrases: [istri] }\n"
    "  - { concept: village, phrases: [desa] }\n"
    "  - { concept: word_pilkada, phrases: [pilkada] }\n"
    "actors:\n"
    "  - { actor: KADES, rule: ACTOR-KADES, when: [\"position:village|employment=KADES\"] }\n"
    "  - { actor: ASN, rule: ACTOR-ASN, when: [\"employment=PNS|PPPK\"] }\n"
    "offices:\n"
    "  - { office: PRESIDEN, rule: OFFICE-PRESIDEN, when: [candidate_president] }\n"
    "  - { office: BUPATI, rule: OFFICE-BUPATI, when: [candidate_regent] }\n"
    "elections:\n"
    "  - { election: PILKADA_2024, rule: ELECTION-PILKADA, when: [word_pilkada] }\n"
    "rules:\n"
    "  - { rule: LIKE, code: ETIK-04, points: 100, when: [like, "
    "\"candidate|candidate_president\"],\n"
    "      within: 6 }\n"
    "  - { rule: PARTY, code: DISIPLIN-05, points: 80, when: [member, party], unless: "
    "[\"no:party\"] }\n"
    "  - { rule: CARD, code: DISIPLIN-11, points: 70, when: [identity_card] }\n"
    "  - { rule: SPOUSE-CLTN, code: NON-SAH, points: 300, when: [\"spouse=YES\", \"cltn=YES\"] }\n"
    "  - { rule: SPOUSE-WORDS, flag: SPOUSE, when: [\"spouse_words|spouse=YES\"] }\n"
    "  - { rule: LATE, flag: LATE, when: [\"late=YES\"] }\n"
    "  - { rule: ROW-OF-LIKE, flag: A-LIKE, when: [\"code=ETIK-04|DISIPLIN-06\"] }\n"
    "  - { rule: IN-STAGE, flag: IN-STAGE, when: [\"stage=CALON\", \"election=PEMILU_2024\"] }\n"
    "  - { rule: NO-UNIT, missing: UNIT, when: [\"outcome=VIOLATION\"], unless: [\"has=unit\"] }\n"
    "  - { rule: OWN-OFFICE, conflict: SATPOL, when: [\"unit:village\"] }\n";

const char small_calendar[] =
    "calendar: small\n"
    "version: \"v1\"\n"
    "# days are those of Asia/Jakarta\n"
    "holidays:\n"
    "  - { day: \"2023-12-25\", name: Natal }\n"
    "elections:\n"
    "  - election: PEMILU_2024\n"
    "    name: Pemilu\n"
    "    offices: [PRESIDEN, DPR]\n"
    "    report_limit: { days: 7, unit: working }\n"
    "    windows:\n"
    "      - { from: \"2022-12-14\", until: \"2024-02-14\", source: S1 }\n"
    "    stages:\n"
    "      - { regions: [\"36\"], offices: [PRESIDEN], stage: bakal_calon, from: \"2022-12-14\",\n"
    "          until: \"2023-11-12\", source: S1 }\n"
    "      - { regions: [\"36\"], offices: [PRESIDEN], stage: calon, from: \"2023-11-13\",\n"
    "          until: \"2024-03-20\", source: S1 }\n"
    "      - { regions: [\"36\"], offices: [DPR], stage: bakal_calon, from: \"2022-12-14\",\n"
    "          until: \"2023-11-02\", source: S1 }\n"
    "      - { regions: [\"36\"], offices: [DPR], stage: calon, from: \"2023-11-03\",\n"
    "          until: \"2024-03-20\", source: S1 }\n"
    "  - election: PILKADA_2024\n"
    "    name: Pilkada\n"
    "    offices: [GUBERNUR, BUPATI]\n"
    "    report_limit: { days: 7, unit: calendar }\n"
    "    windows:\n"
    "      - { from: \"2024-05-05\", until: \"2024-12-16\", source: S1 }\n"
    "      - { regions: [\"36.04\"], from: \"2024-12-17\", until: \"2025-04-19\", source: S1 }\n"
    "    stages:\n"
    "      - { regions: [\"36\"], offices: [GUBERNUR, BUPATI], stage: bakal_calon,\n"
    "          from: \"2024-01-26\", until: \"2024-09-21\", source: S1 }\n"
    "      - { regions: [\"36\"], offices: [GUBERNUR, BUPATI], stage: calon, from: "
    "\"2024-09-22\",\n"
    "          until: \"2024-12-16\", source: S1 }\n"
    "      - { regions: [\"36.04\"], offices: [BUPATI], stage: calon, from: \"2024-12-17\",\n"
    "          until: \"2025-04-19\", source: S1 }\n";

const char *text_with(unsigned slot, const char *text, const char *find, const char *with)
{
    static char rooms[2][TEXT_BYTES];
    char *room = rooms[slot];
    const char *at = strstr(text, find);
    assert_non_null(at);
    assert_true(strlen(text) + strlen(with) < TEXT_BYTES);
    size_t before = (size_t)(at - text);
    memcpy(room, text, before);
    (void)snprintf(room + before, TEXT_BYTES - before, "%s%s", with, at + strlen(find));
    return room;
}

enum status tables_make(const char *rules, const char *calendar, struct ruleset **ret_ruleset,
                        struct diag *diag)
{
    static uint8_t joined[2 * TEXT_BYTES + 64];
    static const char magic[] = "netra-ruleset/v2\n";
    const char *parts[] = {rules, calendar};
    size_t size = sizeof magic - 1;
    memcpy(joined, magic, size);
    for (unsigned i = 0; i < 2; i++) {
        size_t part = strlen(parts[i]);
        bytes_put_u32(joined + size, (uint32_t)part);
        memcpy(joined + size + 4, parts[i], part);
        size += 4 + part;
    }
    return tables_load_bytes(view_of(joined, size), ret_ruleset, diag);
}

struct ruleset *tables_small(void)
{
    struct ruleset *ruleset = NULL;
    struct diag diag = {.text = ""};
    if (tables_make(small_rules, small_calendar, &ruleset, &diag) != STATUS_OK)
        fail_msg("%s", diag.text);
    return ruleset;
}
