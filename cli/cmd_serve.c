/* SPDX-License-Identifier: MIT */
/*
 * squall serve: the mock provider for a client of somebody else, and the judgement of that client.
 * Serves until COMMAND ends, until the first SIGINT or SIGTERM, or for so long as --for says; all
 * three are its normal end.
 */
#include <signal.h>
#include <string.h>

#include "base/duration.h"
#include "base/memory.h"
#include "base/spelling.h"
#include "cli/command.h"
#include "cli/layers.h"
#include "cli/next.h"
#include "cli/print.h"
#include "cli/serving.h"
#include "cli/showing.h"
#include "host/clock.h"
#include "host/epoll.h"
#include "host/process.h"
#include "host/signal.h"
#include "mockprovider/door/gates.h"
#include "sim/serve/serve.h"

/* How long COMMAND has after the signal that asks it to end, real time; then it is killed. */
#define COMMAND_GRACE (5 * SQ_SECOND)

enum tag { TAG_SIGNAL, TAG_JOURNAL, TAG_COMMAND };

struct order {
    const struct sq_arguments *arguments;
    struct sq_load_options load;
    struct sq_showing showing;
    struct sq_labels labels;
    int64_t speed_milli;
    sq_dur span;                               /* SQ_NEVER: no --for */
    const char *command[SQ_ARGUMENTS_MAX + 1]; /* NULL-terminated; empty: none */
    struct sq_next next;
};

/* What runs. */
struct session {
    struct order *order;
    struct sq_scenario *scenario;
    struct sq_serving serving;
    struct sq_serve *serve;
    struct sq_signals signals;
    struct sq_epoll epoll;
    struct sq_process command;
    bool commanded;      /* COMMAND was started */
    bool stopping;       /* we have asked it to end */
    bool over;           /* nothing more to wait for */
    int64_t deadline_ns; /* real: of --for, then of the grace */
    struct sq_process_end end;
};

/* The command line */

static enum sq_status read_span(struct order *order, struct sq_error *err)
{
    const char *text = sq_arguments_value(order->arguments, SQ_OPTION_FOR, NULL);
    size_t bad;
    order->span = SQ_NEVER;
    if (text == NULL) {
        return SQ_OK;
    }
    if (!sq_duration_read(text, strlen(text), &order->span, &bad) || order->span == 0) {
        return sq_error_set(err, SQ_INVALID,
                            "option '--for' takes a duration such as 90s or 5m, not '%s'", text);
    }
    return SQ_OK;
}

static enum sq_status read_load(struct order *order, struct sq_error *err)
{
    const struct sq_arguments *arguments = order->arguments;
    struct sq_load_options *load = &order->load;
    if (arguments->n_values[SQ_OPTION_BIND] > SQ_ROLES_MAX) {
        return sq_error_set(err, SQ_INVALID, "more than %d bindings", SQ_ROLES_MAX);
    }
    load->policies[load->n_policies++] = "none"; /* the client brings its own */
    for (size_t i = 0; i < arguments->n_values[SQ_OPTION_BIND]; i++) {
        load->binds[load->n_binds++] = arguments->values[SQ_OPTION_BIND][i];
    }
    load->has_seed = sq_arguments_has(arguments, SQ_OPTION_SEED);
    return sq_arguments_number(arguments, SQ_OPTION_SEED, 0, INT64_MAX, &load->seed, err);
}

/* One scenario; what stands after "--" is COMMAND. */
static enum sq_status read_names(struct order *order, struct sq_error *err)
{
    const struct sq_arguments *arguments = order->arguments;
    bool has_command = arguments->rest < arguments->n_names;
    size_t n_scenarios = has_command ? arguments->rest : arguments->n_names;
    if (n_scenarios == 0) {
        sq_error_set(err, SQ_INVALID, "no scenario was named");
        return sq_error_hint(err, "squall serve quickstart -- COMMAND");
    }
    if (n_scenarios > 1) {
        sq_error_set(err, SQ_INVALID, "one scenario is served at a time, not %zu", n_scenarios);
        return sq_error_hint(err, "what is run stands after --: squall serve %s -- %s",
                             arguments->names[0], arguments->names[1]);
    }
    for (size_t i = n_scenarios; i < arguments->n_names; i++) {
        order->command[i - n_scenarios] = arguments->names[i];
    }
    return SQ_OK;
}

static enum sq_status read_order(struct order *order, struct sq_error *err)
{
    enum sq_status status = read_names(order, err);
    if (status == SQ_OK) {
        status = read_load(order, err);
    }
    if (status == SQ_OK) {
        status = sq_layers_read(order->arguments, &order->load, err);
    }
    if (status == SQ_OK) {
        status = sq_labels_read(order->arguments, &order->labels, err);
    }
    if (status == SQ_OK) {
        status = read_span(order, err);
    }
    if (status == SQ_OK) {
        status = sq_arguments_speed(order->arguments, &order->speed_milli, err);
    }
    return status == SQ_OK ? sq_showing_read(order->arguments, 1, &order->showing, err) : status;
}

/* Waiting */

static void ask_to_end(struct session *session, int signal_number)
{
    bool again = session->stopping;
    session->stopping = true;
    session->deadline_ns = sq_time_add(sq_clock_real_ns(), COMMAND_GRACE);
    if (session->command.id == 0) {
        session->over = true;
    } else if (again) {
        sq_process_signal(&session->command, SIGKILL);
    } else if (signal_number != 0) {
        sq_process_signal(&session->command, signal_number);
    }
}

/* A key pressed at the terminal has reached COMMAND already. */
static void take_signal(struct session *session)
{
    int came = sq_signals_take(&session->signals);
    if (came != 0) {
        ask_to_end(session, session->signals.from_terminal ? 0 : came);
    }
}

static void take_command_end(struct session *session)
{
    sq_epoll_remove(&session->epoll, session->command.ended_fd);
    sq_process_wait(&session->command, &session->end);
    session->over = true;
}

static enum sq_status take(struct session *session, const struct sq_epoll_event *event,
                           struct sq_error *err)
{
    switch ((enum tag)event->tag) {
    case TAG_SIGNAL:
        take_signal(session);
        return SQ_OK;
    case TAG_JOURNAL:
        return sq_serve_take(session->serve, err);
    case TAG_COMMAND:
        take_command_end(session);
        return SQ_OK;
    }
    return SQ_OK;
}

static enum sq_status wait_for_end(struct session *session, struct sq_error *err)
{
    enum sq_status status = SQ_OK;
    while (status == SQ_OK && !session->over) {
        struct sq_epoll_event events[4];
        int64_t now_ns = sq_clock_real_ns();
        int64_t left_ns = session->deadline_ns == SQ_NEVER
                              ? SQ_NEVER
                              : sq_time_max(session->deadline_ns - now_ns, 0);
        int n_events = sq_epoll_wait(&session->epoll, events, 4, left_ns);
        for (int i = 0; i < n_events && status == SQ_OK; i++) {
            status = take(session, &events[i], err);
        }
        if (!session->over && sq_clock_real_ns() >= session->deadline_ns) {
            ask_to_end(session, SIGTERM);
        }
    }
    return status;
}

/* The session */

static enum sq_status start_command(struct session *session, struct sq_error *err)
{
    const struct sq_strbuf *variables = session->serving.variables;
    const char *additions[SQ_SERVING_VARIABLES_MAX];
    for (size_t i = 0; i < session->serving.n_variables; i++) {
        additions[i] = sq_strbuf_text(&variables[i]);
    }
    enum sq_status status = sq_process_start(session->order->command, additions,
                                             session->serving.n_variables, &session->command, err);
    if (status != SQ_OK) {
        return status;
    }
    session->commanded = true;
    return sq_epoll_add(&session->epoll, session->command.ended_fd, SQ_EPOLL_READ, TAG_COMMAND,
                        err);
}

static enum sq_status open_session(struct session *session, struct sq_error *err)
{
    enum sq_status status = sq_epoll_init(&session->epoll, err);
    if (status == SQ_OK) {
        status = sq_epoll_add(&session->epoll, session->signals.fd, SQ_EPOLL_READ, TAG_SIGNAL, err);
    }
    if (status == SQ_OK) {
        status = sq_epoll_add(&session->epoll, sq_serve_fd(session->serve), SQ_EPOLL_READ,
                              TAG_JOURNAL, err);
    }
    if (status == SQ_OK && session->order->span != SQ_NEVER) {
        int64_t span_ns = sq_serve_real_span_ns(session->serve, session->order->span);
        session->deadline_ns = sq_time_add(sq_clock_real_ns(), span_ns);
    }
    return status;
}

/* Where everything is, for people, scripts and COMMAND. */
static enum sq_status announce(struct session *session, struct sq_error *err)
{
    const char *file = sq_arguments_value(session->order->arguments, SQ_OPTION_PORTS, NULL);
    struct sq_strbuf lines = {0};
    enum sq_status status =
        sq_serving_fill(&session->serving, session->scenario, session->serve, err);
    if (status == SQ_OK && file != NULL) {
        status = sq_serving_write(&session->serving, session->scenario, file, err);
    }
    if (status == SQ_OK) {
        sq_serving_add_lines(&session->serving, session->scenario, &lines);
        sq_showing_print(&session->order->showing, &lines);
        sq_print_flush();
    }
    sq_strbuf_clear(&lines);
    return status;
}

static enum sq_status serve(struct session *session, struct sq_error *err)
{
    enum sq_status status = announce(session, err);
    if (status == SQ_OK) {
        status = open_session(session, err);
    }
    if (status == SQ_OK && session->order->command[0] != NULL) {
        status = start_command(session, err);
    }
    if (status == SQ_OK) {
        status = wait_for_end(session, err);
    }
    if (session->command.id != 0) { /* only when something failed on the way */
        sq_process_signal(&session->command, SIGKILL);
        sq_process_wait(&session->command, &session->end);
    }
    return status;
}

/* The end */

static void note_strays(const struct session *session)
{
    uint16_t last;
    uint64_t n_strays = sq_serve_strays(session->serve, &last);
    if (n_strays > 0) {
        sq_print_note_format("squall: %llu request%s reached no model (the last was answered with "
                             "%u): look at path, model and body\n",
                             (unsigned long long)n_strays, n_strays == 1 ? "" : "s", last);
    }
}

/* What faults of the connection family did, since no call tells of it. */
static void note_door(const struct session *session)
{
    struct sq_serve_door door = sq_serve_door(session->serve);
    struct sq_strbuf text = {0};
    if (door.struck > 0 || door.joined > 0) {
        sq_strbuf_add_format(
            &text,
            "squall: faults struck %llu connection%s before a request; retries "
            "made %llu of them, or of those turned away, attempts of their calls\n",
            (unsigned long long)door.struck, door.struck == 1 ? "" : "s",
            (unsigned long long)door.joined);
    }
    if (door.shut > 0) {
        sq_strbuf_add_format(&text, "squall: ports were shut %llu time%s, for ",
                             (unsigned long long)door.shut, door.shut == 1 ? "" : "s");
        sq_duration_add_rounded(&text, door.shut_for);
        sq_strbuf_add(&text, ": whom that turned away cannot be counted\n");
    }
    sq_print_note(sq_strbuf_text(&text));
    sq_strbuf_clear(&text);
}

/* Whether COMMAND itself failed; what we ended is not held against it. */
static bool command_failed(const struct session *session)
{
    const struct sq_process_end *end = &session->end;
    const char *program = session->order->command[0];
    if (!session->commanded || session->stopping) {
        return false;
    }
    if (end->ending == SQ_CHILD_SIGNALED) {
        sq_print_note_format("squall: '%s' was ended by signal %d\n", program, end->signal_number);
        return true;
    }
    if (end->exit_code != 0) {
        sq_print_note_format("squall: '%s' ended with exit code %d\n", program, end->exit_code);
        return true;
    }
    return false;
}

static int judge(struct session *session, struct sq_result *result)
{
    struct sq_error err = {0};
    enum sq_status status = sq_serve_finish(session->serve, result, &err);
    enum sq_verdict verdict = SQ_VERDICT_INCONCLUSIVE;
    int code;
    if (status == SQ_OK) {
        result->labels = session->order->labels.list;
        result->n_labels = session->order->labels.n;
        code = sq_showing_result(&session->order->showing, result, result->exit_code);
        verdict = result->verdict;
    } else {
        sq_print_error(&err);
        code = sq_print_exit_code(status);
    }
    note_strays(session);
    note_door(session);
    if (command_failed(session)) {
        code = sq_exit_graver(code, SQ_EXIT_FAILED);
        verdict = SQ_VERDICT_FAILED;
    }
    sq_showing_last_line(&session->order->showing, verdict, code);
    return code;
}

static int serve_and_judge(struct session *session)
{
    struct sq_error err = {0};
    enum sq_status status = serve(session, &err);
    if (status != SQ_OK) {
        sq_print_error(&err);
        return sq_print_exit_code(status);
    }
    struct sq_result *result = sq_memory_new(1, sizeof *result);
    if (result == NULL) {
        sq_error_set(&err, SQ_NO_MEMORY, "out of memory");
        sq_print_error(&err);
        return SQ_EXIT_ENVIRONMENT;
    }
    int code = judge(session, result);
    sq_result_clear(result);
    sq_memory_free(result);
    return code;
}

/* Which faults of the scenario no stranger will meet, and why. */
static void note_spared(const struct sq_script *script)
{
    for (uint32_t i = 0; i < script->n_rules; i++) {
        const struct sq_rule *rule = &script->rules[i];
        switch (sq_gates_spare(rule)) {
        case SQ_GATES_STRIKES:
            break;
        case SQ_GATES_NO_NAME:
            sq_print_note_format("squall: the fault '%s' (%s) strikes no foreign client: it is "
                                 "given an address, and asks for no name\n",
                                 rule->name, sq_fault_kind_row(rule->kind)->name);
            break;
        case SQ_GATES_NO_REQUEST:
            sq_print_note_format(
                "squall: the fault '%s' (%s) strikes no foreign client: it matches "
                "requests, and a connection has none yet\n",
                rule->name, sq_fault_kind_row(rule->kind)->name);
            break;
        }
    }
}

static int run_session(struct session *session)
{
    struct sq_error err = {0};
    struct sq_serve_options options = {.scenario = session->scenario,
                                       .speed_milli = session->order->speed_milli,
                                       .ports = session->serving.ports};
    session->serving.n_own_roles = session->scenario->n_roles;
    sq_serve_prepare(session->scenario);
    if (session->order->span != SQ_NEVER) {
        session->scenario->duration = session->order->span;
    }
    note_spared(&session->scenario->script);
    enum sq_status status = sq_signals_open(&session->signals, &err);
    if (status == SQ_OK) {
        status = sq_serve_start(&options, &session->serve, &err);
    }
    int code = SQ_EXIT_PASSED;
    if (status != SQ_OK) {
        sq_print_error(&err);
        code = sq_print_exit_code(status);
    } else {
        code = serve_and_judge(session);
    }
    sq_epoll_clear(&session->epoll);
    sq_serve_free(session->serve);
    sq_signals_close(&session->signals);
    return code;
}

static int serve_ordered(struct order *order)
{
    struct session session = {
        .order = order, .signals = {.fd = -1}, .epoll = {.fd = -1}, .deadline_ns = SQ_NEVER};
    struct sq_error err = {0};
    int code = sq_showing_load(&order->showing, order->arguments->names[0], &order->load,
                               &session.scenario);
    if (code != SQ_EXIT_PASSED) {
        return code;
    }
    if (sq_serving_read_ports(&session.serving, order->arguments, session.scenario, &err) !=
        SQ_OK) {
        sq_print_usage_error(order->arguments->command, &err);
        code = SQ_EXIT_USAGE;
    } else {
        code = run_session(&session);
    }
    sq_serving_clear(&session.serving);
    sq_scenario_free(session.scenario);
    return code;
}

int sq_command_serve(const struct sq_arguments *arguments)
{
    struct order order = {.arguments = arguments};
    struct sq_error err = {0};
    if (read_order(&order, &err) != SQ_OK) {
        sq_print_usage_error(arguments->command, &err);
        return SQ_EXIT_USAGE;
    }
    sq_next_after_serve(&order.next, arguments);
    sq_next_show(&order.next, &order.showing.report);
    int code = serve_ordered(&order);
    sq_next_clear(&order.next);
    return code;
}
