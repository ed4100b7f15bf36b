/*
 * Loads the two tables, routes and templates (deploy/rules/README.md has their form), and checks
 * that they hold together. An edge: it reads files and YAML.
 *
 * The digest of the tables: SHA-256 over "netra-routing/v1\n" | size of the routes[4] | routes
 * | size of the templates[4] | templates, sizes big-endian.
 *
 * Owns: what libcyaml allocated and an arena, until notification_tables_close.
 * Errors: STATUS_CONFIG_MISSING (a file can't be read), STATUS_CONFIG_INVALID; `diag` has one
 * message with file, line, what is wrong and what to do. Nothing stays open then.
 */
#ifndef NETRA_NOTIFICATION_NOTIFICATION_TABLES_H
#define NETRA_NOTIFICATION_NOTIFICATION_TABLES_H

#include "common/base/arena.h"
#include "common/base/diag.h"
#include "common/base/sha256.h"
#include "common/base/status.h"
#include "common/service/table_file.h"
#include "services/notification/notice_text.h"
#include "services/notification/routing.h"

#include <stdint.h>

struct notification_tables {
    struct arena arena;
    void *routing_object;
    void *templates_object;
    struct routing routing;
    struct notice_templates templates;
    uint8_t digest[SHA256_SIZE];
};

/* Loads and checks both files into `tables`, which must be all zero. */
enum status notification_tables_load(const char *routing_path, const char *templates_path,
                                     struct notification_tables *tables,
                                     struct diag *diag) MUST_USE;

/* Releases them; all zero again. Tables of all zero are fine. */
void notification_tables_close(struct notification_tables *tables);

/* ---- notification_routing.c, notification_templates.c: one table each ---- */

/* From the text of routing.yaml. The object belongs to `tables` even on failure. */
enum status notification_routing_read(const struct table_source *source,
                                      struct notification_tables *tables,
                                      struct diag *diag) MUST_USE;
void notification_routing_free(void *object);

/* From the text of templates.yaml. The same. */
enum status notification_templates_read(const struct table_source *source,
                                        struct notification_tables *tables,
                                        struct diag *diag) MUST_USE;
void notification_templates_free(void *object);

/* ---- notification_words.c: single values ---- */

/* A word of a fixed list. */
struct notification_word {
    const char *word;
    int value;
};

/* A table's words of that meaning, ended by a NULL word. */
extern const struct notification_word notification_outcomes[];
extern const struct notification_word notification_dispositions[];
extern const struct notification_word notification_actors[];
extern const struct notification_word notification_notices[];
extern const struct notification_word notification_tidings[]; /* notices that a route may tell */
extern const struct notification_word notification_channels[];
extern const struct notification_word notification_days_of[];

/* The value of a word; the refusal lists the words there are. */
enum status notification_word_read(const struct table_source *source, const char *path,
                                   const struct notification_word *words, const char *text,
                                   int *ret_value, struct diag *diag) MUST_USE;

/* The set (1 << value) of a list of words. */
enum status notification_words_read(const struct table_source *source, const char *path,
                                    const struct notification_word *words,
                                    const char *const *texts, unsigned count, uint32_t *ret_set,
                                    struct diag *diag) MUST_USE;

/* A day, or 0 where the text is NULL. */
enum status notification_day_read(const struct table_source *source, const char *path,
                                  const char *text, uint32_t *ret_day, struct diag *diag) MUST_USE;

/* Checks that a text has 1 to `bytes_max` bytes and none that a header or a file's name can't
 * carry: no control bytes, and for `is_id` only A-Z, a-z, 0-9, '.', '-', '_', a letter or digit
 * first. */
enum status notification_line_check(const struct table_source *source, const char *path,
                                    const char *text, size_t bytes_max, bool is_id,
                                    struct diag *diag) MUST_USE;

#endif
