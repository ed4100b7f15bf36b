/* The program netra-notification. */
#include "services/notification/notification_service.h"

int main(int argc, char **argv)
{
    return service_main(argc, argv, &notification_service);
}
