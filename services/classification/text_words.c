/* Cutting by Unicode's categories, folding by utf8proc without its own allocations. */
#include "services/classification/text_words.h"

#include <string.h>
#include <utf8proc.h>

/* Code points of a word once decomposed; NFKC makes at most 18 of one, but of no letter. */
#define FOLDED_POINTS_MAX 256

/* What a code point is to a word. */
enum part { PART_SEPARATOR, PART_LETTER, PART_DIGIT, PART_EXTENDER };

struct point {
    int32_t value; /* below 0: a byte that is no UTF-8 */
    uint32_t size;
};

static struct point point_at(struct view text, uint32_t at)
{
    struct point point = {.value = text.bytes[at], .size = 1};
    if (point.value < 0x80)
        return point;
    utf8proc_int32_t value = -1;
    utf8proc_ssize_t size =
        utf8proc_iterate(text.bytes + at, (utf8proc_ssize_t)(text.size - at), &value);
    if (size <= 0)
        return (struct point){.value = -1, .size = 1};
    return (struct point){.value = value, .size = (uint32_t)size};
}

/* By Unicode's general category, which is a number from utf8proc, not an enum of ours. */
static enum part part_of_category(int category)
{
    switch (category) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
        return PART_LETTER;
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
        return PART_DIGIT;
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_CF: /* soft hyphens and joiners hide inside words */
        return PART_EXTENDER;
    default:
        return PART_SEPARATOR;
    }
}

/* A letter or digit of ASCII, folded; 0: any other byte. Nearly all text is of these. */
static const uint8_t folded_ascii[256] = {
    ['0'] = '0', ['1'] = '1', ['2'] = '2', ['3'] = '3', ['4'] = '4', ['5'] = '5', ['6'] = '6',
    ['7'] = '7', ['8'] = '8', ['9'] = '9', ['A'] = 'a', ['B'] = 'b', ['C'] = 'c', ['D'] = 'd',
    ['E'] = 'e', ['F'] = 'f', ['G'] = 'g', ['H'] = 'h', ['I'] = 'i', ['J'] = 'j', ['K'] = 'k',
    ['L'] = 'l', ['M'] = 'm', ['N'] = 'n', ['O'] = 'o', ['P'] = 'p', ['Q'] = 'q', ['R'] = 'r',
    ['S'] = 's', ['T'] = 't', ['U'] = 'u', ['V'] = 'v', ['W'] = 'w', ['X'] = 'x', ['Y'] = 'y',
    ['Z'] = 'z', ['a'] = 'a', ['b'] = 'b', ['c'] = 'c', ['d'] = 'd', ['e'] = 'e', ['f'] = 'f',
    ['g'] = 'g', ['h'] = 'h', ['i'] = 'i', ['j'] = 'j', ['k'] = 'k', ['l'] = 'l', ['m'] = 'm',
    ['n'] = 'n', ['o'] = 'o', ['p'] = 'p', ['q'] = 'q', ['r'] = 'r', ['s'] = 's', ['t'] = 't',
    ['u'] = 'u', ['v'] = 'v', ['w'] = 'w', ['x'] = 'x', ['y'] = 'y', ['z'] = 'z',
};

static bool is_ascii_letter(uint8_t byte)
{
    return (uint8_t)((byte | 0x20u) - 'a') < 26;
}

static bool is_ascii_digit(uint8_t byte)
{
    return (uint8_t)(byte - '0') < 10;
}

static enum part part_of(int32_t point)
{
    if (point < 0)
        return PART_SEPARATOR;
    if (point < 0x80) {
        bool is_digit = is_ascii_digit((uint8_t)point);
        return is_ascii_letter((uint8_t)point) ? PART_LETTER
               : is_digit                      ? PART_DIGIT
                                               : PART_SEPARATOR;
    }
    return part_of_category((int)utf8proc_category(point));
}

static bool is_hyphen(int32_t point)
{
    return point == '-' || point == 0x2010 || point == 0x2011;
}

static bool is_blank(int32_t point)
{
    return point == ' ' || point == '\t' || point == 0xA0;
}

static bool is_digit_byte(struct view text, size_t at)
{
    return at < text.size && text.bytes[at] >= '0' && text.bytes[at] <= '9';
}

/* Whether the separator at `at` ends a sentence; `is_after_word`: a word ends right before it. */
static bool ends_sentence(const struct word_cutter *cutter, int32_t point, bool is_after_word)
{
    switch (point) {
    case '.': {
        bool is_in_number = cutter->at > 0 && is_digit_byte(cutter->text, cutter->at - 1) &&
                            is_digit_byte(cutter->text, (size_t)cutter->at + 1);
        return !is_in_number && !(is_after_word && cutter->was_single_letter);
    }
    case '!':
    case '?':
    case ';':
    case '\n':
    case 0x2026: /* … */
    case 0x3002: /* the full-width forms */
    case 0xFF01:
    case 0xFF0E:
    case 0xFF1B:
    case 0xFF1F:
        return true;
    default:
        return false;
    }
}

/* Passes over what is no word. False: the text is at its end. */
static bool skip_separators(struct word_cutter *cutter, enum joint *ret_joint)
{
    const uint8_t *next = cutter->text.bytes + cutter->at;
    *ret_joint = JOINT_BLANK;
    /* Nearly always a blank, and then a plain letter. */
    if (cutter->at + 1 < cutter->text.size && next[0] == ' ' && is_ascii_letter(next[1])) {
        cutter->at++;
        return true;
    }
    uint32_t hyphens = 0, blanks = 0, others = 0;
    uint32_t start = cutter->at;
    bool is_ended = false;
    while (cutter->at < cutter->text.size) {
        struct point point = point_at(cutter->text, cutter->at);
        enum part part = part_of(point.value);
        if (part == PART_LETTER || part == PART_DIGIT)
            break;
        is_ended |= ends_sentence(cutter, point.value, cutter->at == start);
        hyphens += is_hyphen(point.value);
        blanks += is_blank(point.value);
        others += !is_hyphen(point.value) && !is_blank(point.value) && part != PART_EXTENDER;
        cutter->at += point.size;
    }
    if (is_ended)
        cutter->sentence++;
    *ret_joint = JOINT_OTHER;
    if (others == 0 && hyphens == 0 && blanks > 0)
        *ret_joint = JOINT_BLANK;
    if (others == 0 && hyphens == 1 && blanks == 0)
        *ret_joint = JOINT_HYPHEN;
    return cutter->at < cutter->text.size;
}

static uint32_t fold_unicode(struct view raw, uint8_t *text)
{
    const utf8proc_option_t options =
        (utf8proc_option_t)((unsigned)UTF8PROC_STABLE | (unsigned)UTF8PROC_COMPAT |
                            (unsigned)UTF8PROC_COMPOSE | (unsigned)UTF8PROC_CASEFOLD |
                            (unsigned)UTF8PROC_IGNORE | (unsigned)UTF8PROC_STRIPMARK);
    utf8proc_int32_t points[FOLDED_POINTS_MAX + 1];
    utf8proc_ssize_t count = utf8proc_decompose(raw.bytes, (utf8proc_ssize_t)raw.size, points,
                                                FOLDED_POINTS_MAX, options);
    if (count <= 0 || count > FOLDED_POINTS_MAX)
        return 0;
    utf8proc_ssize_t size = utf8proc_reencode(points, count, options);
    if (size <= 0 || size > (utf8proc_ssize_t)WORD_BYTES_MAX)
        return 0;
    memcpy(text, points, (size_t)size);
    return (uint32_t)size;
}

/* "baliho2" and "dukung2an": at least three letters, "2", and letters or nothing. */
static void drop_two(struct word *word)
{
    const uint8_t *two = memchr(word->text, '2', word->size);
    if (two == NULL)
        return;
    uint32_t at = (uint32_t)(two - word->text);
    bool is_reduplication = at >= 3;
    for (uint32_t i = 0; i < word->size; i++)
        is_reduplication &= i == at || word->text[i] < '0' || word->text[i] > '9';
    if (!is_reduplication)
        return;
    memmove(word->text + at, word->text + at + 1, word->size - at - 1);
    word->size--;
    word->is_of_letters = true;
}

/* The rest of a word that isn't all ASCII: cut by categories, and folded as a whole. */
static void read_beyond_ascii(struct word_cutter *cutter, struct word *word, uint32_t *letters,
                              uint32_t *digits)
{
    while (cutter->at < cutter->text.size) {
        struct point point = point_at(cutter->text, cutter->at);
        enum part part = part_of(point.value);
        if (part == PART_SEPARATOR)
            break;
        *letters += part == PART_LETTER;
        *digits += part == PART_DIGIT;
        cutter->at += point.size;
    }
    struct view raw = view_of(cutter->text.bytes + word->begin, cutter->at - word->begin);
    word->size = raw.size > WORD_BYTES_MAX ? 0 : fold_unicode(raw, word->text);
}

bool word_next(struct word_cutter *cutter, struct word *ret_word)
{
    struct word *word = ret_word;
    if (!skip_separators(cutter, &word->joint))
        return false;
    const uint8_t *bytes = cutter->text.bytes;
    uint32_t at = cutter->at;
    uint32_t digits = 0;
    uint32_t size = 0;
    for (; at < cutter->text.size && folded_ascii[bytes[at]] != 0; at++) {
        uint8_t folded = folded_ascii[bytes[at]];
        digits += folded <= '9';
        if (size < WORD_BYTES_MAX)
            word->text[size] = folded;
        size++;
    }
    uint32_t letters = size - digits;
    word->begin = cutter->at;
    word->sentence = cutter->sentence;
    word->size = size > WORD_BYTES_MAX ? 0 : size;
    cutter->at = at;
    bool is_ascii = at == cutter->text.size || bytes[at] < 0x80;
    if (!is_ascii)
        read_beyond_ascii(cutter, word, &letters, &digits);
    word->end = cutter->at;
    word->is_of_letters = digits == 0;
    cutter->was_single_letter = letters == 1 && digits == 0;
    if (!is_ascii || digits > 0)
        drop_two(word);
    return true;
}

uint32_t word_count_bound(struct view text)
{
    uint32_t count = 0;
    bool is_in_word = false;
    for (size_t i = 0; i < text.size; i++) {
        /* Each code point beyond ASCII may separate, or begin a word of its own. */
        bool is_part = folded_ascii[text.bytes[i]] != 0;
        count += (text.bytes[i] >= 0xC0) | (is_part & !is_in_word);
        is_in_word = is_part;
    }
    return count;
}
