/* `netra route explain`: who is told of a case, who is not, and by which row of the table. */
#include "common/wire/unpack.h"
#include "netra/v1/door.pb-c.h"
#include "services/netra/names.h"
#include "services/netra/review_case.h"
#include "services/netra/translate.h"

static json_t *step_to_json(const Netra__V1__RouteStep *step)
{
    json_t *object = json_object();

    json_put_text(object, "recipient", step->recipient);
    json_put_text(object, "recipient_name", step->recipient_name);
    json_put_text(object, "role", step->role);
    json_put_text(object, "kind", name_of(NAME_NOTICE_KIND, step->kind));
    json_put_text(object, "channel", step->channel);
    json_put_bool(object, "told", step->blocked_why[0] == '\0');
    json_put_text(object, "blocked_why", step->blocked_why);
    json_put_text(object, "instead_of", step->instead_of);
    json_put_text(object, "rule", step->rule);
    json_put_text(object, "source", step->source);
    return object;
}

static void print_table(struct output *output, const Netra__V1__Route *route,
                        const char *case_number)
{
    static const struct column columns[] = {
        {"told", 4},         {"recipient", 24},  {"role", 14}, {"kind", 11}, {"channel", 8},
        {"blocked_why", 20}, {"instead_of", 24}, {"rule", 24}, {"source", 0}};

    output_sentence(output, _("Case %s, decision %u, by the tables in force now:"), case_number,
                    route->revision);
    if (route->n_steps == 0) {
        output_sentence(output, "%s", _("Nobody is told of it."));
        return;
    }
    output_list_begin(output, columns, sizeof columns / sizeof columns[0]);
    for (size_t i = 0; i < route->n_steps; i++)
        output_list_row(output, step_to_json(route->steps[i]));
    output_list_end(output);
}

static void print_object(struct output *output, const Netra__V1__Route *route,
                         const char *case_number)
{
    json_t *object = json_object();
    json_t *steps = json_array();

    for (size_t i = 0; i < route->n_steps; i++)
        (void)json_array_append_new(steps, step_to_json(route->steps[i]));
    json_put_text(object, "case_number", case_number);
    json_put_number(object, "revision", route->revision);
    (void)json_object_set_new(object, "steps", steps);
    output_object(output, object);
}

enum status route_explain(struct command *command)
{
    const Netra__V1__CaseRow *of_case = NULL;
    const ProtobufCMessage *message = NULL;

    TRY(review_find_case(command, command->arguments->words[0], &of_case));
    TRY(review_ask_of_case(command, DOOR_NOTIFICATION, NETRA__V1__REQUEST_KIND__REQUEST_KIND_ROUTE,
                           of_case, &netra__v1__route__descriptor, &message));
    const Netra__V1__Route *route = (const Netra__V1__Route *)message;

    if (command->output.is_json)
        print_object(&command->output, route, of_case->case_number);
    else
        print_table(&command->output, route, of_case->case_number);
    return STATUS_OK;
}
