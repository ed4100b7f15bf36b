/*
 * The facts of a report, and what must hold of them before anybody decides on them.
 *
 * Why shared: the client checks before it sends, intake checks what was sent, and classification
 * decides on the same struct.
 * Owns: nothing; texts are NUL-terminated, never NULL ("": not said) and borrowed.
 * Units: days as in day.h, 0: not said.
 * Errors: every problem at once, each with its path ("incident.date") and rule. A problem quotes
 * days, codes and enums only, never a name, a NIP, a text or a contact.
 */
#ifndef NETRA_CASE_FACTS_H
#define NETRA_CASE_FACTS_H

#include "common/base/status.h"

#include <stdbool.h>
#include <stdint.h>

/* The numbers are the contract's (proto/netra/v1/case.proto). */
enum employment {
    EMPLOYMENT_UNSPECIFIED = 0,
    EMPLOYMENT_PNS = 1,
    EMPLOYMENT_CPNS = 2,
    EMPLOYMENT_PPPK = 3,
    EMPLOYMENT_PPPK_PARUH_WAKTU = 4,
    EMPLOYMENT_HONORER = 5,
    EMPLOYMENT_KADES = 6,
    EMPLOYMENT_PERANGKAT_DESA = 7,
    EMPLOYMENT_BPD = 8,
    EMPLOYMENT_TNI = 9,
    EMPLOYMENT_POLRI = 10,
    EMPLOYMENT_KEPALA_DAERAH = 11,
    EMPLOYMENT_PJ_KEPALA_DAERAH = 12,
    EMPLOYMENT_DPRD = 13,
    EMPLOYMENT_BUMN_BUMD = 14,
    EMPLOYMENT_PENYELENGGARA = 15,
    EMPLOYMENT_LAIN = 16,
    EMPLOYMENT_COUNT = 17
};

/* The same. */
enum answer { ANSWER_UNSPECIFIED = 0, ANSWER_YES = 1, ANSWER_NO = 2, ANSWER_UNKNOWN = 3 };

#define FACTS_REGION_BYTES_MAX 13u /* "36.04.01.2001": a desa, the longest Kemendagri code */
#define FACTS_LINE_BYTES_MAX 500u  /* name, place, position, unit, letter: a line of a form */
#define FACTS_CODE_BYTES_MAX 40u   /* election, office, reported conduct */
#define FACTS_DESCRIPTION_BYTES_MAX 65536u /* 20 pages: the rest belongs into evidence */
#define FACTS_CONDUCT_MAX 16u
#define FACTS_EVIDENCE_MAX 64u
#define FACTS_DIGEST_SIZE 32u

struct facts_incident {
    uint32_t date;
    uint32_t date_known;
    const char *place;
    const char *region;
    const char *description;
    const char *election;
    const char *office;
};

struct facts_cltn {
    enum answer status;
    uint32_t from;
    uint32_t to;
    const char *letter;
};

struct facts_subject {
    const char *name;
    const char *nip;
    const char *position;
    const char *unit;
    enum employment employment;
    enum answer is_spouse_of_candidate;
    struct facts_cltn cltn;
};

struct facts_evidence {
    uint8_t digest[FACTS_DIGEST_SIZE]; /* SHA-256 of the file */
    uint64_t size;
};

struct facts {
    const char *region;
    uint32_t received;
    struct facts_incident incident;
    struct facts_subject subject;
    const char *reported_conduct[FACTS_CONDUCT_MAX];
    unsigned reported_conduct_count;
    struct facts_evidence evidence[FACTS_EVIDENCE_MAX];
    unsigned evidence_count;
};

/* Facts with nothing said: every text "". */
void facts_clear(struct facts *facts);

#define FACTS_PROBLEMS_MAX 32u
#define FACTS_PATH_BYTES 48u
#define FACTS_RULE_BYTES 160u

struct facts_problem {
    char path[FACTS_PATH_BYTES];
    char rule[FACTS_RULE_BYTES];
};

/* What is wrong with a submission; more than FACTS_PROBLEMS_MAX are counted only. */
struct facts_problems {
    struct facts_problem problems[FACTS_PROBLEMS_MAX];
    unsigned count;
};

/* Adds one; both texts are cut to their room. */
__attribute__((format(printf, 3, 4))) void facts_problem_add(struct facts_problems *problems,
                                                             const char *path, const char *format,
                                                             ...);

/*
 * Checks facts: what is required (region, incident.description), and that what is there is right:
 * forms of codes, sizes, days of the calendar since 2000, a NIP that can exist, no day after
 * `today` (but a leave's), no incident after it became known, none of both after the receipt, no
 * leave that ends before it begins. Adds to `problems`; OK is `problems->count` unchanged. UTF-8
 * is the reader's business.
 */
void facts_check(const struct facts *facts, uint32_t today, struct facts_problems *problems);

/* The problems as one text, a line "path: rule" each, without a newline behind the last. What
 * doesn't fit `size` bytes is left out by whole lines and counted in the last one, "more: 3
 * further problems", if that fits. Returns its length. */
unsigned facts_problems_text(const struct facts_problems *problems, char *text, unsigned size);

/* ---- words of the enums, as they stand in files ---- */

/* "PNS"; "" for EMPLOYMENT_UNSPECIFIED. Static text. */
const char *employment_name(enum employment employment);

/* The employment that a person wrote: case, blanks, '_' and '-' don't matter, and the usual
 * synonyms are known ("kepala desa", "P3K", "KPPS", "polisi"). False: none. */
bool employment_from_text(const char *text, enum employment *ret_employment);

/* "yes", "no", "unknown"; "" for unspecified. Static text. */
const char *answer_name(enum answer answer);

/* Takes also "ya", "tidak", "tidak tahu" in any case. False: none. */
bool answer_from_text(const char *text, enum answer *ret_answer);

#endif
