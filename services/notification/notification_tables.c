/*
 * Both tables together: reading, the digest, releasing.
 */
#include "services/notification/notification_tables.h"

#include "common/base/bytes.h"

#include <string.h>

/* Both files, and what is made of them: as much again for arrays of pointers and rows. */
#define TABLES_BYTES_MAX (4u * TABLE_BYTES_MAX)

void notification_tables_close(struct notification_tables *tables)
{
    notification_routing_free(tables->routing_object);
    notification_templates_free(tables->templates_object);
    arena_close(&tables->arena);
    memset(tables, 0, sizeof *tables);
}

static enum status join(struct notification_tables *tables, const struct table_source *routing,
                        const struct table_source *templates)
{
    static const char domain[] = "netra-routing/v1\n";
    const struct table_source *const sources[] = {routing, templates};
    size_t size = sizeof domain - 1 + 8 + routing->text.size + templates->text.size;
    uint8_t *joined = arena_take(&tables->arena, size);
    if (joined == NULL)
        return STATUS_NO_MEMORY;
    memcpy(joined, domain, sizeof domain - 1);
    uint8_t *at = joined + sizeof domain - 1;
    for (size_t i = 0; i < 2; i++) {
        bytes_put_u32(at, (uint32_t)sources[i]->text.size);
        memcpy(at + 4, sources[i]->text.bytes, sources[i]->text.size);
        at += 4 + sources[i]->text.size;
    }
    sha256_of(view_of(joined, size), tables->digest);
    return STATUS_OK;
}

static enum status load(const char *routing_path, const char *templates_path,
                        struct notification_tables *tables, struct diag *diag)
{
    struct table_source routing;
    struct table_source templates;
    TRY(arena_open(&tables->arena, TABLES_BYTES_MAX));
    TRY(table_read(routing_path, &tables->arena, &routing, diag));
    TRY(table_read(templates_path, &tables->arena, &templates, diag));
    TRY(join(tables, &routing, &templates));
    TRY(notification_routing_read(&routing, tables, diag));
    return notification_templates_read(&templates, tables, diag);
}

enum status notification_tables_load(const char *routing_path, const char *templates_path,
                                     struct notification_tables *tables, struct diag *diag)
{
    enum status status = load(routing_path, templates_path, tables, diag);
    if (status != STATUS_OK)
        notification_tables_close(tables);
    if (status == STATUS_NO_MEMORY)
        diag_set(diag, "the tables don't fit %u bytes", TABLES_BYTES_MAX);
    return status;
}
