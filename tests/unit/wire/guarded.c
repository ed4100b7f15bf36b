/* One mapping with a page behind it that can't be read. */
#include "tests/unit/wire/guarded.h"

#include "common/base/invariant.h"

#include <string.h>
#include <sys/mman.h>

#define PAGE_SIZE_MAX 65536u

struct view guarded_copy(struct view bytes)
{
    static uint8_t *end;

    if (end == NULL) {
        void *map = mmap(NULL, GUARDED_SIZE_MAX + PAGE_SIZE_MAX, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

        INVARIANT(map != MAP_FAILED);
        end = (uint8_t *)map + GUARDED_SIZE_MAX;
        INVARIANT(mprotect(end, PAGE_SIZE_MAX, PROT_NONE) == 0);
    }
    INVARIANT(bytes.size <= GUARDED_SIZE_MAX);
    if (bytes.size > 0)
        memcpy(end - bytes.size, bytes.bytes, bytes.size);
    return view_of(end - bytes.size, bytes.size);
}
