/*
 * Single values that people and files write: days, NIPs, UUIDs, case numbers, addresses, words,
 * numbers, hex, codes, UTF-8.
 */
#include "common/base/bytes.h"
#include "common/case/day.h"
#include "common/case/facts.h"
#include "common/case/nip.h"
#include "common/service/address.h"
#include "common/service/table_file.h"
#include "common/wire/utf8.h"
#include "services/classification/verdict.h"
#include "services/intake/case_number.h"
#include "services/netra/facts_json.h"
#include "services/netra/uuid7.h"
#include "services/notification/notice_mail.h"
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

static void day(const char *text)
{
    char again[DAY_TEXT_SIZE];
    uint32_t day = 0;
    if (!day_from_text(text, &day))
        return;
    FUZZ_CHECK(day_is_valid(day));
    day_to_text(day, again);
    FUZZ_CHECK(strcmp(text, again) == 0);
    FUZZ_CHECK(day_of_number(day_to_number(day)) == day && day_weekday(day) < 7);
}

static void nip(const char *text)
{
    char digits[NIP_TEXT_SIZE], again[NIP_TEXT_SIZE];
    const char *wrong = nip_read(text, FUZZ_TODAY, digits);
    if (wrong != NULL) {
        FUZZ_CHECK(wrong[0] != '\0' && !fuzz_has_canary(wrong));
        return;
    }
    FUZZ_CHECK(strspn(digits, "0123456789") == NIP_DIGITS && digits[NIP_DIGITS] == '\0');
    FUZZ_CHECK(nip_read(digits, FUZZ_TODAY, again) == NULL && strcmp(digits, again) == 0);
}

static void uuid(const char *text)
{
    uint8_t id[UUID_SIZE], again[UUID_SIZE];
    char written[UUID_TEXT_SIZE];
    if (!uuid_from_text(text, id))
        return;
    FUZZ_CHECK(strlen(text) == UUID_TEXT_SIZE - 1);
    uuid_to_text(id, written);
    FUZZ_CHECK(uuid_from_text(written, again) && memcmp(id, again, UUID_SIZE) == 0);
}

static void case_number(const char *text)
{
    char first[CASE_NUMBER_TEXT_SIZE];
    char second[CASE_NUMBER_TEXT_SIZE];
    enum status status = case_number_parse(text, first);
    if (status != STATUS_OK) {
        FUZZ_CHECK(status == STATUS_MALFORMED || status == STATUS_OUT_OF_RANGE);
        return;
    }
    text = first;
    FUZZ_CHECK(case_number_parse(text, second) == STATUS_OK && strcmp(first, second) == 0);
}

static void address(const char *text)
{
    struct sockaddr_in address;
    if (address_read(text, &address))
        FUZZ_CHECK(address.sin_family == AF_INET && strlen(text) <= 21);
}

static void words(const char *text)
{
    enum employment employment = EMPLOYMENT_UNSPECIFIED;
    enum answer answer = ANSWER_UNSPECIFIED;
    struct code code;
    if (employment_from_text(text, &employment))
        FUZZ_CHECK(employment_name(employment)[0] != '\0');
    if (answer_from_text(text, &answer))
        FUZZ_CHECK(answer_name(answer)[0] != '\0');
    if (code_set(&code, text))
        FUZZ_CHECK(code_is(&code, text) && strlen(text) <= CODE_BYTES);
    FUZZ_CHECK(facts_json_is_field(facts_json_nearest(text)) ||
               facts_json_nearest(text)[0] != '\0');
    if (notice_address_is_valid(text))
        FUZZ_CHECK(strpbrk(text, " \r\n<>\",") == NULL && strchr(text, '@') != NULL);
}

static void number(const char *text)
{
    char again[24];
    uint64_t number = 0;
    if (!table_number(text, UINT64_MAX, &number))
        return;
    (void)snprintf(again, sizeof again, "%llu", (unsigned long long)number);
    FUZZ_CHECK(strcmp(text, again) == 0);
}

static void hex(const char *text)
{
    uint8_t bytes[32];
    char again[65];
    if (!bytes_from_hex(text, bytes, sizeof bytes))
        return;
    bytes_to_hex(view_of(bytes, sizeof bytes), again);
    for (size_t i = 0; i < 64; i++)
        FUZZ_CHECK((again[i] | 0x20) == (text[i] | 0x20));
    FUZZ_CHECK(text[64] == '\0');
}

/* What somebody else's decoder says. */
static bool is_utf8_to_others(struct view text)
{
    while (text.size > 0) {
        utf8proc_int32_t point = 0;
        utf8proc_ssize_t size = utf8proc_iterate(text.bytes, (utf8proc_ssize_t)text.size, &point);
        if (size <= 0 || point == 0)
            return false;
        text = view_of(text.bytes + size, text.size - (size_t)size);
    }
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static void (*const readers[])(const char *text) = {day,     nip,   uuid,   case_number,
                                                        address, words, number, hex};
    if (size == 0)
        return 0;
    struct view rest = view_of(bytes + 1, size - 1);
    FUZZ_CHECK(utf8_is_valid(rest) == is_utf8_to_others(rest));
    char *text = fuzz_text(rest);
    if (bytes[0] < sizeof readers / sizeof readers[0])
        readers[bytes[0]](text);
    free(text);
    return 0;
}
