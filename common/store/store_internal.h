/*
 * What the store's own files share; nobody else includes it.
 */
#ifndef NETRA_STORE_STORE_INTERNAL_H
#define NETRA_STORE_STORE_INTERNAL_H

#include "common/store/store.h"

/* The status that stands for SQLite's result code, extended or not; asks the connection for the
 * system's error number where that decides. */
enum status store_status_of(const struct store *store, int code) MUST_USE;

/* Prepares the store's own statements; they are finalised by store_controls_close. */
enum status store_controls_open(struct store *store) MUST_USE;
void store_controls_close(struct store *store);

/* COMMIT without the fault point and the count: what a migration ends with, so that a point's N-th
 * pass is the turn's N-th commit whether or not the start had to migrate. */
enum status store_commit_now(struct store *store) MUST_USE;

/* Takes the process lock `<path>.lock`. STATUS_ALREADY_RUNNING when another process holds it; else
 * STATUS_STORE_UNUSABLE or STATUS_STORE_FULL. *ret_descriptor is set on success only. */
enum status store_lock_take(const char *path, int *ret_descriptor, struct diag *diag) MUST_USE;

/* Drops the lock and leaves -1. The lock file stays: whoever deleted it would race with the next
 * to lock it. */
void store_lock_drop(int *descriptor);

/* Makes sure that the file is there, ours alone to read if we create it, and yields its full path
 * (PATH_MAX bytes). An empty file is a creation that was cut short: its name is synced too. */
enum status store_file_make(const char *path, char *resolved, struct diag *diag) MUST_USE;

#endif
