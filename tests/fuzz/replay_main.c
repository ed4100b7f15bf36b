/*
 * Gives a target every file of the folders named, once: how a build without libFuzzer checks the
 * corpora. A folder that doesn't exist has no files.
 */
#include "tests/fuzz/fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#define INPUT_BYTES_MAX (1u << 20)

static void run_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    uint8_t *room = malloc(INPUT_BYTES_MAX);
    FUZZ_CHECK(file != NULL && room != NULL);
    size_t size = fread(room, 1, INPUT_BYTES_MAX, file);
    FUZZ_CHECK(fclose(file) == 0);
    /* Exactly as large as the input: reading beyond it is seen. */
    uint8_t *bytes = realloc(room, size == 0 ? 1 : size);
    FUZZ_CHECK(bytes != NULL);
    (void)LLVMFuzzerTestOneInput(bytes, size);
    free(bytes);
}

static unsigned run_folder(const char *folder)
{
    struct dirent **entries = NULL;
    int count = scandir(folder, &entries, NULL, alphasort);
    unsigned ran = 0;
    for (int i = 0; i < count; i++) {
        char path[4096];
        (void)snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
        if (entries[i]->d_name[0] != '.') {
            (void)printf("%s\n", path);
            (void)fflush(stdout);
            run_file(path);
            ran++;
        }
        free(entries[i]);
    }
    free(entries);
    return ran;
}

int main(int argc, char **argv)
{
    unsigned ran = 0;
    for (int i = 1; i < argc; i++)
        ran += run_folder(argv[i]);
    (void)printf("%u inputs\n", ran);
    return ran > 0 ? 0 : 1;
}
