/*
 * What store_open refuses, and that what is refused stays as it was.
 */
#include "tests/support/test.h"

#include "common/base/cleanup.h"
#include "tests/unit/store/store_fixture.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- refusals ---- */

/* Changes the stopped store in some way. */
typedef void damage(const struct fixture *fixture);

static void overwrite(const struct fixture *fixture, const char *suffix, off_t offset,
                      uint8_t value, size_t size)
{
    char path[PATH_MAX + 16];
    uint8_t bytes[512];
    assert_true(size <= sizeof bytes);
    memset(bytes, value, size);
    (void)snprintf(path, sizeof path, "%s%s", fixture->path, suffix);
    int descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_true(descriptor >= 0);
    assert_int_equal(pwrite(descriptor, bytes, size, offset), (ssize_t)size);
    assert_int_equal(close(descriptor), 0);
}

static void make_shared_newer(const struct fixture *fixture)
{
    assert_true(fixture_run_sql(fixture, "PRAGMA user_version=131073")); /* 2.1 */
}

static void make_own_newer(const struct fixture *fixture)
{
    assert_true(fixture_run_sql(fixture, "PRAGMA user_version=65538")); /* 1.2 */
}

static void make_far_newer(const struct fixture *fixture)
{
    assert_true(fixture_run_sql(fixture, "PRAGMA user_version=-1")); /* 65535.65535 */
}

static void make_foreign(const struct fixture *fixture)
{
    assert_true(fixture_run_sql(fixture, "PRAGMA application_id=7"));
}

static void make_nameless(const struct fixture *fixture)
{
    assert_true(fixture_run_sql(fixture, "PRAGMA application_id=0; PRAGMA user_version=0"));
}

static void break_header(const struct fixture *fixture)
{
    overwrite(fixture, "", 0, 0x58, 100);
}

static void break_page(const struct fixture *fixture)
{
    overwrite(fixture, "", STORE_PAGE_BYTES, 0xff, 512);
}

static void make_other_file(const struct fixture *fixture)
{
    assert_int_equal(truncate(fixture->path, 0), 0);
    overwrite(fixture, "", 0, 'a', 40);
}

struct refusal_case {
    const char *name;
    damage *damage;
    enum status want;
    const char *want_diag;
};

static struct refusal_case refusal_cases[] = {
    {.name = "a newer shared schema is refused",
     .damage = make_shared_newer,
     .want = STATUS_STORE_NEWER,
     .want_diag = "schema version 2.1, this program knows up to 1.1"},
    {.name = "a newer schema of the service is refused",
     .damage = make_own_newer,
     .want = STATUS_STORE_NEWER,
     .want_diag = "schema version 1.2, this program knows up to 1.1"},
    {.name = "the largest version is not a negative one",
     .damage = make_far_newer,
     .want = STATUS_STORE_NEWER,
     .want_diag = "schema version 65535.65535"},
    {.name = "another application's store is refused",
     .damage = make_foreign,
     .want = STATUS_STORE_FOREIGN,
     .want_diag = "application_id is 0x00000007, expected 0x4e455452"},
    {.name = "a database that is nobody's, but not empty, is refused",
     .damage = make_nameless,
     .want = STATUS_STORE_FOREIGN,
     .want_diag = "application_id is 0x00000000"},
    {.name = "a destroyed header is refused",
     .damage = break_header,
     .want = STATUS_STORE_CORRUPT,
     .want_diag = "file is not a database"},
    {.name = "a destroyed page is refused",
     .damage = break_page,
     .want = STATUS_STORE_CORRUPT,
     .want_diag = ""},
    {.name = "a short file that is no database is refused",
     .damage = make_other_file,
     .want = STATUS_STORE_CORRUPT,
     .want_diag = "file is not a database"},
};

static size_t read_file(const char *path, uint8_t *bytes, size_t size)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t found = fread(bytes, 1, size, file);
    assert_int_equal(fclose(file), 0);
    assert_true(found < size);
    return found;
}

static void test_refusal(void **state)
{
    const struct refusal_case *row = *state;
    static uint8_t before[1u << 20];
    static uint8_t after[1u << 20];
    CLEANUP(fixture_close) struct fixture fixture;
    assert_true(fixture_open(&fixture));
    assert_true(fixture_fill(&fixture));
    row->damage(&fixture);
    size_t size_before = read_file(fixture.path, before, sizeof before);
    struct store_spec spec = fixture_spec();
    struct store store;
    struct diag diag = {.text = ""};
    assert_int_equal(store_open(&store, fixture.path, &spec, &diag), row->want);
    assert_null(store.database);
    assert_int_equal(store.lock_descriptor, -1);
    assert_non_null(strstr(diag.text, fixture.path));
    assert_non_null(strstr(diag.text, row->want_diag));
    size_t size_after = read_file(fixture.path, after, sizeof after);
    assert_int_equal(size_after, size_before);
    assert_memory_equal(after, before, size_before);
    store_close(&store);
}

/* ---- places where there can be no store ---- */

struct place_case {
    const char *name;
    const char *below; /* the fixture's folder */
};

static struct place_case place_cases[] = {
    {.name = "the parent is a regular file", .below = "file/store.db"},
    {.name = "the folder does not exist", .below = "nowhere/store.db"},
    {.name = "a folder stands there", .below = "folder"},
    {.name = "a dangling symbolic link stands there", .below = "link"},
    {.name = "a symbolic link to a file stands there", .below = "link-to-file"},
    {.name = "a pipe stands there", .below = "pipe"},
};

static void furnish(const struct fixture *fixture)
{
    char path[PATH_MAX];
    (void)snprintf(path, sizeof path, "%s/file", fixture->folder);
    int descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_true(descriptor >= 0);
    assert_int_equal(close(descriptor), 0);
    (void)snprintf(path, sizeof path, "%s/folder", fixture->folder);
    assert_int_equal(mkdir(path, 0700), 0);
    (void)snprintf(path, sizeof path, "%s/link", fixture->folder);
    assert_int_equal(symlink("planted", path), 0);
    (void)snprintf(path, sizeof path, "%s/link-to-file", fixture->folder);
    assert_int_equal(symlink("file", path), 0);
    (void)snprintf(path, sizeof path, "%s/pipe", fixture->folder);
    assert_int_equal(mkfifo(path, 0600), 0);
}

static void test_place(void **state)
{
    const struct place_case *row = *state;
    CLEANUP(fixture_close) struct fixture fixture;
    assert_true(fixture_open(&fixture));
    furnish(&fixture);
    (void)snprintf(fixture.path, sizeof fixture.path, "%s/%s", fixture.folder, row->below);
    struct store_spec spec = fixture_spec();
    struct store store;
    struct diag diag = {.text = ""};
    assert_int_equal(store_open(&store, fixture.path, &spec, &diag), STATUS_STORE_UNUSABLE);
    assert_non_null(strstr(diag.text, row->below));
    assert_int_equal(store.lock_descriptor, -1);
}

int main(void)
{
    TEST_TABLE(refusals, refusal_cases, test_refusal)
    TEST_TABLE(places, place_cases, test_place)
    int failed = cmocka_run_group_tests_name("store refusals", refusals, NULL, NULL);
    failed += cmocka_run_group_tests_name("store places", places, NULL, NULL);
    return failed;
}
