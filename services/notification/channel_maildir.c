/*
 * Files: written aside, synced, renamed, their folder synced. The renaming is what a reader
 * sees.
 */
#include "services/notification/channel_maildir.h"

#include <stdio.h>
#include <string.h>

#define PATH_BYTES 4400u /* the longest configured folder, a recipient and a name */
#define NAME_BYTES 160u

enum status channel_maildir_open(const struct files *files, const char *root, struct diag *diag)
{
    bool is_new = false;
    int error = files->make_folder(files->self, root, &is_new);
    if (error == 0)
        return STATUS_OK;
    diag_set(diag, "mail_folder: can't be used: %s", strerror(error));
    return STATUS_CONFIG_INVALID;
}

/* "<root>/<recipient>/<part>/<name>"; name "" for the folder itself. */
static void path_of(const char *root, const struct maildir_item *item, const char *part,
                    const char *name, char path[PATH_BYTES])
{
    (void)snprintf(path, PATH_BYTES, "%s/%s/%s%s%s", root, item->recipient, part,
                   name[0] == '\0' ? "" : "/", name);
}

/* The hash of the Message-ID: it has no host part that a file's name could mind. */
static void name_of(const struct maildir_item *item, char name[NAME_BYTES])
{
    (void)snprintf(name, NAME_BYTES, "%.*s.netra", (int)strcspn(item->message_id, "@"),
                   item->message_id);
}

static int make_folders(const struct files *files, const char *root,
                        const struct maildir_item *item)
{
    static const char *const parts[] = {"tmp", "new", "cur"};
    char path[PATH_BYTES];
    bool is_new = false;
    bool is_any_new = false;
    (void)snprintf(path, sizeof path, "%s/%s", root, item->recipient);
    int error = files->make_folder(files->self, path, &is_new);
    if (error == 0 && is_new)
        error = files->sync_folder(files->self, root);
    for (size_t i = 0; i < 3 && error == 0; i++) {
        char part[PATH_BYTES];
        path_of(root, item, parts[i], "", part);
        error = files->make_folder(files->self, part, &is_new);
        is_any_new |= is_new;
    }
    return error == 0 && is_any_new ? files->sync_folder(files->self, path) : error;
}

/* In new, or moved to cur by a reader, where its name has flags behind it. */
static bool stands_already(const struct files *files, const char *root,
                           const struct maildir_item *item)
{
    char name[NAME_BYTES];
    char path[PATH_BYTES];
    name_of(item, name);
    path_of(root, item, "new", "", path);
    if (files->find(files->self, path, name) == 0)
        return true;
    path_of(root, item, "cur", "", path);
    return files->find(files->self, path, name) == 0;
}

static int write_aside(const struct files *files, const char *root,
                       const struct maildir_item *item)
{
    char name[NAME_BYTES];
    char path[PATH_BYTES];
    name_of(item, name);
    path_of(root, item, "tmp", name, path);
    int error = files->write_new(files->self, path, item->message, 0600);
    return error == 0 ? files->sync(files->self, path) : error;
}

static int publish(const struct files *files, const char *root, const struct maildir_item *item)
{
    char name[NAME_BYTES];
    char from[PATH_BYTES];
    char to[PATH_BYTES];
    name_of(item, name);
    path_of(root, item, "tmp", name, from);
    path_of(root, item, "new", name, to);
    return files->rename(files->self, from, to);
}

/* Whether all went well with an earlier item of the same recipient: its folders are there. */
static bool has_earlier(const struct maildir_item *items, unsigned index)
{
    for (unsigned i = 0; i < index; i++)
        if (items[i].error == 0 && strcmp(items[i].recipient, items[index].recipient) == 0)
            return true;
    return false;
}

/* Syncs the folder of an item, unless that was done for an earlier one. */
static int sync_new(const struct files *files, const char *root, const struct maildir_item *items,
                    unsigned index)
{
    char path[PATH_BYTES];
    if (has_earlier(items, index))
        return 0;
    path_of(root, &items[index], "new", "", path);
    return files->sync_folder(files->self, path);
}

void channel_maildir_hand_over(const struct files *files, const char *root,
                               struct maildir_item *items, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        items[i].error = has_earlier(items, i) ? 0 : make_folders(files, root, &items[i]);
        items[i].is_done =
            items[i].error == 0 && items[i].is_repeat && stands_already(files, root, &items[i]);
        if (items[i].error == 0 && !items[i].is_done)
            items[i].error = write_aside(files, root, &items[i]);
    }
    for (unsigned i = 0; i < count; i++)
        if (items[i].error == 0 && !items[i].is_done)
            items[i].error = publish(files, root, &items[i]);
    /* One that stood already is synced too: the process may have died before that was done. */
    for (unsigned i = 0; i < count; i++)
        if (items[i].error == 0)
            items[i].error = sync_new(files, root, items, i);
    for (unsigned i = 0; i < count; i++)
        items[i].is_done = items[i].error == 0;
}
