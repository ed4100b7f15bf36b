/* The rules of the common part that a schema can't say. */
#include "common/base/bytes.h"
#include "common/service/address.h"
#include "common/service/config.h"
#include "common/service/config_parts.h"
#include "common/wire/limits.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

struct check {
    const struct config_source *source;
    struct diag *diag;
};

static enum status check_address(const struct check *check, const char *path, const char *text,
                                 const char *scheme)
{
    struct sockaddr_in address = {.sin_port = 0};
    size_t skip = strlen(scheme);
    if (text == NULL)
        return STATUS_OK;
    if (strncmp(text, scheme, skip) == 0 && address_read(text + skip, &address) &&
        address.sin_port != 0)
        return STATUS_OK;
    return config_refuse(check->source, check->diag, path,
                         "expected %sIP:PORT with a numeric IPv4 address and a port", scheme);
}

static enum status check_one_of(const struct check *check, const char *path, const char *text,
                                const char *const *words, const char *expectation)
{
    if (text == NULL)
        return STATUS_OK;
    for (; *words != NULL; words++)
        if (strcmp(text, *words) == 0)
            return STATUS_OK;
    return config_refuse(check->source, check->diag, path, "expected %s", expectation);
}

static bool is_name(const char *text)
{
    size_t size = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789._-");
    return size > 0 && size <= LIMIT_NAME_BYTES && text[size] == '\0';
}

/* An origin is the first line of a checkpoint and the name of the log's key (C2SP signed-note): no
 * white space, no plus sign. */
static bool is_origin(const char *text)
{
    for (const unsigned char *at = (const unsigned char *)text; *at != '\0'; at++)
        if (*at <= ' ' || *at >= 0x7f || *at == '+')
            return false;
    return true;
}

static enum status check_peer(const struct check *check, const struct config_peer *peers,
                              unsigned peer)
{
    char path[CONFIG_PATH_BYTES];
    uint8_t key[32];
    const struct config_peer *it = &peers[peer];
    (void)snprintf(path, sizeof(path), "peers[%u].name", peer);
    if (!is_name(it->name))
        return config_refuse(check->source, check->diag, path,
                             "expected 1 to 64 of a-z, 0-9, \".\", \"_\", \"-\"");
    for (unsigned i = 0; i < peer; i++)
        if (strcmp(it->name, peers[i].name) == 0)
            return config_refuse(check->source, check->diag, path,
                                 "\"%s\" is there already as peers[%u]", it->name, i);
    (void)snprintf(path, sizeof(path), "peers[%u].public_key", peer);
    if (strlen(it->public_key) != 2 * sizeof(key) ||
        !bytes_from_hex(it->public_key, key, sizeof(key)))
        return config_refuse(check->source, check->diag, path, "expected 64 hex digits");
    /* A frame's sender is told by its key alone. */
    for (unsigned i = 0; i < peer; i++)
        if (strcasecmp(it->public_key, peers[i].public_key) == 0)
            return config_refuse(check->source, check->diag, path, "it is the key of peers[%u]",
                                 i);
    (void)snprintf(path, sizeof(path), "peers[%u].inlet", peer);
    TRY(check_address(check, path, it->inlet, "tcp://"));
    (void)snprintf(path, sizeof(path), "peers[%u].door", peer);
    return check_address(check, path, it->door, "tcp://");
}

static enum status check_key(const struct check *check, const char *path, const char *text)
{
    uint8_t key[32];
    if (text == NULL ||
        (strlen(text) == 2 * sizeof(key) && bytes_from_hex(text, key, sizeof(key))))
        return STATUS_OK;
    return config_refuse(check->source, check->diag, path, "expected 64 hex digits");
}

static enum status check_limits(const struct check *check, const struct config_limits *limits)
{
    static const char path[] = "limits.backlog_entries_max";
    if (limits->backlog_entries_max == 0 && config_is_given(check->source, path))
        return config_refuse(check->source, check->diag, path, "expected at least 1");
    if (limits->disk_free_bytes_refuse > CONFIG_MARK_BYTES_MAX)
        return config_refuse(check->source, check->diag, CONFIG_MARK_REFUSE,
                             "expected at most %llu", CONFIG_MARK_BYTES_MAX);
    return STATUS_OK;
}

struct mark {
    const char *path;
    uint64_t bytes;
};

static enum status check_order(const struct check *check, const struct mark *worse,
                               const struct mark *better)
{
    if (worse->bytes == 0 || better->bytes == 0 || better->bytes > worse->bytes)
        return STATUS_OK;
    if (config_is_given(check->source, better->path))
        return config_refuse(check->source, check->diag, better->path,
                             "expected more than %s, which is %llu", worse->path,
                             (unsigned long long)worse->bytes);
    return config_refuse(check->source, check->diag, worse->path,
                         "expected less than %s, which is %llu", better->path,
                         (unsigned long long)better->bytes);
}

enum status config_check_marks(const struct config_source *source,
                               const struct config_limits *limits, struct diag *diag)
{
    const struct check check = {.source = source, .diag = diag};
    const struct mark warn = {CONFIG_MARK_WARN, limits->disk_free_bytes_warn};
    const struct mark evidence = {CONFIG_MARK_EVIDENCE, limits->disk_free_bytes_evidence};
    const struct mark refuse = {CONFIG_MARK_REFUSE, limits->disk_free_bytes_refuse};
    TRY(check_order(&check, &refuse, &evidence));
    TRY(check_order(&check, &evidence, &warn));
    return check_order(&check, &refuse, &warn);
}

enum status config_check_common(const struct config_source *source, const char *service,
                                const struct config *config, struct diag *diag)
{
    static const char *const levels[] = {"debug", "info", "warn", "error", NULL};
    static const char *const formats[] = {"logfmt", "json", NULL};
    const struct check check = {.source = source, .diag = diag};
    if (strcmp(config->service, service) != 0)
        return config_refuse(source, diag, "service", "expected \"%s\", this program's name",
                             service);
    if (!is_origin(config->origin))
        return config_refuse(source, diag, "origin",
                             "expected printable ASCII without spaces and \"+\"");
    TRY(check_address(&check, "listen.inlet", config->listen.inlet, "tcp://"));
    TRY(check_address(&check, "listen.door", config->listen.door, "tcp://"));
    TRY(check_address(&check, "listen.http", config->listen.http, ""));
    for (unsigned i = 0; i < config->peers_count; i++)
        TRY(check_peer(&check, config->peers, i));
    TRY(check_key(&check, "operator.curve_public", config->operator.curve_public));
    TRY(check_key(&check, "operator.sign_public", config->operator.sign_public));
    TRY(check_limits(&check, &config->limits));
    TRY(check_one_of(&check, "log.level", config->log.level, levels,
                     "debug, info, warn or error"));
    return check_one_of(&check, "log.format", config->log.format, formats, "logfmt or json");
}
