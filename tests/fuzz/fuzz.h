/*
 * What the fuzz targets share: the claims they make, memory that is bounded, and inputs cut into
 * parts.
 *
 * Why canaries: seeds and dictionaries hold FUZZ_CANARY wherever a name, a NIP or a narrative may
 * stand; a message that says it has quoted what it must not.
 * Owns: one arena and one file of the process, the same for every input.
 * Errors: a claim that doesn't hold ends the process with its text; libFuzzer keeps the input.
 */
#ifndef NETRA_TESTS_FUZZ_FUZZ_H
#define NETRA_TESTS_FUZZ_FUZZ_H

#include "common/base/arena.h"
#include "common/base/diag.h"
#include "common/base/random.h"
#include "common/base/status.h"
#include "common/base/view.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FUZZ_CANARY "QXZKANARI"
#define FUZZ_TODAY 20241115u

/* The target: called by libFuzzer, or by replay_main.c for each file of a corpus. Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* Ends the process unless the claim holds. */
#define FUZZ_CHECK(claim) ((claim) ? (void)0 : fuzz_failed(#claim, __FILE__, __LINE__))
_Noreturn void fuzz_failed(const char *claim, const char *file, int line);

/* The arena, empty: twice what one frame may take unpacked. Nothing that reads one input may fill
 * it; fuzz_done checks that. */
struct arena *fuzz_arena(void);
void fuzz_done(void);

/* A refusal is a REJECT, a RETRY or a refused configuration with something said, in text that can
 * be printed and doesn't hold the canary. NULL: the function says nothing by its contract. */
void fuzz_check_refused(enum status status, const struct diag *diag);

/* The same of a table or configuration, which are an operator's: messages may quote them. */
void fuzz_check_table_refused(enum status status, const struct diag *diag);

/* Whether the text has the canary; whether it has nothing that moves a terminal's cursor. */
bool fuzz_has_canary(const char *text);
bool fuzz_is_printable(const char *text);

/* ---- inputs in parts ---- */

/* Takes up to `size` bytes off the front; fewer at the end. */
struct view fuzz_take(struct view *rest, size_t size);

/* Takes one byte, 0 at the end; `size` bytes into `to`, zeros at the end. */
uint8_t fuzz_take_byte(struct view *rest);
void fuzz_take_into(struct view *rest, uint8_t *to, size_t size);

/* Takes what stands before the next byte 0xff, which is no text's, or all. */
struct view fuzz_take_text(struct view *rest);

/* A copy with a NUL behind it, of exactly that size, so that reading beyond it is seen. The caller
 * frees it. */
char *fuzz_text(struct view bytes);

/* The path of a regular file, mode 0600, that holds these bytes until the next call. */
const char *fuzz_file(struct view bytes);

/* The same under that name, in the folder conf of a home that lasts as long as the process. */
const char *fuzz_file_named(struct view bytes, const char *name);
const char *fuzz_home(void);

/* Reads one kind of message and checks it; `rest` is what follows the first byte. */
typedef void (*fuzz_decoder)(struct view rest, struct arena *arena);

/* The first byte says which decoder gets the others; a byte beyond the table is no input. */
void fuzz_decode(const fuzz_decoder *decoders, size_t count, const uint8_t *bytes, size_t size);

/* Chance that is the same for every run. */
struct random_source fuzz_random(void);

#endif
