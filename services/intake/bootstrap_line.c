/*
 * Cuts a line into its words in place: the words stay the line's own bytes, and each refusal names
 * the word that is wrong.
 */
#include "services/intake/bootstrap_line.h"

#include "common/base/bytes.h"
#include "common/wire/limits.h"

#include <string.h>

static const char blanks[] = " \t\r\n";

/* Cuts the next word off the rest; an empty word at the line's end. */
static char *take_word(char **rest)
{
    char *word = *rest + strspn(*rest, blanks);
    char *end = word + strcspn(word, blanks);
    *rest = *end == '\0' ? end : end + 1;
    *end = '\0';
    return word;
}

static enum status take_key(char **rest, const char *what, uint8_t key[32], struct diag *diag)
{
    if (bytes_from_hex(take_word(rest), key, 32))
        return STATUS_OK;
    diag_set(diag, "%s: expected 64 hex digits", what);
    return STATUS_CONFIG_INVALID;
}

static enum status take_sign_key(char **rest, struct bootstrap_key *key, struct diag *diag)
{
    const char *start = *rest + strspn(*rest, blanks);
    key->has_sign_public = !(start[0] == '-' && strcspn(start, blanks) == 1);
    if (key->has_sign_public)
        return take_key(rest, "signing key", key->sign_public, diag);
    (void)take_word(rest);
    return STATUS_OK;
}

static enum status take_regions(char **rest, struct bootstrap_key *key, struct diag *diag)
{
    char *regions = take_word(rest);
    if (strcmp(regions, "*") == 0)
        return STATUS_OK;
    char *code = regions;
    for (bool is_last = false; !is_last;) {
        char *end = code + strcspn(code, ",");
        is_last = *end == '\0';
        *end = '\0';
        if (code == end || key->region_count == BOOTSTRAP_REGIONS_MAX) {
            diag_set(diag, "regions: expected * or 1 to %u codes joined by commas",
                     BOOTSTRAP_REGIONS_MAX);
            return STATUS_CONFIG_INVALID;
        }
        key->regions[key->region_count++] = code;
        code = end + 1;
    }
    return STATUS_OK;
}

enum status bootstrap_line_parse(char *line, struct bootstrap_key *ret_key, bool *ret_has_key,
                                 struct diag *diag)
{
    *ret_key = (struct bootstrap_key){0};
    char *rest = line;
    ret_key->role = take_word(&rest);
    *ret_has_key = ret_key->role[0] != '\0' && ret_key->role[0] != '#';
    if (!*ret_has_key)
        return STATUS_OK;
    ret_key->name = take_word(&rest);
    size_t name_size = strlen(ret_key->name);
    if (name_size == 0 || name_size > LIMIT_NAME_BYTES) {
        diag_set(diag, "name: expected 1 to %u bytes", LIMIT_NAME_BYTES);
        return STATUS_CONFIG_INVALID;
    }
    TRY(take_key(&rest, "CURVE key", ret_key->curve_public, diag));
    TRY(take_sign_key(&rest, ret_key, diag));
    TRY(take_regions(&rest, ret_key, diag));
    if (*take_word(&rest) != '\0') {
        diag_set(diag, "expected the line to end after the regions");
        return STATUS_CONFIG_INVALID;
    }
    return STATUS_OK;
}
