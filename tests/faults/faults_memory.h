/*
 * Memory that ends: the arenas and SQLite's allocator, counted and refused while a chosen service
 * runs.
 *
 * Owns: SQLite's allocator, from faults_memory_begin on.
 */
#ifndef NETRA_TESTS_FAULTS_FAULTS_MEMORY_H
#define NETRA_TESTS_FAULTS_FAULTS_MEMORY_H

#include "common/base/arena.h"

#include <stdbool.h>
#include <stdint.h>

enum faults_memory { FAULTS_ARENA, FAULTS_SQLITE, FAULTS_MEMORY_COUNT };

/* Once, before anything of SQLite's runs. False: SQLite refuses. */
bool faults_memory_begin(void);

/* Whose allocations are counted from now on; SIM_PROCESS_COUNT: nobody's. `spared` is an arena
 * whose requests are of a fixed size and can't fail; may be NULL. */
void faults_memory_of(unsigned process, const struct arena *spared);

/* Allocations of that process so far. */
uint64_t faults_memory_count(unsigned process, enum faults_memory kind);

/* Whether an allocation was refused. */
bool faults_memory_has_failed(void);

/* Refuses its nth next allocation, once. */
void faults_memory_fail(unsigned process, enum faults_memory kind, uint64_t nth);

#endif
