/* SPDX-License-Identifier: MIT */
/* Texts come from the dialect itself, so that they are what a provider would send. */
#include "tests/support/live_world.h"

#include <string.h>

#include "base/assert.h"
#include "sim/live/live_int.h"

#define TEXTS_MAX 64
#define PATIENCE  (20 * SQ_SECOND)

static struct live_world world;
static struct sq_strbuf texts[TEXTS_MAX];
static uint32_t n_texts;
static uint64_t n_calls;

struct live_world *live_world(void)
{
    return &world;
}

void live_world_start_at(raw_handler *handler, void *context, uint16_t port)
{
    struct sq_error err = {0};
    world.small = small_scenario_new();
    raw_server_start(&world.server, handler, context);
    sq_clock_start(&world.clock, SQ_CLOCK_SPEED_MILLI_REAL);
    struct sq_live_far_side far_side = {.ports = {port == 0 ? world.server.port : port},
                                        .journal = world.server.journal};
    struct sq_live_options options = {
        .scenario = &world.small->scenario, .clock = &world.clock, .stop_fd = world.stop_fd};
    enum sq_status status = sq_live_open(&options, &far_side, &world.live, &err);
    sq_assert(status == SQ_OK);
    world.driver = carrier_driver_new(sq_live_carrier(world.live));
}

void live_world_start(raw_handler *handler, void *context)
{
    world.stop_fd = -1;
    live_world_start_at(handler, context, 0);
}

void live_world_stop(void)
{
    sq_live_free(world.live);
    carrier_driver_free(world.driver);
    raw_server_stop(&world.server);
    small_scenario_free(world.small);
    for (uint32_t i = 0; i < n_texts; i++) {
        sq_strbuf_clear(&texts[i]);
    }
    n_texts = 0;
}

const char *live_world_try(bool stream)
{
    sq_strbuf_reset(&world.driver->slots[0].log);
    carrier_driver_send(world.driver, 0, ++n_calls, stream);
    bool finished = carrier_driver_finish(world.driver, PATIENCE);
    sq_assert(finished);
    return carrier_driver_log(world.driver, 0);
}

static struct sq_strbuf *new_text(void)
{
    sq_assert(n_texts < TEXTS_MAX);
    return &texts[n_texts++];
}

static struct sq_answer sample(void)
{
    return (struct sq_answer){.id = 1,
                              .model = "gpt-4o",
                              .content = {.kind = SQ_CONTENT_FILLER, .seed = 1, .tokens = 5},
                              .finish = SQ_FINISH_STOP,
                              .input_tokens = 100,
                              .output_tokens = 5};
}

static const struct sq_dialect *dialect(void)
{
    return sq_dialect_row(SQ_DIALECT_OPENAI);
}

const char *live_world_plain(void)
{
    struct sq_strbuf body = {0};
    struct sq_answer answer = sample();
    struct sq_strbuf *text = new_text();
    dialect()->write_answer(&body, &answer);
    sq_strbuf_add_format(text,
                         "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                         "Content-Length: %zu\r\n\r\n%s",
                         body.length, sq_strbuf_text(&body));
    sq_strbuf_clear(&body);
    return sq_strbuf_text(text);
}

const char *live_world_stream_head(void)
{
    return "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: "
           "chunked\r\n\r\n";
}

const char *live_world_chunk(const char *bytes)
{
    struct sq_strbuf *text = new_text();
    sq_strbuf_add_format(text, "%zx\r\n%s\r\n", strlen(bytes), bytes);
    return sq_strbuf_text(text);
}

const char *live_world_stream_begin(void)
{
    struct sq_strbuf events = {0};
    struct sq_answer answer = sample();
    dialect()->write_stream_begin(&events, &answer);
    dialect()->write_stream_piece(&events, &answer, "some", 4);
    const char *chunk = live_world_chunk(sq_strbuf_text(&events));
    sq_strbuf_clear(&events);
    return chunk;
}

const char *live_world_stream_end(void)
{
    struct sq_strbuf events = {0};
    struct sq_answer answer = sample();
    dialect()->write_stream_finish(&events, &answer);
    dialect()->write_stream_end(&events);
    const char *chunk = live_world_chunk(sq_strbuf_text(&events));
    sq_strbuf_clear(&events);
    return chunk;
}
