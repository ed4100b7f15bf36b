/*
 * Each line becomes an event and is applied to the register at once, so that a line which
 * contradicts an earlier one is found here, with its number, and not by another service.
 */
#include "services/intake/intake_bootstrap.h"

#include "common/base/cleanup.h"
#include "services/intake/bootstrap_line.h"
#include "services/intake/intake_wire.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define LINE_BYTES_MAX 1024u

static void file_close(FILE **file)
{
    if (*file != NULL)
        (void)fclose(*file);
}

static enum status authorise(struct turn *turn, struct register_keys *keys,
                             const struct bootstrap_key *key, struct diag *diag)
{
    struct view payload;
    TRY(intake_wire_key_authorised(key, turn->arena, &payload, diag));
    TRY(register_apply(keys, INTAKE_EVENT_KEY_AUTHORISED, payload, turn->arena, diag));
    struct event_draft draft = {
        .type = INTAKE_EVENT_KEY_AUTHORISED,
        .schema = INTAKE_SCHEMA,
        .payload = payload,
    };
    return turn_append(turn, &draft, NULL);
}

static enum status announce(struct turn *turn, const struct principal *principal,
                            bool is_revocation)
{
    struct event_draft draft = {
        .type = is_revocation ? INTAKE_EVENT_KEY_REVOKED : INTAKE_EVENT_KEY_AUTHORISED,
        .schema = INTAKE_SCHEMA,
    };
    TRY(register_announce(principal, is_revocation, turn->arena, &draft.payload));
    return turn_append(turn, &draft, NULL);
}

enum status intake_announce(struct turn *turn, const struct register_keys *keys)
{
    for (unsigned i = 0; i < keys->count; i++) {
        TRY(announce(turn, &keys->principals[i], false));
        if (keys->principals[i].is_revoked)
            TRY(announce(turn, &keys->principals[i], true));
    }
    return STATUS_OK;
}

static enum status take_line(struct turn *turn, struct register_keys *keys, char *line,
                             struct diag *diag)
{
    if (strlen(line) == LINE_BYTES_MAX - 1 && line[LINE_BYTES_MAX - 2] != '\n') {
        diag_set(diag, "expected at most %u bytes", LINE_BYTES_MAX - 2);
        return STATUS_CONFIG_INVALID;
    }
    struct bootstrap_key key;
    bool has_key = false;
    TRY(bootstrap_line_parse(line, &key, &has_key, diag));
    if (!has_key)
        return STATUS_OK;
    enum status status = authorise(turn, keys, &key, diag);
    if (status_class_of(status) != STATUS_CLASS_REJECT)
        return status;
    /* The register's verdict on a line is a fault of the file. */
    if (diag->text[0] == '\0')
        diag_set(diag, "%s", status_text(status));
    return STATUS_CONFIG_INVALID;
}

enum status intake_bootstrap(struct turn *turn, struct register_keys *keys, const char *path,
                             struct diag *diag)
{
    CLEANUP(file_close) FILE *file = fopen(path, "re");
    if (file == NULL) {
        diag_set(diag, "%s: the bootstrap file can't be read: %s", path, strerror(errno));
        return STATUS_CONFIG_MISSING;
    }
    char line[LINE_BYTES_MAX];
    for (unsigned number = 1; fgets(line, sizeof(line), file) != NULL; number++) {
        enum status status = take_line(turn, keys, line, diag);
        if (status != STATUS_OK) {
            diag_prefix(diag, "%s:%u", path, number);
            return status;
        }
    }
    if (ferror(file)) {
        diag_set(diag, "%s: the bootstrap file can't be read to its end", path);
        return STATUS_CONFIG_MISSING;
    }
    return STATUS_OK;
}
