/* SPDX-License-Identifier: MIT */
/*
 * Visits on the wire: feeds the provider machine, wakes connections when their plans say so, hands
 * out bytes, ends connections as planned, and writes log and journal. What each stage means stands
 * in server_int.h.
 */
#include "base/assert.h"
#include "mockprovider/endings_int.h"
#include "mockprovider/server_int.h"

#define BIT(stage) (1u << (stage))

/* Where a stage may lead. */
static const uint32_t allowed_moves[SQ_STAGES] = {
    [SQ_STAGE_IDLE] = BIT(SQ_STAGE_IDLE) | BIT(SQ_STAGE_WAITING) | BIT(SQ_STAGE_DEAD),
    [SQ_STAGE_WAITING] =
        BIT(SQ_STAGE_SENDING) | BIT(SQ_STAGE_RESETTING) | BIT(SQ_STAGE_DEAD) | BIT(SQ_STAGE_IDLE),
    [SQ_STAGE_SENDING] = BIT(SQ_STAGE_IDLE) | BIT(SQ_STAGE_RESETTING) | BIT(SQ_STAGE_DEAD),
    [SQ_STAGE_RESETTING] = BIT(SQ_STAGE_DEAD) | BIT(SQ_STAGE_IDLE),
    [SQ_STAGE_DEAD] = BIT(SQ_STAGE_DEAD) | BIT(SQ_STAGE_IDLE),
};

static void enter(struct sq_connection *connection, enum sq_stage stage)
{
    sq_assert((allowed_moves[connection->stage] & BIT(stage)) != 0);
    connection->stage = stage;
}

static void wake_at(struct sq_server *server, struct sq_connection *connection, sq_time at)
{
    connection->wakes_at = at;
    sq_timers_set(&server->timers, connection->slot, at);
}

static void resume(struct sq_server *server, struct sq_connection *connection)
{
    sq_timers_set(&server->timers, connection->slot, SQ_NEVER);
    if (connection->http.suspended) {
        sq_http_resume(&connection->http);
    }
}

static void die(struct sq_server *server, struct sq_connection *connection)
{
    enter(connection, SQ_STAGE_DEAD);
    resume(server, connection);
}

/* The journal */

/* Who it is; what it got is added when it is over. */
static struct sq_journal_entry entry_of(const struct sq_connection *connection,
                                        enum sq_journal_kind kind)
{
    const struct sq_visit *visit = &connection->visit;
    return (struct sq_journal_entry){
        .kind = kind,
        .provider = connection->provider,
        .connection = connection->slot,
        .call = visit->request.call,
        .attempt = visit->request.attempt,
        .nth = visit->request.nth,
        .model = visit->request.model,
        .identified = connection->identified,
        .stream = visit->request.stream,
        .include_usage = visit->request.include_usage,
        .stranger = connection->stranger,
        .reached_at = visit->arrived_at,
        .ended_at = SQ_NEVER,
        .first_token_at = SQ_NEVER,
    };
}

static void journal_arrival(struct sq_server *server, const struct sq_connection *connection)
{
    if (server->tells_strangers) {
        struct sq_journal_entry entry = entry_of(connection, SQ_JOURNAL_ARRIVED);
        sq_journal_add(server->journal, &entry);
    }
}

static void write_journal(struct sq_server *server, const struct sq_connection *connection,
                          const struct sq_bill *bill, sq_time now, bool abandoned)
{
    const struct sq_plan *plan = &connection->visit.plan;
    struct sq_journal_entry entry = entry_of(connection, SQ_JOURNAL_OVER);
    entry.status = connection->headers_out ? plan->status : 0;
    entry.abandoned = abandoned;
    entry.dropped = abandoned && server->ending;
    entry.bill = *bill;
    entry.ended_at = now;
    if (plan->stream && sq_plan_tokens_by(plan, now) > 0) {
        entry.first_token_at = plan->first_token_at;
    }
    entry.transport = abandoned ? SQ_TRANSPORT_OK : sq_plan_transport(plan);
    entry.streamed = plan->stream;
    entry.rule = plan->rule;
    entry.contract = connection->visit.request.contract;
    entry.refused = plan->limits.refused;
    entry.body = plan->body;
    for (uint32_t family = 0; family < SQ_FAMILIES; family++) {
        entry.fired[family] = plan->fired[family];
    }
    sq_journal_add(server->journal, &entry);
}

static void record_lateness(struct sq_server *server, struct sq_connection *connection, sq_time now)
{
    if (connection->wakes_at > now) {
        return;
    }
    int64_t late_ns = sq_clock_real_span_ns(server->clock, now - connection->wakes_at);
    connection->wakes_at = SQ_NEVER;
    sq_mutex_lock(&server->shared.mutex);
    sq_histogram_record(&server->shared.lateness, late_ns);
    sq_mutex_unlock(&server->shared.mutex);
}

/* The machine */

static void leave(struct sq_server *server, struct sq_connection *connection, sq_time now,
                  bool abandoned)
{
    struct sq_bill bill;
    sq_assert(connection->visiting);
    sq_provider_leave(server->provider, &connection->visit, now, &bill);
    connection->visiting = false;
    sq_server_log(server, &(struct sq_log_event){.kind = SQ_LOG_LEAVE,
                                                 .at = now,
                                                 .slot = connection->slot,
                                                 .digest = sq_log_digest_bill(&bill)});
    write_journal(server, connection, &bill, now, abandoned);
}

/* Takes what the machine says. Whoever was broken is woken by its own, new time. */
static uint64_t take_notices(struct sq_server *server, sq_time now)
{
    struct sq_digest digest = {0};
    struct sq_notice notice;
    while (sq_provider_next(server->provider, now, &notice)) {
        struct sq_connection *connection = notice.visit->owner;
        sq_log_digest_notice(&digest, &notice, connection->slot);
        if (notice.kind == SQ_NOTICE_BROKEN && connection->http.suspended) {
            wake_at(server, connection, now);
        }
    }
    return sq_digest_value(&digest);
}

static void arrive(struct sq_server *server, struct sq_connection *connection,
                   const struct sq_attempt_asked *asked, sq_time now)
{
    connection->visit = (struct sq_visit){.owner = connection};
    connection->visiting = true;
    connection->identified = asked->identified;
    connection->stranger = asked->stranger;
    connection->headers_out = false;
    connection->n_tries = 0;
    sq_sending_reset(&connection->sending);
    enter(connection, SQ_STAGE_WAITING);
    sq_provider_arrive(server->provider, &connection->visit, &asked->request, now);
    journal_arrival(server, connection);
    struct sq_log_event event = {
        .kind = SQ_LOG_ARRIVE, .at = now, .slot = connection->slot, .request = asked->request};
    event.digest = take_notices(server, now);
    sq_server_log(server, &event);
}

/* RST */

/* Tries to reset; true when there is nothing left to do but close. */
static bool reset(struct sq_server *server, struct sq_connection *connection)
{
    struct sq_error err = {0};
    bool done;
    if (sq_endings_reset(connection->fd, &done, &err) != SQ_OK) {
        sq_server_trouble(server, &err);
        done = true;
    }
    if (!done) {
        sq_dur patience = sq_endings_patience(connection->n_tries++);
        sq_time now = sq_server_now(server);
        sq_timers_set(
            &server->timers, connection->slot,
            sq_time_add(now, sq_clock_at(server->clock, server->clock->start_ns + patience)));
    }
    return done;
}

static bool begin_reset(struct sq_server *server, struct sq_connection *connection)
{
    enter(connection, SQ_STAGE_RESETTING);
    bool done = reset(server, connection);
    if (done) {
        enter(connection, SQ_STAGE_DEAD);
    }
    return done;
}

/* Answers */

static void reply_with_plan(struct sq_server *server, struct sq_connection *connection, sq_time now,
                            struct sq_http_reply *reply)
{
    const struct sq_visit *visit = &connection->visit;
    bool complete = visit->plan.ending == SQ_ENDING_COMPLETE;
    enum sq_http_framing plain = complete ? SQ_HTTP_WHOLE : SQ_HTTP_DECLARED;
    sq_sending_render(&connection->sending, server->script, visit, now);
    reply->content = (struct sq_http_content){
        .status = visit->plan.status,
        .framing = visit->plan.stream ? SQ_HTTP_CHUNKED : plain,
        .content_type = sq_body_content_type(server->script, visit),
        .no_cache = visit->plan.stream,
        .body = sq_strbuf_text(&connection->sending.out),
        .length = connection->sending.out.length,
    };
    if (sq_body_headers(server->script, visit, now, &reply->headers) != SQ_OK ||
        sq_strbuf_failed(&connection->sending.out)) {
        sq_server_trouble_text(server, SQ_NO_MEMORY, "no memory for an answer");
    }
}

/* The end of a plan without headers. */
static enum sq_http_verdict end_unanswered(struct sq_server *server,
                                           struct sq_connection *connection, sq_time now)
{
    leave(server, connection, now, false);
    if (connection->visit.plan.ending == SQ_ENDING_RST && !begin_reset(server, connection)) {
        return SQ_HTTP_WAIT;
    }
    return SQ_HTTP_CLOSE;
}

static enum sq_http_verdict answer_waiting(struct sq_server *server,
                                           struct sq_connection *connection,
                                           struct sq_http_reply *reply)
{
    const struct sq_plan *plan = &connection->visit.plan;
    sq_time now = sq_server_now(server);
    sq_time due = plan->n_steps > 0 ? plan->steps[0].at : SQ_NEVER;
    if (connection->left) {
        leave(server, connection, now, true);
        return SQ_HTTP_CLOSE;
    }
    if (due > now) {
        wake_at(server, connection, due);
        return SQ_HTTP_WAIT;
    }
    record_lateness(server, connection, now);
    if (plan->steps[0].kind == SQ_STEP_BROKEN) {
        return end_unanswered(server, connection, now);
    }
    connection->headers_out = true;
    reply_with_plan(server, connection, now, reply);
    enter(connection, SQ_STAGE_SENDING);
    if (reply->content.framing == SQ_HTTP_WHOLE) {
        leave(server, connection, now, false);
    }
    return SQ_HTTP_REPLY;
}

enum sq_http_verdict sq_server_answer(void *context, struct sq_http_exchange *exchange,
                                      struct sq_http_reply *reply)
{
    struct sq_server *server = context;
    struct sq_connection *connection = (struct sq_connection *)exchange;
    struct sq_attempt_asked asked;
    switch (connection->stage) {
    case SQ_STAGE_IDLE:
        if (!sq_server_read_request(server, connection, &asked, reply)) {
            return SQ_HTTP_REPLY;
        }
        arrive(server, connection, &asked, sq_server_now(server));
        return answer_waiting(server, connection, reply);
    case SQ_STAGE_WAITING:
        return answer_waiting(server, connection, reply);
    case SQ_STAGE_RESETTING:
        return SQ_HTTP_WAIT;
    case SQ_STAGE_DEAD:
        return SQ_HTTP_CLOSE;
    case SQ_STAGE_SENDING:
    case SQ_STAGES:
        break;
    }
    sq_assert(false && "asked for an answer while one is under way");
    return SQ_HTTP_CLOSE;
}

/* Everything the plan lets out is handed out, and the plan is over: the ending. */
static enum sq_http_more end_body(struct sq_server *server, struct sq_connection *connection)
{
    switch (connection->visit.plan.ending) {
    case SQ_ENDING_COMPLETE:
        return SQ_HTTP_END;
    case SQ_ENDING_FIN:
        enter(connection, SQ_STAGE_DEAD);
        return SQ_HTTP_ABORT;
    case SQ_ENDING_RST:
        return begin_reset(server, connection) ? SQ_HTTP_ABORT : SQ_HTTP_LATER;
    case SQ_ENDING_SILENCE:
        break;
    }
    sq_assert(false && "silence has no end");
    return SQ_HTTP_ABORT;
}

static enum sq_http_more send_more(struct sq_server *server, struct sq_connection *connection,
                                   char *bytes, size_t room, size_t *n_bytes)
{
    struct sq_sending *sending = &connection->sending;
    const struct sq_plan *plan = &connection->visit.plan;
    if (connection->visiting) {
        sq_time now = sq_server_now(server);
        record_lateness(server, connection, now);
        sq_sending_render(sending, server->script, &connection->visit, now);
        if (sq_strbuf_failed(&sending->out)) {
            sq_server_trouble_text(server, SQ_NO_MEMORY, "no memory for an answer");
        }
        if (sq_plan_over(plan, now)) {
            leave(server, connection, now, false);
        }
    }
    *n_bytes = sq_sending_take(sending, plan, bytes, room);
    if (*n_bytes > 0) {
        return SQ_HTTP_BYTES;
    }
    if (!connection->visiting) {
        return end_body(server, connection);
    }
    wake_at(server, connection, sq_sending_due(sending, plan));
    return SQ_HTTP_LATER;
}

enum sq_http_more sq_server_more(void *context, struct sq_http_exchange *exchange, char *bytes,
                                 size_t room, size_t *n_bytes)
{
    struct sq_server *server = context;
    struct sq_connection *connection = (struct sq_connection *)exchange;
    if (connection->stage == SQ_STAGE_SENDING) {
        return send_more(server, connection, bytes, room, n_bytes);
    }
    return connection->stage == SQ_STAGE_RESETTING ? SQ_HTTP_LATER : SQ_HTTP_ABORT;
}

/* What else happens */

void sq_server_over(void *context, struct sq_http_exchange *exchange)
{
    struct sq_server *server = context;
    struct sq_connection *connection = (struct sq_connection *)exchange;
    if (connection->visiting) {
        leave(server, connection, sq_server_now(server), true);
    }
    sq_timers_set(&server->timers, connection->slot, SQ_NEVER);
    enter(connection, SQ_STAGE_IDLE);
}

void sq_server_drop(struct sq_server *server, struct sq_connection *connection)
{
    if (connection->visiting) {
        leave(server, connection, sq_server_now(server), true);
    }
    if (connection->stage != SQ_STAGE_IDLE) {
        die(server, connection);
    }
}

/* A connection whose answer is complete stays as it is: libmicrohttpd is about to notice itself. */
void sq_server_left(struct sq_server *server, struct sq_connection *connection)
{
    connection->left = true;
    sq_epoll_remove(&server->epoll, connection->fd);
    connection->watched = false;
    if (connection->visiting || connection->stage == SQ_STAGE_RESETTING) {
        sq_server_drop(server, connection);
    }
}

static void wake(struct sq_server *server, struct sq_connection *connection)
{
    if (connection->stage != SQ_STAGE_RESETTING) {
        resume(server, connection);
    } else if (reset(server, connection)) {
        die(server, connection);
    }
}

void sq_server_tick(struct sq_server *server)
{
    sq_time now = sq_server_now(server);
    uint32_t slot;
    if (sq_provider_deadline(server->provider) <= now) {
        struct sq_log_event event = {.kind = SQ_LOG_NEXT, .at = now};
        event.digest = take_notices(server, now);
        sq_server_log(server, &event);
    }
    while (sq_timers_take(&server->timers, now, &slot)) {
        wake(server, sq_server_connection(server, slot));
    }
}
