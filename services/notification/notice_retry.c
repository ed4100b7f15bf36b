/*
 * Back-off, and the classes of a mail server's answers (RFC 5321 4.2.1, 4.5.4.1).
 */
#include "services/notification/notice_retry.h"

#include <stdio.h>

#define CODE_TOO_LARGE 552u   /* of MAIL FROM with the size (RFC 1870 6.1) */
#define CODE_LOGIN_FIRST 530u /* to 538: the server wants another login (RFC 4954 6) */
#define CODE_LOGIN_LAST 538u

static const char *name_of(const struct mail_end *end)
{
    switch (end->trouble) {
    case MAIL_TROUBLE_UNREACHABLE:
        return "SMTP_UNREACHABLE";
    case MAIL_TROUBLE_TIMEOUT:
        return "SMTP_TIMEOUT";
    case MAIL_TROUBLE_TLS:
        return "SMTP_TLS";
    case MAIL_TROUBLE_NONE:
    case MAIL_TROUBLE_CUT:
        break;
    }
    return end->phase == MAIL_PHASE_BODY ? "SMTP_CUT_AFTER_DATA" : "SMTP_CUT";
}

/* Whether the last reply says no, and isn't an older reply before a silence. */
static bool is_refusal(const struct mail_end *end)
{
    return end->code >= 400 && end->code <= 599 && end->trouble != MAIL_TROUBLE_TIMEOUT;
}

enum hand_over_outcome notice_retry_judge(const struct mail_end *end,
                                          char why[NOTICE_WHY_BYTES + 1])
{
    why[0] = '\0';
    if (end->is_accepted)
        return HAND_OVER_DONE;
    if (!is_refusal(end)) {
        (void)snprintf(why, NOTICE_WHY_BYTES + 1, "%s", name_of(end));
        return HAND_OVER_LATER;
    }
    (void)snprintf(why, NOTICE_WHY_BYTES + 1, "SMTP_%u", end->code);
    bool is_login = end->code >= CODE_LOGIN_FIRST && end->code <= CODE_LOGIN_LAST;
    bool is_about_notice = end->phase > MAIL_PHASE_SENDER ||
                           (end->phase == MAIL_PHASE_SENDER && end->code == CODE_TOO_LARGE);
    bool is_final = end->code >= 500 && is_about_notice && !is_login;
    return is_final ? HAND_OVER_REFUSED : HAND_OVER_LATER;
}

bool notice_retry_may_have(const struct mail_end *end)
{
    return end->is_accepted || (end->phase == MAIL_PHASE_BODY && !is_refusal(end));
}

int64_t notice_retry_delay_ms(uint32_t base_ms, uint32_t attempts)
{
    int64_t delay_ms = base_ms;
    for (uint32_t i = 1; i < attempts && delay_ms < (int64_t)NOTICE_RETRY_MAX_MS; i++)
        delay_ms *= 2;
    return delay_ms < (int64_t)NOTICE_RETRY_MAX_MS ? delay_ms : (int64_t)NOTICE_RETRY_MAX_MS;
}

bool notice_retry_is_over(int64_t since, int64_t now)
{
    return now - since >= NOTICE_RETRY_FOR_S;
}
