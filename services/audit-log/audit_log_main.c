/* The program netra-audit-log. */
#include "services/audit-log/audit_log_service.h"

int main(int argc, char **argv)
{
    return service_main(argc, argv, &audit_log_service);
}
