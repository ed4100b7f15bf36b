/*
 * What a witness outside notes: checkpoints as they are published, and what operators did.
 */
#include "tests/simulation/sim_check.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

/* The lines of a checkpoint that count here: origin, size, root (C2SP tlog-checkpoint). */
static bool read_note(struct view note, struct sim_published *ret_published)
{
    char text[1024];
    if (note.size >= sizeof text)
        return false;
    memcpy(text, note.bytes, note.size);
    text[note.size] = '\0';
    const char *size = strchr(text, '\n');
    const char *root = size == NULL ? NULL : strchr(size + 1, '\n');
    const char *end = root == NULL ? NULL : strchr(root + 1, '\n');
    if (end == NULL)
        return false;
    char *digits_end = NULL;
    size_t decoded = 0;
    ret_published->size = strtoull(size + 1, &digits_end, 10);
    return digits_end == root &&
           sodium_base642bin(ret_published->root, SHA256_SIZE, root + 1, (size_t)(end - root - 1),
                             NULL, &decoded, NULL, sodium_base64_VARIANT_ORIGINAL) == 0 &&
           decoded == SHA256_SIZE;
}

static bool is_same(const struct sim_published *published, const struct sim_published *other)
{
    return published->size == other->size &&
           memcmp(published->root, other->root, SHA256_SIZE) == 0;
}

static bool has_stood(const struct sim_witness *witness, const struct sim_published *published)
{
    for (unsigned i = 0; i < witness->published_count; i++)
        if (is_same(&witness->published[i], published))
            return true;
    return false;
}

void sim_witness_published(struct sim_witness *witness, struct view note, bool is_after_cut)
{
    struct sim_published published = {.size = 0};
    unsigned count = witness->published_count;
    if (count == SIM_PUBLISHED_MAX || !read_note(note, &published) ||
        (count > 0 && is_same(&witness->published[count - 1], &published)))
        return;
    published.is_again = is_after_cut && has_stood(witness, &published);
    witness->published[witness->published_count++] = published;
}

void sim_witness_recovered(struct sim_witness *witness, enum sim_service service)
{
    witness->recovered[service]++;
    if (service == SIM_AUDIT_LOG)
        witness->trusted_from = witness->published_count;
}
