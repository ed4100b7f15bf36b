/*
 * Files as deploy/home writes them, with keys that are drawn from a fixed seed.
 */
#include "tests/simulation/sim_home.h"

#include "common/base/bytes.h"
#include "services/audit-log/audit_log_service.h"
#include "services/classification/classification_service.h"
#include "services/intake/intake_service.h"
#include "services/notification/notification_service.h"
#include "tests/simulation/sim_network.h"
#include "tests/simulation/sim_random.h"

#include <ftw.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define KEYS_SEED 0x6b657973u /* "keys" */
#define TEXT_BYTES 8192u
#define PATH_BYTES 300u /* a disk's paths are short */

static struct {
    char folder[PATH_BYTES / 2];
    char keys[PATH_BYTES];
    char disks[SIM_SERVICE_COUNT][PATH_BYTES];
    struct key_pair pairs[SIM_PROCESS_COUNT];
    struct config *configs[SIM_SERVICE_COUNT];
    const char *tables;
} home;

static const struct service_spec *const specs[SIM_SERVICE_COUNT] = {
    [SIM_INTAKE] = &intake_service,
    [SIM_CLASSIFICATION] = &classification_service,
    [SIM_NOTIFICATION] = &notification_service,
    [SIM_AUDIT_LOG] = &audit_log_service,
};

const struct service_spec *sim_home_spec(enum sim_service service)
{
    return specs[service];
}

struct config *sim_home_config(enum sim_service service)
{
    return home.configs[service];
}

const struct key_pair *sim_home_key(unsigned process)
{
    return &home.pairs[process];
}

const char *sim_home_disk(enum sim_service service)
{
    return home.disks[service];
}

const char *sim_home_store(enum sim_service service)
{
    return home.configs[service]->store;
}

const char *sim_home_folder(void)
{
    return home.folder;
}

const char *sim_home_keys(void)
{
    return home.keys;
}

static bool complain(const char *what, const struct diag *diag)
{
    (void)fprintf(stderr, "simulation: %s%s%s\n", what, diag == NULL ? "" : ": ",
                  diag == NULL ? "" : diag->text);
    return false;
}

static bool write_text(const char *name, const char *text)
{
    char path[PATH_MAX];
    (void)snprintf(path, sizeof path, "%s/%s", home.folder, name);
    FILE *file = fopen(path, "we");
    if (file == NULL)
        return complain(path, NULL);
    bool is_written = fputs(text, file) >= 0;
    return fclose(file) == 0 && is_written;
}

static void hex_of(const uint8_t bytes[32], char text[65])
{
    (void)sodium_bin2hex(text, 65, bytes, 32);
}

/* ---- keys ---- */

static struct sim_random keys_random;

static void fill(void *const bytes, const size_t size)
{
    sim_random_fill(&keys_random, bytes, size);
}

static uint32_t draw_word(void)
{
    return (uint32_t)sim_random_draw(&keys_random);
}

static const char *implementation_name(void)
{
    return "simulation";
}

static struct randombytes_implementation implementation = {
    .implementation_name = implementation_name, .random = draw_word, .buf = fill};

static bool write_pair(unsigned process)
{
    char path[PATH_MAX];
    struct diag diag = {.text = ""};
    key_pair_draw(&home.pairs[process]);
    (void)snprintf(path, sizeof path, "%s/%s.key", home.keys, sim_process_name(process));
    return key_pair_write(path, &home.pairs[process], &diag) == STATUS_OK ||
           complain("key", &diag);
}

static bool write_secret(const char *name, uint32_t epoch)
{
    char path[PATH_MAX];
    struct diag diag = {.text = ""};
    struct key_secret secret = {.epoch = epoch};
    fill(secret.secret, sizeof secret.secret);
    (void)snprintf(path, sizeof path, "%s/%s.key", home.keys, name);
    return key_secret_write(path, &secret, &diag) == STATUS_OK || complain("secret", &diag);
}

static bool make_keys(void)
{
    keys_random = sim_random_of(KEYS_SEED, 0);
    if (randombytes_set_implementation(&implementation) != 0 || sodium_init() < 0)
        return complain("libsodium", NULL);
    for (unsigned process = 0; process < SIM_PROCESS_COUNT; process++)
        if (!write_pair(process))
            return false;
    return write_secret("kek", 1) && write_secret("index", 0) && write_secret("message-id", 0);
}

void sim_home_reseed(uint64_t seed)
{
    keys_random = sim_random_of(seed, KEYS_SEED);
}

/* ---- the register's first lines ---- */

static const char *role_of(unsigned process)
{
    if (process == SIM_OPERATOR)
        return "operator";
    if (process == SIM_REVIEWER)
        return "reviewer";
    return process >= SIM_NODE_FIRST ? "node" : "worker";
}

static bool write_bootstrap(void)
{
    char text[TEXT_BYTES] = "";
    for (unsigned process = SIM_WORKER_FIRST; process < SIM_PROCESS_COUNT; process++) {
        char curve[65];
        char sign[65];
        size_t used = strlen(text);
        hex_of(home.pairs[process].curve_public, curve);
        hex_of(home.pairs[process].sign_public, sign);
        (void)snprintf(text + used, sizeof text - used, "%s %s %s %s *\n", role_of(process),
                       sim_process_name(process), curve, sign);
    }
    return write_text("bootstrap", text);
}

/* ---- configuration ---- */

/* What of its own each service's file has. */
static void write_own(enum sim_service service, char *text, size_t size)
{
    switch (service) {
    case SIM_INTAKE:
        (void)snprintf(text, size,
                       "key_encryption_file: keys/kek.key\nindex_file: keys/index.key\n"
                       "bootstrap_file: bootstrap\n");
        return;
    case SIM_CLASSIFICATION:
        (void)snprintf(text, size,
                       "rules_file: %s/ruleset.yaml\ncalendar_file: %s/calendar.yaml\n",
                       home.tables, home.tables);
        return;
    case SIM_NOTIFICATION:
        (void)snprintf(text, size,
                       "routing_file: %s/routing.yaml\ntemplates_file: %s/templates.yaml\n"
                       "message_id_file: keys/message-id.key\nmail_folder: disk-%s/mail\n",
                       home.tables, home.tables, sim_process_name(service));
        return;
    case SIM_AUDIT_LOG:
        (void)snprintf(text, size, "checkpoint_file: disk-%s/checkpoint\n",
                       sim_process_name(service));
        return;
    case SIM_SERVICE_COUNT:
        break;
    }
}

static void add_peer(enum sim_service service, enum sim_service other, char *text, size_t size)
{
    char key[65];
    char door[64] = "";
    bool asks = other == SIM_INTAKE && service != SIM_AUDIT_LOG;
    hex_of(home.pairs[other].curve_public, key);
    if (asks)
        (void)snprintf(door, sizeof door, " door: \"tcp://127.0.0.1:%u\",",
                       sim_network_port(other, true));
    size_t used = strlen(text);
    (void)snprintf(text + used, size - used,
                   "  - { name: %s, inlet: \"tcp://127.0.0.1:%u\",%s public_key: %s }\n",
                   sim_process_name(other), sim_network_port(other, false), door, key);
}

static bool load_config(enum sim_service service)
{
    char text[TEXT_BYTES];
    char own[1024] = "";
    char name[64];
    char path[PATH_MAX];
    char curve[65];
    char sign[65];
    struct diag diag = {.text = ""};
    hex_of(home.pairs[SIM_OPERATOR].curve_public, curve);
    hex_of(home.pairs[SIM_OPERATOR].sign_public, sign);
    (void)snprintf(text, sizeof text,
                   "service: %s\norigin: " SIM_ORIGIN "\nstore: disk-%s/store.db\n"
                   "key: keys/%s.key\n"
                   "listen: { inlet: \"tcp://127.0.0.1:%u\", door: \"tcp://127.0.0.1:%u\" }\n"
                   "limits: { reserve_bytes: 0 }\n"
                   "operator:\n  curve_public: %s\n  sign_public: %s\npeers:\n",
                   sim_process_name(service), sim_process_name(service), sim_process_name(service),
                   sim_network_port(service, false), sim_network_port(service, true), curve, sign);
    for (unsigned other = 0; other < SIM_SERVICE_COUNT; other++)
        if (other != (unsigned)service)
            add_peer(service, (enum sim_service)other, text, sizeof text);
    write_own(service, own, sizeof own);
    size_t used = strlen(text);
    (void)snprintf(text + used, sizeof text - used, "%s", own);
    (void)snprintf(name, sizeof name, "%s.yaml", sim_process_name(service));
    if (!write_text(name, text))
        return false;
    (void)snprintf(path, sizeof path, "%s/%s", home.folder, name);
    return config_load(path, specs[service]->name, specs[service]->config_schema,
                       &home.configs[service], &diag) == STATUS_OK ||
           complain("configuration", &diag);
}

/* ---- the whole ---- */

static bool make_folder(const char *name, char path[PATH_BYTES])
{
    (void)snprintf(path, PATH_BYTES, "%s/%s", home.folder, name);
    return mkdir(path, 0700) == 0 || complain(path, NULL);
}

static bool make_folders(void)
{
    const char *parent = getenv("TMPDIR");
    char name[64];
    (void)snprintf(home.folder, sizeof home.folder, "%s/netra-sim-XXXXXX",
                   parent == NULL || strlen(parent) > 100 ? "/tmp" : parent);
    if (mkdtemp(home.folder) == NULL)
        return complain(home.folder, NULL);
    if (!make_folder("keys", home.keys))
        return false;
    for (unsigned i = 0; i < SIM_SERVICE_COUNT; i++) {
        char path[PATH_BYTES];
        (void)snprintf(name, sizeof name, "disk-%s", sim_process_name(i));
        if (!make_folder(name, path))
            return false;
        (void)snprintf(home.disks[i], PATH_BYTES, "%.*s/", (int)(PATH_BYTES - 2), path);
    }
    return true;
}

bool sim_home_prepare(const char *tables)
{
    home.tables = tables;
    if (!make_folders() || !make_keys() || !write_bootstrap() ||
        !write_text("reason", "Saksi dan foto sesuai.\n"))
        return false;
    for (unsigned i = 0; i < SIM_SERVICE_COUNT; i++)
        if (!load_config((enum sim_service)i))
            return false;
    return true;
}

static int remove_one(const char *path, const struct stat *found, int kind, struct FTW *place)
{
    (void)found;
    (void)kind;
    (void)place;
    return remove(path);
}

void sim_home_release(void)
{
    for (unsigned i = 0; i < SIM_SERVICE_COUNT; i++)
        config_free(specs[i]->config_schema, home.configs[i]);
    (void)nftw(home.folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}
