/* `netra audit verify`: the whole log recomputed, and every difference told. */
#include "common/wire/unpack.h"
#include "services/netra/audit_walk.h"
#include "services/netra/file.h"

static enum status expect_old_checkpoint(struct audit_walk *walk)
{
    struct command *command = walk->command;
    const char *path = command->arguments->values[OPTION_checkpoint];
    struct note_checkpoint old;
    struct view note;

    if (path == NULL)
        return STATUS_OK;
    TRY(file_read(path, NOTE_BYTES_MAX, &command->arena, &note, &command->diag));
    const enum status status = note_checkpoint_verify(note, &walk->key, &old);

    if (status != STATUS_OK) {
        diag_set(&command->diag, "%s: %s", path, status_text(status));
        return status == STATUS_SIGNATURE_INVALID ? status : STATUS_VERIFICATION_FAILED;
    }
    log_check_expect_root(&walk->check, old.size, old.root, path);
    return STATUS_OK;
}

static enum status verify(struct audit_walk *walk)
{
    TRY(expect_old_checkpoint(walk));
    TRY(audit_walk_read(walk, NULL, NULL));
    const enum status status = audit_walk_end(walk);
    json_t *object = json_object();

    json_put_text(object, "origin", walk->head->origin);
    json_put_number(object, "size", walk->head->size);
    json_put_hex(object, "root", wire_view(walk->head->root));
    json_put_number(object, "leaves_checked", walk->check.tree.size);
    json_put_number(object, "payloads_erased", walk->check.erased);
    json_put_bool(object, "verified", walk->check.difference_count == 0);
    (void)json_object_set(object, "differences", walk->differences);
    output_object(&walk->command->output, object);
    return status;
}

enum status audit_verify(struct command *command)
{
    struct audit_walk *walk = arena_take(&command->arena, sizeof *walk);

    if (walk == NULL)
        return STATUS_NO_MEMORY;
    enum status status = audit_walk_open(walk, command);

    if (status == STATUS_OK)
        status = verify(walk);
    audit_walk_close(walk);
    return status;
}
