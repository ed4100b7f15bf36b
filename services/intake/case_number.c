/*
 * The arithmetic over GF(32) behind the check symbol, by Horner's rule; no tables, since a number
 * is made once per case.
 */
#include "services/intake/case_number.h"

#include <stddef.h>

/* Crockford's alphabet: a symbol's place is its value. */
static const char symbols[33] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

#define SYMBOL_BITS 5u
#define SYMBOL_MASK 0x1fu
#define FIELD_POLYNOMIAL 0x25u /* x^5 + x^2 + 1 */
#define GROUP_SYMBOLS 4u
#define SHARED_SYMBOLS 2u

/* The value times a = x in GF(32). */
static unsigned times_root(unsigned value)
{
    unsigned shifted = value << 1;
    return (shifted & (SYMBOL_MASK + 1u)) != 0 ? shifted ^ FIELD_POLYNOMIAL : shifted;
}

/* c0 a^(count-1) + … + c(count-1), by Horner's rule. */
static unsigned weighted_sum(const uint8_t *values, size_t count)
{
    unsigned sum = 0;
    for (size_t index = 0; index < count; index++)
        sum = times_root(sum) ^ values[index];
    return sum;
}

static void show(const uint8_t values[CASE_NUMBER_SYMBOLS], char number[CASE_NUMBER_TEXT_SIZE])
{
    size_t length = 0;
    for (size_t index = 0; index < CASE_NUMBER_SYMBOLS; index++) {
        if (index > 0 && index % GROUP_SYMBOLS == 0)
            number[length++] = '-';
        number[length++] = symbols[values[index]];
    }
    number[length] = '\0';
}

/* The bytes' low bits, five to a symbol. */
static void take_symbols(const uint8_t *bytes, size_t size, uint8_t *values, size_t count)
{
    uint64_t bits = 0;
    for (size_t index = 0; index < size; index++)
        bits = bits << 8 | bytes[index];
    for (size_t index = 0; index < count; index++) {
        values[index] = (uint8_t)(bits & SYMBOL_MASK);
        bits >>= SYMBOL_BITS;
    }
}

void case_number_of_random(const uint8_t shared[CASE_NUMBER_SHARED_BYTES],
                           const uint8_t random[CASE_NUMBER_RANDOM_BYTES],
                           char number[CASE_NUMBER_TEXT_SIZE])
{
    uint8_t values[CASE_NUMBER_SYMBOLS];
    take_symbols(shared, CASE_NUMBER_SHARED_BYTES, values, SHARED_SYMBOLS);
    take_symbols(random, CASE_NUMBER_RANDOM_BYTES, values + SHARED_SYMBOLS,
                 CASE_NUMBER_SYMBOLS - 1 - SHARED_SYMBOLS);
    values[CASE_NUMBER_SYMBOLS - 1] =
        (uint8_t)times_root(weighted_sum(values, CASE_NUMBER_SYMBOLS - 1));
    show(values, number);
}

void case_number_draw(struct case_number_stretch *stretch, const struct random_source *random,
                      char number[CASE_NUMBER_TEXT_SIZE])
{
    uint8_t bytes[CASE_NUMBER_RANDOM_BYTES];
    if (stretch->left == 0) {
        random_fill(random, stretch->shared, sizeof(stretch->shared));
        stretch->left = CASE_NUMBER_STRETCH;
    }
    stretch->left--;
    random_fill(random, bytes, sizeof(bytes));
    case_number_of_random(stretch->shared, bytes, number);
}

/* The symbol's value, or -1 when it is none. */
static int value_of(char typed)
{
    char symbol = typed;
    if (symbol >= 'a' && symbol <= 'z')
        symbol = (char)(symbol - 'a' + 'A');
    if (symbol == 'O')
        symbol = '0';
    if (symbol == 'I' || symbol == 'L')
        symbol = '1';
    for (int value = 0; symbols[value] != '\0'; value++) {
        if (symbols[value] == symbol)
            return value;
    }
    return -1;
}

enum status case_number_parse(const char *text, char number[CASE_NUMBER_TEXT_SIZE])
{
    uint8_t values[CASE_NUMBER_SYMBOLS];
    size_t count = 0;
    for (const char *typed = text; *typed != '\0'; typed++) {
        if (*typed == '-' || *typed == ' ')
            continue;
        int value = value_of(*typed);
        if (value < 0 || count == CASE_NUMBER_SYMBOLS)
            return STATUS_MALFORMED;
        values[count++] = (uint8_t)value;
    }
    if (count != CASE_NUMBER_SYMBOLS)
        return STATUS_MALFORMED;
    if (weighted_sum(values, CASE_NUMBER_SYMBOLS) != 0)
        return STATUS_OUT_OF_RANGE;
    show(values, number);
    return STATUS_OK;
}
