/* The table of templates, beside the delivered routes: what is accepted writes every mail. */
#include "services/notification/notice_mail.h"
#include "services/notification/notification_tables.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

/* A mail of every kind, for a role of the table's own and for any other. */
static void use(const struct notice_templates *templates)
{
    static const struct notice_sender sender = {.host = "demo.invalid",
                                                .address = "netra@demo.invalid"};
    static char bytes[NOTICE_MESSAGE_BYTES_MAX];
    for (int kind = NOTICE_DECISION; kind < NOTICE_KIND_COUNT; kind++) {
        struct notice_buffer buffer;
        const struct notice_mail mail = {
            .address = "office@demo.invalid",
            .message_id = "0@demo.invalid",
            .facts = {.kind = (enum notice_kind)kind,
                      .role = kind % 2 == 0 ? "PPK" : "BAWASLU",
                      .case_number = "ABCD-EFGH-JK",
                      .region_name = "Kabupaten Serang",
                      .recipient_name = "BKPSDM Kabupaten Serang",
                      .received = 20241015,
                      .revision = 1},
        };
        notice_buffer_begin(&buffer, bytes, sizeof bytes);
        enum status status = notice_mail_write(templates, &sender, &mail, &buffer);
        FUZZ_CHECK(status == STATUS_OK);
        FUZZ_CHECK(strlen(bytes) == buffer.used);
        const char *end = strstr(bytes, "\r\n\r\n");
        FUZZ_CHECK(end != NULL);
        for (const char *at = bytes; at < end; at++)
            FUZZ_CHECK(*at != '\n' || at[-1] == '\r');
    }
}

/* The delivered routes, read once. */
static struct notification_tables *routes(void)
{
    static struct notification_tables tables;
    struct table_source source;
    struct diag diag = {0};
    if (tables.arena.base != NULL)
        return &tables;
    FUZZ_CHECK(arena_open(&tables.arena, 4u * TABLE_BYTES_MAX) == STATUS_OK);
    FUZZ_CHECK(table_read(DELIVERED_RULES "/routing.yaml", &tables.arena, &source, &diag) ==
               STATUS_OK);
    FUZZ_CHECK(notification_routing_read(&source, &tables, &diag) == STATUS_OK);
    return &tables;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct notification_tables *tables = routes();
    const struct table_source source = {.name = "templates.yaml", .text = view_of(bytes, size)};
    size_t mark = arena_mark(&tables->arena);
    struct diag diag = {0};
    enum status status = notification_templates_read(&source, tables, &diag);
    if (status == STATUS_OK) {
        use(&tables->templates);
    } else {
        FUZZ_CHECK(status == STATUS_CONFIG_INVALID);
        fuzz_check_table_refused(status, &diag);
    }
    notification_templates_free(tables->templates_object);
    tables->templates_object = NULL;
    arena_rewind(&tables->arena, mark);
    return 0;
}
