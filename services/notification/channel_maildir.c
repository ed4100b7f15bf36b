/*
 * Files: written aside, synced, renamed, their folder synced. The renaming is what a reader
 * sees.
 */
#include "services/notification/channel_maildir.h"

#include "common/base/cleanup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_BYTES 4400u /* the longest configured folder, a recipient and a name */
#define NAME_BYTES 160u

static void close_descriptor(int *descriptor)
{
    if (*descriptor >= 0)
        (void)close(*descriptor);
}

static void close_folder(DIR **folder)
{
    if (*folder != NULL)
        (void)closedir(*folder);
}

/* Syncs a folder. 0, or errno. */
static int sync_folder(const char *path)
{
    CLEANUP(close_descriptor)
    int descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0 || fsync(descriptor) != 0)
        return errno;
    return 0;
}

/* Makes a folder that is absent; *ret_is_new says whether it was. 0, or errno. */
static int make_folder(const char *path, bool *ret_is_new)
{
    *ret_is_new = mkdir(path, 0700) == 0;
    return *ret_is_new || errno == EEXIST ? 0 : errno;
}

enum status channel_maildir_open(const char *root, struct diag *diag)
{
    bool is_new = false;
    int error = make_folder(root, &is_new);
    if (error == 0 && access(root, W_OK | X_OK) != 0)
        error = errno;
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

static int make_folders(const char *root, const struct maildir_item *item)
{
    static const char *const parts[] = {"tmp", "new", "cur"};
    char path[PATH_BYTES];
    bool is_new = false;
    bool is_any_new = false;
    (void)snprintf(path, sizeof path, "%s/%s", root, item->recipient);
    int error = make_folder(path, &is_new);
    if (error == 0 && is_new)
        error = sync_folder(root);
    for (size_t i = 0; i < 3 && error == 0; i++) {
        char part[PATH_BYTES];
        path_of(root, item, parts[i], "", part);
        error = make_folder(part, &is_new);
        is_any_new |= is_new;
    }
    return error == 0 && is_any_new ? sync_folder(path) : error;
}

/* Whether a reader has moved it to cur, where its name has flags behind it. */
static bool is_in_cur(const char *root, const struct maildir_item *item, const char *name)
{
    char path[PATH_BYTES];
    path_of(root, item, "cur", "", path);
    CLEANUP(close_folder) DIR *folder = opendir(path);
    if (folder == NULL)
        return false;
    size_t size = strlen(name);
    for (const struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder))
        if (strncmp(entry->d_name, name, size) == 0 &&
            (entry->d_name[size] == '\0' || entry->d_name[size] == ':'))
            return true;
    return false;
}

static bool stands_already(const char *root, const struct maildir_item *item)
{
    char name[NAME_BYTES];
    char path[PATH_BYTES];
    name_of(item, name);
    path_of(root, item, "new", name, path);
    return access(path, F_OK) == 0 || is_in_cur(root, item, name);
}

static int write_whole(int descriptor, struct view message)
{
    size_t used = 0;
    while (used < message.size) {
        ssize_t written = write(descriptor, message.bytes + used, message.size - used);
        if (written < 0 && errno != EINTR)
            return errno;
        used += written < 0 ? 0 : (size_t)written;
    }
    return 0;
}

static int write_aside(const char *root, const struct maildir_item *item)
{
    char name[NAME_BYTES];
    char path[PATH_BYTES];
    name_of(item, name);
    path_of(root, item, "tmp", name, path);
    CLEANUP(close_descriptor)
    int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (descriptor < 0)
        return errno;
    int error = write_whole(descriptor, item->message);
    return error == 0 && fsync(descriptor) != 0 ? errno : error;
}

static int publish(const char *root, const struct maildir_item *item)
{
    char name[NAME_BYTES];
    char from[PATH_BYTES];
    char to[PATH_BYTES];
    name_of(item, name);
    path_of(root, item, "tmp", name, from);
    path_of(root, item, "new", name, to);
    return rename(from, to) == 0 ? 0 : errno;
}

/* Syncs the folder of an item, unless that was done for an earlier item of the same recipient. */
static int sync_new(const char *root, const struct maildir_item *items, unsigned index)
{
    char path[PATH_BYTES];
    for (unsigned i = 0; i < index; i++)
        if (items[i].error == 0 && strcmp(items[i].recipient, items[index].recipient) == 0)
            return 0;
    path_of(root, &items[index], "new", "", path);
    return sync_folder(path);
}

void channel_maildir_hand_over(const char *root, struct maildir_item *items, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        items[i].error = make_folders(root, &items[i]);
        items[i].is_done =
            items[i].error == 0 && items[i].is_repeat && stands_already(root, &items[i]);
        if (items[i].error == 0 && !items[i].is_done)
            items[i].error = write_aside(root, &items[i]);
    }
    for (unsigned i = 0; i < count; i++)
        if (items[i].error == 0 && !items[i].is_done)
            items[i].error = publish(root, &items[i]);
    /* One that stood already is synced too: the process may have died before that was done. */
    for (unsigned i = 0; i < count; i++)
        if (items[i].error == 0)
            items[i].error = sync_new(root, items, i);
    for (unsigned i = 0; i < count; i++)
        items[i].is_done = items[i].error == 0;
}
