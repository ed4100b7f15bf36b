/* `netra audit replay`: rebuilds an empty home from the log and compares it with this one. */
#include "services/netra/replay_compare.h"
#include "services/netra/replay_running.h"
#include "services/netra/translate.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define DIFFERENCES_SHOWN 1000u

/* ---- the empty home ---- */

static bool is_empty_folder(const char *path)
{
    DIR *folder = opendir(path);
    unsigned names = 0;

    if (folder == NULL)
        return false;
    while (names < 3 && readdir(folder) != NULL) /* "." and ".." */
        names++;
    (void)closedir(folder);
    return names < 3;
}

static enum status make_home(struct command *command, char path[PATH_MAX])
{
    const char *home = command->arguments->values[OPTION_into];

    if (home == NULL) {
        diag_set(&command->diag, _("--into: expected an empty folder"));
        return STATUS_USAGE;
    }
    if (mkdir(home, 0700) != 0 && (errno != EEXIST || !is_empty_folder(home))) {
        diag_set(&command->diag, _("--into %s: expected an empty folder"), home);
        return STATUS_USAGE;
    }
    if (snprintf(path, PATH_MAX, "%s/stores", home) >= PATH_MAX - 16) {
        diag_set(&command->diag, _("--into: the path is too long"));
        return STATUS_USAGE;
    }
    if (mkdir(path, 0700) != 0) {
        diag_set(&command->diag, "%s: %s", path, strerror(errno));
        return STATUS_SYSTEM_FAILED;
    }
    (void)snprintf(path + strlen(path), 16, "/replay.db");
    return STATUS_OK;
}

/* ---- what is told ---- */

struct telling {
    json_t *differences;
    uint64_t count;
    struct replay_difference first;
};

static void tell_difference(void *self, const struct replay_difference *difference)
{
    struct telling *telling = self;

    if (telling->count++ == 0)
        telling->first = *difference;
    if (telling->count > DIFFERENCES_SHOWN)
        return;
    json_t *object = json_object();

    json_put_text(object, "case_number", difference->case_number);
    json_put_text(object, "what", difference->what);
    json_put_text(object, "rebuilt", difference->rebuilt);
    json_put_text(object, "running", difference->running);
    (void)json_array_append_new(telling->differences, object);
}

static json_t *counts_to_json(const struct replay *replay, const struct replay_counts *counts)
{
    json_t *object = json_object();

    json_put_number(object, "cases", counts->cases);
    json_put_number(object, "facts", counts->facts);
    json_put_number(object, "links", counts->links);
    json_put_number(object, "decisions", counts->decisions);
    json_put_number(object, "notices", counts->notices);
    json_put_number(object, "keys", counts->keys);
    json_put_number(object, "erased", counts->erased);
    json_put_number(object, "leaves", replay->applied);
    if (replay->until.is_given)
        json_put_text(object, "until", replay->command->arguments->values[OPTION_until]);
    else
        json_put_null(object, "until");
    return object;
}

static void note_gaps(const struct replay *replay, const struct replay_counts *counts)
{
    if (counts->erased > 0)
        command_note(_("%llu cases were skipped: their keys were destroyed"),
                     (unsigned long long)counts->erased);
    if (replay->unplaced > counts->erased)
        command_note(_("%llu events speak of notices that the log does not have"),
                     (unsigned long long)replay->unplaced);
    for (unsigned door = 0; door < DOOR_COUNT; door++) {
        if (replay->is_behind[door])
            command_note(_("the log still lacks events of %s: what it lacks was not compared"),
                         door_name((enum door)door));
    }
}

/* The end of a replay that compares nothing. */
static enum status tell_counts(struct replay *replay)
{
    struct output *output = &replay->command->output;
    struct replay_counts counts;

    TRY(replay_store_count(&replay->store, &counts));
    json_t *object = counts_to_json(replay, &counts);

    json_put_null(object, "agree");
    (void)json_object_set_new(object, "differences", json_array());
    output_object(output, object);
    output_sentence(output, "%s", _("Rebuilt up to there; nothing was compared."));
    note_gaps(replay, &counts);
    return STATUS_OK;
}

static enum status tell_comparison(struct replay *replay, unsigned round)
{
    struct output *output = &replay->command->output;
    struct telling telling = {.differences = json_array()};
    struct replay_counts counts = {.cases = 0};
    enum status status = replay_store_count(&replay->store, &counts);

    if (status == STATUS_OK)
        status = replay_store_each_difference(&replay->store, round, tell_difference, &telling);
    uint64_t agree = 0;
    const enum status judged = replay_judge(counts.cases, telling.count, &agree);
    json_t *object = counts_to_json(replay, &counts);

    json_put_number(object, "agree", agree);
    (void)json_object_set_new(object, "differences", telling.differences);
    output_object(output, object);
    TRY(status);
    note_gaps(replay, &counts);
    if (judged == STATUS_OK) {
        output_sentence(output, _("%llu cases agree."), (unsigned long long)agree);
        return STATUS_OK;
    }
    diag_set(&replay->command->diag, _("%llu cases differ; first %s: %s: rebuilt %s, running %s"),
             (unsigned long long)telling.count,
             telling.first.case_number[0] == '\0' ? _("the register") : telling.first.case_number,
             telling.first.what, telling.first.rebuilt, telling.first.running);
    return judged;
}

/* ---- the verb ---- */

static enum status check_until(const struct replay *replay)
{
    if (replay->until.leaves == UINT64_MAX || replay->until.leaves <= replay->walk.size)
        return STATUS_OK;
    diag_set(&replay->command->diag, _("--until: the log has %llu leaves"),
             (unsigned long long)replay->walk.size);
    return STATUS_USAGE;
}

/* The walk's end, and what was rebuilt on disk. */
static enum status finish(struct replay *replay)
{
    TRY(audit_walk_end(&replay->walk));
    TRY(replay_store_put_done(&replay->store, replay->walk.head->origin, replay->walk.size,
                              replay->applied));
    return replay_store_commit(&replay->store);
}

static enum status run(struct replay *replay)
{
    unsigned round = 0;

    TRY(check_until(replay));
    output_sentence(&replay->command->output, _("Reading and verifying %llu leaves."),
                    (unsigned long long)replay->walk.size);
    TRY(replay_read(replay));
    if (replay->until.is_given) {
        TRY(finish(replay));
        return tell_counts(replay);
    }
    /* A log that does not verify is no measure of anything. */
    if (replay->walk.check.difference_count > 0)
        return audit_walk_end(&replay->walk);
    TRY(replay_compare_running(replay, &round));
    TRY(finish(replay));
    return tell_comparison(replay, round);
}

static enum status wait_and_run(struct replay *replay, const char *path)
{
    struct command *command = replay->command;

    if (!replay->until.is_given) {
        output_sentence(&command->output, "%s",
                        _("Waiting until the log has what the services have done so far."));
        TRY(replay_wait_for_log(replay));
    }
    TRY(replay_open(replay, command, path));
    return run(replay);
}

enum status audit_replay(struct command *command)
{
    struct replay *replay = arena_take(&command->arena, sizeof *replay);
    char path[PATH_MAX];

    if (replay == NULL)
        return STATUS_NO_MEMORY;
    replay->command = command;
    if (replay_until_parse(command->arguments->values[OPTION_until], &replay->until) !=
        STATUS_OK) {
        diag_set(&command->diag,
                 _("--until: expected a number of leaves, or a time such as 2024-10-15T12:00Z"));
        return STATUS_USAGE;
    }
    TRY(make_home(command, path));
    const enum status status = wait_and_run(replay, path);

    replay_close(replay);
    return status;
}
