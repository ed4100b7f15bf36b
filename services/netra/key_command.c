/* `netra key`: key files. Prints public parts only. */
#include "common/base/bytes.h"
#include "services/netra/command.h"
#include "services/netra/public_key.h"

#include <sodium.h>

enum status key_new(struct command *command)
{
    const char *path = command->arguments->words[0];

    if (command->arguments->values[OPTION_secret] != NULL) {
        struct key_secret secret = {.epoch = 1};

        randombytes_buf(secret.secret, sizeof secret.secret);
        const enum status status = key_secret_write(path, &secret, &command->diag);

        sodium_memzero(&secret, sizeof secret);
        TRY(status);
        json_t *object = json_object();

        json_put_text(object, "file", path);
        json_put_number(object, "epoch", 1);
        output_object(&command->output, object);
        return STATUS_OK;
    }
    key_pair_draw(&command->key);
    TRY(key_pair_write(path, &command->key, &command->diag));
    output_object(&command->output, public_key_to_json(&command->key));
    return STATUS_OK;
}

enum status key_show(struct command *command)
{
    TRY(key_pair_read(command->arguments->words[0], &command->key, &command->diag));
    output_object(&command->output, public_key_to_json(&command->key));
    return STATUS_OK;
}
