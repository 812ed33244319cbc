/* SPDX-License-Identifier: MIT */
/* See server_world.h. */
#include "tests/support/server_world.h"

#include <check.h>
#include <inttypes.h>
#include <poll.h>
#include <string.h>

#include "mockprovider/body.h"

#define CREATED        "\"created\":"
#define CREATED_DIGITS 10

void server_world_init(struct server_world *world)
{
    memset(world, 0, sizeof *world);
    far_side_init();
    for (uint16_t i = 0; i < far_side()->script.n_models; i++) {
        far_side()->script.models[i].ttft.fixed = SQ_MS;
        far_side()->script.models[i].pace.fixed = 100 * SQ_US;
    }
}

void server_world_start(struct server_world *world)
{
    struct sq_error err = {0};
    sq_clock_start(&world->clock, SQ_CLOCK_SPEED_MILLI_REAL);
    struct sq_server_options options = {
        .script = &far_side()->script, .clock = &world->clock, .seed = SERVER_WORLD_SEED};
    ck_assert_msg(sq_server_start(&options, &world->server, &err) == SQ_OK, "%s", err.text);
}

void server_world_end(struct server_world *world)
{
    struct sq_error err = {0};
    ck_assert_msg(sq_server_health(world->server, &err) == SQ_OK, "%s", err.text);
    sq_server_stop(world->server);
    far_side_clear();
}

struct http_client server_world_connect(const struct server_world *world)
{
    return http_client_open(sq_server_port(world->server, 0));
}

void server_world_ask(struct http_client *client, const struct server_request *request)
{
    struct sq_strbuf headers = {0};
    struct sq_strbuf body = {0};
    if (request->attempt > 0) {
        sq_strbuf_add_format(&headers, SQ_SERVER_ATTEMPT_HEADER ": %" PRIu64 "/%u/%u\r\n",
                             request->call, request->attempt, request->attempt);
    }
    if (request->output_tokens > 0) {
        sq_strbuf_add_format(&headers, SQ_SERVER_TOKENS_HEADER ": %u/%u\r\n", request->input_tokens,
                             request->output_tokens);
    }
    const struct sq_request_body asked = {
        .model = request->model == NULL ? "gpt-4o" : request->model,
        .prompt = {.kind = SQ_CONTENT_FILLER, .seed = 1, .tokens = 8},
        .stream = request->stream,
        .include_usage = request->include_usage,
    };
    sq_dialect_row(SQ_DIALECT_OPENAI)->write_request(&body, &asked);
    http_client_post(client, SERVER_WORLD_PATH, sq_strbuf_text(&headers), sq_strbuf_text(&body));
    sq_strbuf_clear(&headers);
    sq_strbuf_clear(&body);
}

struct http_answer server_world_get(const struct server_world *world,
                                    const struct server_request *request)
{
    struct http_client client = server_world_connect(world);
    server_world_ask(&client, request);
    struct http_answer answer = http_client_read_all(&client);
    http_client_close(&client);
    return answer;
}

bool server_world_entry(struct server_world *world, struct sq_journal_entry *entry,
                        int64_t patience_ns)
{
    struct sq_journal *journal = sq_server_journal(world->server);
    struct pollfd ready = {.fd = sq_journal_fd(journal), .events = POLLIN};
    int64_t give_up_ns = sq_clock_real_ns() + patience_ns;
    while (!sq_journal_take(journal, entry)) {
        int64_t left_ns = give_up_ns - sq_clock_real_ns();
        if (left_ns <= 0) {
            return false;
        }
        ck_assert_int_ge(poll(&ready, 1, (int)(left_ns / SQ_MS) + 1), 0);
    }
    return true;
}

void server_world_skip_entries(struct server_world *world, uint32_t n_entries)
{
    struct sq_journal_entry entry;
    for (uint32_t i = 0; i < n_entries; i++) {
        ck_assert(server_world_entry(world, &entry, HTTP_CLIENT_PATIENCE));
    }
}

void server_world_body(const struct server_request *request, struct sq_strbuf *body)
{
    struct sq_visit visit;
    struct sq_bill bill;
    const struct sq_plan_request asked = {
        .call = request->call,
        .nth = request->attempt,
        .attempt = request->attempt,
        .stream = request->stream,
        .include_usage = request->include_usage,
        .input_tokens = request->input_tokens,
        .output_tokens = request->output_tokens,
    };
    uint16_t n_rules = far_side()->script.n_rules;
    far_side()->script.n_rules = 0;
    far_side_start(SERVER_WORLD_SEED);
    far_side_arrive(&visit, &asked, 0);
    if (request->stream) {
        sq_body_add_tokens(body, &far_side()->script, &visit, 0, asked.output_tokens);
        sq_body_add_end(body, &far_side()->script, &visit);
    } else {
        sq_body_add_plain(body, &far_side()->script, &visit);
    }
    sq_provider_leave(far_side()->provider, &visit, 0, &bill);
    far_side()->script.n_rules = n_rules;
}

bool server_world_is_prefix(const struct sq_strbuf *body, const char *seen, size_t length)
{
    size_t free_until = 0;
    if (length > body->length) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        if (strncmp(body->text + i, CREATED, strlen(CREATED)) == 0) {
            free_until = i + strlen(CREATED) + CREATED_DIGITS;
        }
        bool is_free = i < free_until && i + CREATED_DIGITS >= free_until;
        if (body->text[i] != seen[i] && !is_free) {
            return false;
        }
    }
    return true;
}
