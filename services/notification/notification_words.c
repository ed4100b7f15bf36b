/*
 * Single values of the tables: words of fixed lists, days, and lines of text.
 */
#include "common/case/day.h"
#include "services/notification/notification_tables.h"

#include <stdio.h>
#include <string.h>

const struct notification_word notification_outcomes[] = {
    {"violation", DECISION_OUTCOME_VIOLATION},
    {"not_violation", DECISION_OUTCOME_NOT_A_VIOLATION},
    {"needs_info", DECISION_OUTCOME_NEEDS_INFORMATION},
    {"undecided", DECISION_OUTCOME_UNDECIDED},
    {NULL, 0},
};

const struct notification_word notification_dispositions[] = {
    {"auto", DECISION_DISPOSITION_AUTO},
    {"review", DECISION_DISPOSITION_REVIEW},
    {"confirmed", DECISION_DISPOSITION_CONFIRMED},
    {"overridden", DECISION_DISPOSITION_OVERRIDDEN},
    {NULL, 0},
};

const struct notification_word notification_actors[] = {
    {"unknown", DECISION_ACTOR_UNKNOWN},
    {"asn", DECISION_ACTOR_ASN},
    {"asn_vertical", DECISION_ACTOR_ASN_VERTICAL},
    {"pj_kepala_daerah", DECISION_ACTOR_PJ_KEPALA_DAERAH},
    {"kades", DECISION_ACTOR_KADES},
    {"tni_polri", DECISION_ACTOR_TNI_POLRI},
    {"honorer", DECISION_ACTOR_HONORER},
    {"elected", DECISION_ACTOR_ELECTED},
    {"organiser", DECISION_ACTOR_ORGANISER},
    {NULL, 0},
};

const struct notification_word notification_notices[] = {
    {"decision", NOTICE_DECISION},
    {"review", NOTICE_REVIEW},
    {"information", NOTICE_INFORMATION},
    {"withdrawn", NOTICE_WITHDRAWN},
    {NULL, 0},
};

/* That a decision is withdrawn follows from what was told before, never from a row. */
const struct notification_word notification_tidings[] = {
    {"decision", NOTICE_DECISION},
    {"review", NOTICE_REVIEW},
    {"information", NOTICE_INFORMATION},
    {NULL, 0},
};

const struct notification_word notification_channels[] = {
    {"maildir", NOTICE_CHANNEL_MAILDIR},
    {"smtp", NOTICE_CHANNEL_SMTP},
    {NULL, 0},
};

const struct notification_word notification_days_of[] = {
    {"receipt", 0},
    {"act", 1},
    {NULL, 0},
};

enum status notification_word_read(const struct table_source *source, const char *path,
                                   const struct notification_word *words, const char *text,
                                   int *ret_value, struct diag *diag)
{
    char list[200];
    size_t used = 0;
    list[0] = '\0';
    for (const struct notification_word *word = words; word->word != NULL; word++) {
        if (strcmp(word->word, text) == 0) {
            *ret_value = word->value;
            return STATUS_OK;
        }
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", used == 0 ? "" : ", ",
                                 word->word);
    }
    return table_refuse(source, diag, path, "\"%.40s\" is none of %s", text, list);
}

enum status notification_words_read(const struct table_source *source, const char *path,
                                    const struct notification_word *words,
                                    const char *const *texts, unsigned count, uint32_t *ret_set,
                                    struct diag *diag)
{
    *ret_set = 0;
    for (unsigned i = 0; i < count; i++) {
        char entry[96];
        int value = 0;
        (void)snprintf(entry, sizeof entry, "%s[%u]", path, i);
        TRY(notification_word_read(source, entry, words, texts[i], &value, diag));
        *ret_set |= 1u << (unsigned)value;
    }
    return STATUS_OK;
}

enum status notification_day_read(const struct table_source *source, const char *path,
                                  const char *text, uint32_t *ret_day, struct diag *diag)
{
    *ret_day = 0;
    if (text == NULL || day_from_text(text, ret_day))
        return STATUS_OK;
    return table_refuse(source, diag, path, "\"%.20s\" is no day; expected one such as 2024-09-22",
                        text);
}

static bool is_alphanumeric(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9');
}

enum status notification_line_check(const struct table_source *source, const char *path,
                                    const char *text, size_t bytes_max, bool is_id,
                                    struct diag *diag)
{
    size_t size = strlen(text);
    if (size == 0 || size > bytes_max)
        return table_refuse(source, diag, path, "expected 1 to %zu bytes, found %zu", bytes_max,
                            size);
    if (is_id && !is_alphanumeric(text[0]))
        return table_refuse(source, diag, path, "expected a letter or digit first");
    for (const char *byte = text; *byte != '\0'; byte++) {
        bool is_control = (unsigned char)*byte < ' ' || *byte == 0x7f;
        bool is_of_id = is_alphanumeric(*byte) || strchr(".-_", *byte) != NULL;
        if (is_control || (is_id && !is_of_id))
            return table_refuse(source, diag, path,
                                is_id ? "expected letters, digits, '.', '-' and '_' only"
                                      : "expected one line without control characters");
    }
    return STATUS_OK;
}
