/*
 * Key files, of pairs, of plain secrets and of public keys: what is read, written again and read
 * gives the same; what is refused is told without a byte of it.
 */
#include "common/base/bytes.h"
#include "common/service/key_file.h"
#include "services/netra/public_key.h"
#include "tests/fuzz/fuzz.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PAGE_BYTES 65536u

/* No run of twelve hex digits of the file stands in the message. */
static void check_refused(enum status status, struct view file, const struct diag *diag)
{
    FUZZ_CHECK(status == STATUS_KEY_FILE_INVALID);
    fuzz_check_refused(status, diag);
    for (size_t i = 0; i + 12 <= file.size; i++) {
        char run[13] = {0};
        memcpy(run, file.bytes + i, 12);
        bool is_hex = strspn(run, "0123456789abcdef") == 12;
        FUZZ_CHECK(!is_hex || strstr(diag->text, run) == NULL);
    }
}

static void pair_again(const struct key_pair *first)
{
    char path[192];
    struct key_pair second;
    struct diag diag = {0};
    (void)snprintf(path, sizeof path, "%s/conf/pair", fuzz_home());
    FUZZ_CHECK(key_pair_write(path, first, &diag) == STATUS_OK);
    FUZZ_CHECK(key_pair_read(path, &second, &diag) == STATUS_OK);
    FUZZ_CHECK(memcmp(first, &second, sizeof second) == 0);
    FUZZ_CHECK(unlink(path) == 0);
}

static void secret_again(const struct key_secret *first)
{
    char path[192];
    struct key_secret second;
    struct diag diag = {0};
    (void)snprintf(path, sizeof path, "%s/conf/secret", fuzz_home());
    FUZZ_CHECK(key_secret_write(path, first, &diag) == STATUS_OK);
    FUZZ_CHECK(key_secret_read(path, &second, &diag) == STATUS_OK);
    FUZZ_CHECK(memcmp(first->secret, second.secret, 32) == 0 && first->epoch == second.epoch);
    FUZZ_CHECK(unlink(path) == 0);
}

/* What somebody sends to be authorised: a pair's file, or what `netra key show` printed of it. */
static void read_public(const char *path, struct view file, const struct key_pair *pair)
{
    static struct command command;
    struct public_key public = {.curve_public = {0}};
    if (command.page.base == NULL)
        FUZZ_CHECK(arena_open(&command.page, PAGE_BYTES) == STATUS_OK);
    arena_reset(&command.page);
    diag_clear(&command.diag);
    enum status status = public_key_read(&command, path, &public);
    if (status == STATUS_BODY_TOO_LARGE)
        fuzz_check_refused(status, &command.diag);
    else if (status != STATUS_OK)
        check_refused(status, file, &command.diag);
    else if (pair != NULL)
        FUZZ_CHECK(memcmp(public.curve_public, pair->curve_public, 32) == 0 &&
                   memcmp(public.sign_public, pair->sign_public, 32) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct view file = view_of(bytes, size);
    const char *path = fuzz_file(file);
    struct key_pair pair = {.curve_secret = {0}};
    struct key_secret secret = {.epoch = 0};
    struct diag diag = {0};
    FUZZ_CHECK(sodium_init() >= 0);
    enum status status = key_pair_read(path, &pair, &diag);
    if (status == STATUS_OK) {
        pair_again(&pair);
    } else {
        check_refused(status, file, &diag);
        FUZZ_CHECK(view_is_zero(view_of(pair.curve_secret, 32)));
        FUZZ_CHECK(view_is_zero(view_of(pair.sign_secret, 64)));
    }
    read_public(path, file, status == STATUS_OK ? &pair : NULL);
    diag_clear(&diag);
    status = key_secret_read(path, &secret, &diag);
    if (status == STATUS_OK) {
        secret_again(&secret);
    } else {
        check_refused(status, file, &diag);
        FUZZ_CHECK(view_is_zero(view_of(secret.secret, 32)));
    }
    return 0;
}
