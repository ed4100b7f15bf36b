/* A video of the campaign is larger than memory: libsodium's digest takes it piece by piece. */
#include "services/netra/evidence.h"

#include "common/base/cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE_BYTES 65536u

_Static_assert(FACTS_DIGEST_SIZE == crypto_hash_sha256_BYTES, "a digest's bytes");

static void close_descriptor(const int *descriptor)
{
    if (*descriptor >= 0)
        (void)close(*descriptor);
}

const char *evidence_read(const char *path, struct facts_evidence *ret_evidence)
{
    CLEANUP(close_descriptor) int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    crypto_hash_sha256_state state;
    uint8_t piece[PIECE_BYTES];
    struct stat about;

    if (descriptor < 0 || fstat(descriptor, &about) != 0)
        return strerror(errno);
    if (!S_ISREG(about.st_mode))
        return "no ordinary file";
    *ret_evidence = (struct facts_evidence){.size = 0};
    (void)crypto_hash_sha256_init(&state);
    for (;;) {
        const ssize_t got = read(descriptor, piece, sizeof piece);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return strerror(errno);
        if (got == 0)
            break;
        (void)crypto_hash_sha256_update(&state, piece, (unsigned long long)got);
        ret_evidence->size += (uint64_t)got;
    }
    (void)crypto_hash_sha256_final(&state, ret_evidence->digest);
    return NULL;
}
