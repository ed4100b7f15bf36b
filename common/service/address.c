/*
 * Reads IPV4:PORT with the strict reader of addresses (inet_pton) and its own of ports: libc's
 * readers of numbers take blanks, signs and leading zeros, which a configuration must not have.
 */
#include "common/service/address.h"

#include <arpa/inet.h>
#include <stdint.h>
#include <string.h>

static bool port_read(const char *text, uint16_t *ret_port)
{
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 5 || text[digits] != '\0' || (text[0] == '0' && digits > 1))
        return false;
    uint32_t port = 0;
    for (size_t i = 0; i < digits; i++)
        port = port * 10 + (uint32_t)(text[i] - '0');
    *ret_port = (uint16_t)port;
    return port <= UINT16_MAX;
}

bool address_read(const char *text, struct sockaddr_in *ret_address)
{
    const char *colon = strchr(text, ':');
    char host[INET_ADDRSTRLEN];
    if (colon == NULL || (size_t)(colon - text) >= sizeof(host))
        return false;
    memcpy(host, text, (size_t)(colon - text));
    host[colon - text] = '\0';
    uint16_t port = 0;
    *ret_address = (struct sockaddr_in){.sin_family = AF_INET};
    if (inet_pton(AF_INET, host, &ret_address->sin_addr) != 1 || !port_read(colon + 1, &port))
        return false;
    ret_address->sin_port = htons(port);
    return true;
}
