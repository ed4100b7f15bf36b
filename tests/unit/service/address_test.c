/* Which texts are addresses. */
#include "common/service/address.h"
#include "tests/support/test.h"

#include <arpa/inet.h>

struct address_case {
    const char *name;
    const char *text;
    bool want;
    uint16_t want_port;
};

static struct address_case cases[] = {
    {.name = "an address and a port", .text = "127.0.0.1:21003", .want = true, .want_port = 21003},
    {.name = "the highest port", .text = "0.0.0.0:65535", .want = true, .want_port = 65535},
    {.name = "port 0 is the system's choice", .text = "127.0.0.1:0", .want = true},
    {.name = "one port too many", .text = "127.0.0.1:65536"},
    {.name = "a port of six digits", .text = "127.0.0.1:100000"},
    {.name = "a port with a leading zero", .text = "127.0.0.1:080"},
    {.name = "no port", .text = "127.0.0.1:"},
    {.name = "no colon", .text = "127.0.0.1"},
    {.name = "something behind the port", .text = "127.0.0.1:80x"},
    {.name = "a signed port", .text = "127.0.0.1:+80"},
    {.name = "a name", .text = "localhost:80"},
    {.name = "IPv6", .text = "[::1]:80"},
    {.name = "a short address", .text = "127.1:80"},
    {.name = "an address longer than any", .text = "127.000.000.000.001:80"},
    {.name = "nothing", .text = ""},
    {.name = "every address as a star", .text = "*:80"},
};

static void test_address(void **state)
{
    const struct address_case *it = *state;
    struct sockaddr_in address;
    assert_int_equal(it->want, address_read(it->text, &address));
    if (it->want)
        assert_int_equal(it->want_port, ntohs(address.sin_port));
}

int main(void)
{
    TEST_TABLE(tests, cases, test_address)
    return cmocka_run_group_tests(tests, NULL, NULL);
}
