/*
 * routing.yaml as libcyaml loads it, for notification_routing.c alone: every text as it stands in
 * the file, NULL where it is absent.
 */
#ifndef NETRA_NOTIFICATION_NOTIFICATION_ROUTING_FILE_H
#define NETRA_NOTIFICATION_NOTIFICATION_ROUTING_FILE_H

#include <stdbool.h>

struct file_source {
    char *source;
    char *address;
};

struct file_region {
    char *region;
    char *name;
};

struct file_kind {
    char *kind;
    char *instead;
    bool climbs;
    const char **conflicts;
    unsigned conflicts_count;
};

struct file_office {
    char *office;
    char *kind;
    char *region;
    char *name;
    char *channel;
    char *address;
    char *from;
    char *until;
};

struct file_tell {
    char *kind;
    char *role;
    char *notice;
};

struct file_row {
    char *row;
    char *key;
    const char **regions;
    unsigned regions_count;
    const char **actors;
    unsigned actors_count;
    const char **outcomes;
    unsigned outcomes_count;
    const char **dispositions;
    unsigned dispositions_count;
    const char **codes;
    unsigned codes_count;
    char *by;
    char *from;
    char *until;
    struct file_tell *tells;
    unsigned tells_count;
    char *source;
};

struct file_routing {
    char *routing;
    char *version;
    struct file_source *sources;
    unsigned sources_count;
    struct file_region *regions;
    unsigned regions_count;
    struct file_kind *kinds;
    unsigned kinds_count;
    struct file_office *offices;
    unsigned offices_count;
    struct file_row *routes;
    unsigned routes_count;
};

#endif
