/*
 * Indonesian and English through gettext: what people read is marked here and translated from
 * po/id.po; codes, JSON keys and status names never are.
 *
 * Why no system locale: containers have none. The language is chosen here and handed to gettext
 * under C.UTF-8, which every C library has; numbers and times stay those of C.
 */
#ifndef NETRA_NETRA_TRANSLATE_H
#define NETRA_NETRA_TRANSLATE_H

#include <libintl.h>
#include <stdbool.h>

/* The text in the language of the command. */
#define _(text) gettext(text) /* NOLINT(bugprone-reserved-identifier): gettext's own idiom */

/* Marks a text that is translated where it is shown. */
#define N_(text) text

/* Whether it is a language there are texts in: "id" or "en". */
bool translate_is_language(const char *name);

/* The language a command line and an environment ask for: --lang, else LANGUAGE, LC_ALL,
 * LC_MESSAGES and LANG, the first that is set. "id" or "en"; static text. The command line is
 * looked at before it is read, so that its own mistakes are told in the right language. */
const char *translate_choose(int argc, char *const *argv);

/* From here on _() yields that language; its texts are beside the program, in
 * ../share/locale. A missing file leaves English. */
void translate_start(const char *language);

#endif
