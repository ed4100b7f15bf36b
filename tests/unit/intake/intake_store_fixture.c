/* The tables in a store of their own. */
#include "tests/unit/intake/intake_store_fixture.h"

#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int fixture_set_up(void **state)
{
    static struct fixture fixture;
    memset(&fixture, 0, sizeof(fixture));
    (void)snprintf(fixture.folder, sizeof(fixture.folder), "/tmp/netra-test-XXXXXX");
    assert_non_null(mkdtemp(fixture.folder));
    (void)snprintf(fixture.path, sizeof(fixture.path), "%s/intake.db", fixture.folder);
    struct store_spec spec = {
        .application_id = INTAKE_APPLICATION_ID,
        .own = {.steps = intake_migration_steps, .count = INTAKE_MIGRATION_COUNT},
    };
    struct diag diag = {0};
    assert_int_equal(store_open(&fixture.store, fixture.path, &spec, &diag), STATUS_OK);
    assert_int_equal(intake_store_open(&fixture.tables, &fixture.store), STATUS_OK);
    assert_int_equal(arena_open(&fixture.arena, 1u << 20), STATUS_OK);
    *state = &fixture;
    return 0;
}

int fixture_tear_down(void **state)
{
    static const char *const endings[] = {"", "-wal", "-shm", ".lock"};
    struct fixture *fixture = *state;
    arena_close(&fixture->arena);
    intake_store_close(&fixture->tables);
    store_close(&fixture->store);
    for (size_t index = 0; index < sizeof(endings) / sizeof(endings[0]); index++) {
        char path[80];
        (void)snprintf(path, sizeof(path), "%s%s", fixture->path, endings[index]);
        (void)unlink(path);
    }
    return rmdir(fixture->folder);
}

const uint8_t fixture_header[HEADER_SIZE] = {1, 2, 3};

struct revision_record revision_of(uint32_t revision, uint64_t seq, const char *node,
                                   const char *id)
{
    struct revision_record record = {
        .revision = revision,
        .seq = seq,
        .header = fixture_header,
        .sealed = view_of_text(revision == 1 ? "sealed 1" : "sealed 2"),
        .node = node,
        .submission_id = id,
        .accepted_at = 1728700000 + revision,
        .receipt = view_of_text(revision == 1 ? "a receipt" : "another"),
        .receipt_tree = 1,
        .receipt_index = revision - 1,
        .incident_date = 20241000 + revision,
        .received = 20241010 + revision,
    };
    memset(record.stream_id, 2, sizeof(record.stream_id));
    memset(record.hash, 2 + (int)revision, sizeof(record.hash));
    return record;
}

uint64_t put_case_of(struct fixture *fixture, uint64_t seq, const char *number, const char *node,
                     const char *region)
{
    struct revision_record first = revision_of(1, seq, node, ID);
    struct case_record record = {.case_number = number, .region = region, .first = &first};
    struct case_view view;
    uint64_t id = 0;
    memset(record.case_handle, (int)seq, sizeof(record.case_handle));
    memset(record.wrapped_key, (int)seq, sizeof(record.wrapped_key));
    assert_int_equal(intake_store_put_case(&fixture->tables, &record, &id), STATUS_OK);
    assert_int_equal(intake_store_put_revision(&fixture->tables, id, &first), STATUS_OK);
    assert_int_equal(intake_store_case_by_number(&fixture->tables, number, &fixture->arena, &view),
                     STATUS_OK);
    assert_int_equal(view.row.id, id);
    return id;
}

uint64_t put_case(struct fixture *fixture, uint64_t seq, const char *number, const char *node)
{
    return put_case_of(fixture, seq, number, node, "36.04");
}
