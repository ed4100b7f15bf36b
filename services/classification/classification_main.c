/* The program netra-classification. */
#include "services/classification/classification_service.h"

int main(int argc, char **argv)
{
    return service_main(argc, argv, &classification_service);
}
