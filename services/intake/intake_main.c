/* The program netra-intake. */
#include "services/intake/intake_service.h"

int main(int argc, char **argv)
{
    return service_main(argc, argv, &intake_service);
}
