/*
 * The machine itself behind a service's edges.
 */
#include "common/service/edges.h"

#include "common/transport/transport_zmq.h"

#include <sys/statvfs.h>

static enum status open_transport(void *self, const struct transport_spec *spec,
                                  struct transport *ret_transport, struct diag *diag)
{
    (void)self;
    return transport_zmq_open(spec, ret_transport, diag);
}

static bool free_bytes(void *self, const char *path, uint64_t *ret_bytes)
{
    (void)self;
    struct statvfs disk;
    if (statvfs(path, &disk) != 0)
        return false;
    *ret_bytes = (uint64_t)disk.f_bavail * disk.f_frsize;
    return true;
}

struct service_edges service_edges_of_system(void)
{
    return (struct service_edges){
        .clock = clock_of_system(),
        .random = random_of_system(),
        .files = files_of_system(),
        .open_transport = open_transport,
        .free_bytes = free_bytes,
        .has_process = true,
    };
}
