/*
 * gettext ignores LANGUAGE in the locale "C" but not in "C.UTF-8", which the C library brings
 * along: so Indonesian works on a machine without any locale installed.
 */
#include "services/netra/translate.h"

#include <limits.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TEXT_DOMAIN "netra"

static const char *const languages[] = {"id", "en"};
#define LANGUAGE_COUNT (sizeof languages / sizeof languages[0])

bool translate_is_language(const char *name)
{
    for (size_t i = 0; i < LANGUAGE_COUNT; i++) {
        if (strcmp(name, languages[i]) == 0)
            return true;
    }
    return false;
}

/* "id_ID.UTF-8", "id:en" and "id" name Indonesian; what names no language of ours is English. */
static const char *language_of(const char *locale)
{
    for (size_t i = 0; i < LANGUAGE_COUNT; i++) {
        const size_t size = strlen(languages[i]);

        if (strncmp(locale, languages[i], size) == 0 && strchr("_.:@", locale[size]) != NULL)
            return languages[i];
    }
    return "en";
}

static const char *typed_language(int argc, char *const *argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strncmp(argv[i], "--lang=", 7) == 0)
            return argv[i] + 7;
        if (strcmp(argv[i], "--lang") == 0 && i + 1 < argc)
            return argv[i + 1];
    }
    return NULL;
}

const char *translate_choose(int argc, char *const *argv)
{
    static const char *const variables[] = {"LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"};
    const char *typed = typed_language(argc, argv);

    if (typed != NULL)
        return language_of(typed);
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) {
        const char *value = getenv(variables[i]);

        if (value != NULL && value[0] != '\0')
            return language_of(value);
    }
    return "en";
}

void translate_start(const char *language)
{
    char folder[PATH_MAX];
    const ssize_t size = readlink("/proc/self/exe", folder, sizeof folder - 1);

    if (size <= 0 || setlocale(LC_MESSAGES, "C.UTF-8") == NULL)
        return;
    folder[size] = '\0';
    for (unsigned up = 0; up < 2; up++) { /* the program's name, then its folder */
        char *slash = strrchr(folder, '/');

        if (slash == NULL)
            return;
        *slash = '\0';
    }
    const size_t used = strlen(folder);

    if (snprintf(folder + used, sizeof folder - used, "/share/locale") >=
        (int)(sizeof folder - used))
        return;
    (void)setenv("LANGUAGE", language, 1);
    (void)bindtextdomain(TEXT_DOMAIN, folder);
    (void)bind_textdomain_codeset(TEXT_DOMAIN, "UTF-8");
    (void)textdomain(TEXT_DOMAIN);
}
