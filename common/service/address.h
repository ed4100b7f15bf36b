/*
 * Numeric addresses as configurations write them: IPV4:PORT. No names: a name server that is down
 * must not keep a service from starting.
 */
#ifndef NETRA_SERVICE_ADDRESS_H
#define NETRA_SERVICE_ADDRESS_H

#include <netinet/in.h>
#include <stdbool.h>

/* Reads "127.0.0.1:21003" into *ret_address. False when the text is anything else; port 0 is read
 * (the system chooses one), a port above 65535 or with leading zeros is not. */
bool address_read(const char *text, struct sockaddr_in *ret_address);

#endif
