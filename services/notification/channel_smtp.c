/*
 * libcurl's options, and how far each dialogue has come: libcurl tells what it sends, and the
 * phase decides what a refusal means.
 */
#include "services/notification/channel_smtp.h"

#include "common/base/cleanup.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HOST_BYTES 256u
#define ADDRESS_BYTES 300u

static void close_descriptor(int *descriptor)
{
    if (*descriptor >= 0)
        (void)close(*descriptor);
}

/* ---- the settings ---- */

/* One part of an url; "" when it has none or is none. */
static void url_part(const char *url, CURLUPart part, char *text, size_t size)
{
    char *found = NULL;
    CURLU *parsed = curl_url();
    text[0] = '\0';
    if (parsed == NULL)
        return;
    if (curl_url_set(parsed, CURLUPART_URL, url, 0) == CURLUE_OK &&
        curl_url_get(parsed, part, &found, 0) == CURLUE_OK)
        (void)snprintf(text, size, "%s", found);
    curl_free(found);
    curl_url_cleanup(parsed);
}

bool channel_smtp_is_loopback(const char *url)
{
    char host[HOST_BYTES];
    struct in_addr four;
    struct in6_addr six;
    url_part(url, CURLUPART_HOST, host, sizeof host);
    size_t size = strlen(host);
    if (strcmp(host, "localhost") == 0)
        return true;
    if (inet_pton(AF_INET, host, &four) == 1)
        return (ntohl(four.s_addr) >> 24u) == 127u;
    if (size < 3 || host[0] != '[')
        return false;
    host[size - 1] = '\0';
    return inet_pton(AF_INET6, host + 1, &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
}

static enum status refuse(struct diag *diag, const char *key, const char *rule)
{
    diag_set(diag, "smtp.%s: %s", key, rule);
    return STATUS_CONFIG_INVALID;
}

static enum status read_password(const char *path, char password[SMTP_PASSWORD_BYTES],
                                 struct diag *diag)
{
    struct stat about;
    CLEANUP(close_descriptor) int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0 || fstat(descriptor, &about) != 0)
        return refuse(diag, "password_file", strerror(errno));
    if (!S_ISREG(about.st_mode) || (about.st_mode & 077u) != 0)
        return refuse(diag, "password_file", "expected a file that nobody else may read (0600)");
    ssize_t size = read(descriptor, password, SMTP_PASSWORD_BYTES - 1);
    if (size < 0)
        return refuse(diag, "password_file", strerror(errno));
    password[size] = '\0';
    password[strcspn(password, "\r\n")] = '\0';
    if (password[0] == '\0')
        return refuse(diag, "password_file", "its first line is empty");
    return STATUS_OK;
}

static enum status check_settings(struct channel_smtp *channel,
                                  const struct smtp_settings *settings, bool is_demonstration,
                                  struct diag *diag)
{
    char scheme[16];
    char path[64];
    url_part(settings->url, CURLUPART_SCHEME, scheme, sizeof scheme);
    url_part(settings->url, CURLUPART_PATH, path, sizeof path);
    bool is_smtp = strcmp(scheme, "smtp") == 0 || strcmp(scheme, "smtps") == 0;
    if (!is_smtp || path[strspn(path, "/")] != '\0')
        return refuse(diag, "url", "expected smtp://HOST[:PORT] or smtps://HOST[:PORT]");
    channel->is_loopback = channel_smtp_is_loopback(settings->url);
    if (is_demonstration && !channel->is_loopback)
        return refuse(diag, "url",
                      "from a demonstration no mail leaves the machine; name a server at "
                      "127.0.0.1, or leave smtp out: then all notices go to mail_folder");
    if ((settings->user == NULL) != (settings->password_file == NULL))
        return refuse(diag, "user", "user and password_file belong together");
    if (settings->password_file != NULL)
        TRY(read_password(settings->password_file, channel->password, diag));
    size_t end = strlen(settings->url);
    while (end > 0 && settings->url[end - 1] == '/')
        end--;
    int size = snprintf(channel->url, sizeof channel->url, "%.*s/%s", (int)end, settings->url,
                        settings->helo);
    if (size < 0 || (size_t)size >= sizeof channel->url)
        return refuse(diag, "url", "too long");
    return STATUS_OK;
}

enum status channel_smtp_open(struct channel_smtp *channel, const struct smtp_settings *settings,
                              bool is_demonstration, struct diag *diag)
{
    memset(channel, 0, sizeof *channel);
    enum status status = check_settings(channel, settings, is_demonstration, diag);
    if (status == STATUS_OK && curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        status = STATUS_SYSTEM_FAILED;
    if (status == STATUS_OK)
        channel->multi = curl_multi_init();
    if (status == STATUS_OK && channel->multi == NULL)
        status = STATUS_SYSTEM_FAILED;
    channel->settings = *settings;
    if (status != STATUS_OK)
        sodium_memzero(channel->password, sizeof channel->password);
    return status;
}

void channel_smtp_close(struct channel_smtp *channel)
{
    if (channel->multi == NULL)
        return;
    for (unsigned i = 0; i < SMTP_TRANSFERS_MAX; i++)
        channel_smtp_free(channel, i);
    (void)curl_multi_cleanup(channel->multi);
    curl_global_cleanup();
    sodium_memzero(channel, sizeof *channel);
}

/* ---- a transfer ---- */

static size_t give_message(char *to, size_t size, size_t count, void *context)
{
    struct smtp_transfer *transfer = context;
    size_t room = size * count;
    size_t rest = transfer->message.size - transfer->sent;
    size_t given = rest < room ? rest : room;
    memcpy(to, transfer->message.bytes + transfer->sent, given);
    transfer->sent += given;
    return given;
}

static bool begins(const char *text, size_t size, const char *start)
{
    size_t start_size = strlen(start);
    return size >= start_size && memcmp(text, start, start_size) == 0;
}

/* libcurl tells every line it sends and every piece of the message. Nothing of it is kept. */
static int watch(CURL *handle, curl_infotype type, char *text, size_t size, void *context)
{
    struct smtp_transfer *transfer = context;
    (void)handle;
    if (type == CURLINFO_DATA_OUT && transfer->phase == MAIL_PHASE_DATA)
        transfer->phase = MAIL_PHASE_BODY;
    if (type == CURLINFO_HEADER_IN)
        transfer->is_answered = size > 3 && text[3] != '-';
    else if (type == CURLINFO_DATA_OUT ||
             (type == CURLINFO_HEADER_OUT && !begins(text, size, "QUIT")))
        transfer->is_answered = false;
    if (type != CURLINFO_HEADER_OUT)
        return 0;
    if (begins(text, size, "EHLO") || begins(text, size, "HELO"))
        transfer->phase = MAIL_PHASE_GREETED;
    else if (begins(text, size, "MAIL FROM:"))
        transfer->phase = MAIL_PHASE_SENDER;
    else if (begins(text, size, "RCPT TO:"))
        transfer->phase = MAIL_PHASE_RECIPIENT;
    else if (begins(text, size, "DATA"))
        transfer->phase = MAIL_PHASE_DATA;
    return 0;
}

/* Whether libcurl is to go on: 0 is yes. */
static int look_if_wanted(void *context, curl_off_t down_total, curl_off_t down,
                          curl_off_t up_total, curl_off_t up)
{
    const struct smtp_transfer *transfer = context;
    (void)down_total;
    (void)down;
    (void)up_total;
    (void)up;
    return transfer->is_unwanted ? 1 : 0;
}

static bool set_security(const struct channel_smtp *channel, CURL *handle)
{
    const struct smtp_settings *settings = &channel->settings;
    long level = channel->is_loopback ? CURLUSESSL_TRY : CURLUSESSL_ALL;
    bool is_set = curl_easy_setopt(handle, CURLOPT_USE_SSL, level) == CURLE_OK;
    /* A server on this machine may have any certificate: who could pretend to be it can read all
     * that is here anyway. */
    if (channel->is_loopback && settings->ca_file == NULL)
        is_set &= curl_easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, 0L) == CURLE_OK &&
                  curl_easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, 0L) == CURLE_OK;
    if (settings->ca_file != NULL)
        is_set &= curl_easy_setopt(handle, CURLOPT_CAINFO, settings->ca_file) == CURLE_OK;
    if (settings->user != NULL)
        is_set &= curl_easy_setopt(handle, CURLOPT_USERNAME, settings->user) == CURLE_OK &&
                  curl_easy_setopt(handle, CURLOPT_PASSWORD, channel->password) == CURLE_OK;
    return is_set;
}

static bool set_options(struct channel_smtp *channel, struct smtp_transfer *transfer,
                        const char *from)
{
    CURL *handle = transfer->handle;
    char envelope[ADDRESS_BYTES];
    (void)snprintf(envelope, sizeof envelope, "<%s>", from);
    return curl_easy_setopt(handle, CURLOPT_URL, channel->url) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "smtp,smtps") == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_PROXY, "") == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, (long)SMTP_CONNECT_MS) ==
               CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, (long)SMTP_TRANSFER_MS) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_MAIL_FROM, envelope) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_MAIL_RCPT, transfer->recipients) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_UPLOAD, 1L) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_READFUNCTION, give_message) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_READDATA, transfer) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_INFILESIZE_LARGE,
                            (curl_off_t)transfer->message.size) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, look_if_wanted) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_XFERINFODATA, transfer) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_VERBOSE, 1L) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_DEBUGFUNCTION, watch) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_DEBUGDATA, transfer) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_PRIVATE, transfer) == CURLE_OK &&
           set_security(channel, handle);
}

bool channel_smtp_begin(struct channel_smtp *channel, unsigned place, const char *from,
                        const char *to, struct view message)
{
    struct smtp_transfer *transfer = &channel->transfers[place];
    char envelope[ADDRESS_BYTES];
    (void)snprintf(envelope, sizeof envelope, "<%s>", to);
    *transfer = (struct smtp_transfer){.message = message, .handle = curl_easy_init()};
    if (transfer->handle == NULL)
        return false;
    transfer->recipients = curl_slist_append(NULL, envelope);
    if (transfer->recipients != NULL && set_options(channel, transfer, from) &&
        curl_multi_add_handle(channel->multi, transfer->handle) == CURLM_OK)
        return true;
    channel_smtp_free(channel, place);
    return false;
}

static enum mail_trouble trouble_of(CURLcode result)
{
    switch ((int)result) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
        return MAIL_TROUBLE_UNREACHABLE;
    case CURLE_OPERATION_TIMEDOUT:
        return MAIL_TROUBLE_TIMEOUT;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_USE_SSL_FAILED:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
        return MAIL_TROUBLE_TLS;
    default:
        return MAIL_TROUBLE_CUT;
    }
}

/* libcurl keeps the code of an older reply when the last one never came: that is no answer. */
static void end_transfer(struct smtp_transfer *transfer, CURLcode result)
{
    long code = 0;
    (void)curl_easy_getinfo(transfer->handle, CURLINFO_RESPONSE_CODE, &code);
    transfer->has_ended = true;
    transfer->end = (struct mail_end){
        .is_accepted = result == CURLE_OK,
        .phase = transfer->phase,
        .trouble = result == CURLE_OK ? MAIL_TROUBLE_NONE : trouble_of(result),
        .code = code > 0 && transfer->is_answered ? (unsigned)code : 0,
    };
}

void channel_smtp_go_on(struct channel_smtp *channel)
{
    int running = 0;
    int waiting = 0;
    if (channel->multi == NULL)
        return;
    (void)curl_multi_perform(channel->multi, &running);
    for (const CURLMsg *message = curl_multi_info_read(channel->multi, &waiting); message != NULL;
         message = curl_multi_info_read(channel->multi, &waiting)) {
        char *private = NULL;
        if (message->msg != CURLMSG_DONE ||
            curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &private) != CURLE_OK)
            continue;
        for (unsigned i = 0; i < SMTP_TRANSFERS_MAX; i++)
            if (private == (char *)&channel->transfers[i])
                end_transfer(&channel->transfers[i], message->data.result);
    }
}

void channel_smtp_free(struct channel_smtp *channel, unsigned place)
{
    struct smtp_transfer *transfer = &channel->transfers[place];
    if (transfer->handle != NULL) {
        /* A handle that is taken away in the middle has libcurl send the end of the message and
         * wait for the answer: half a mail would be delivered. One that it ends itself hasn't. */
        int running = 0;
        transfer->is_unwanted = true;
        if (!transfer->has_ended)
            (void)curl_multi_perform(channel->multi, &running);
        (void)curl_multi_remove_handle(channel->multi, transfer->handle);
        curl_easy_cleanup(transfer->handle);
    }
    curl_slist_free_all(transfer->recipients);
    *transfer = (struct smtp_transfer){.handle = NULL};
}
