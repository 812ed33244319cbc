/* SPDX-License-Identifier: MIT */
/*
 * The live carrier: what the loop asks, from transfers (bytes), live_curl (the wire) and bills (the
 * journal). One batch of sockets is read, then its news are handed out one by one, all with the
 * time of the batch; nothing is read meanwhile. Waiting is in scenario time.
 */
#include "sim/live.h"

#include <inttypes.h>

#include "base/assert.h"
#include "base/memory.h"
#include "base/slab.h"
#include "base/strbuf.h"
#include "sim/live/bills_int.h"
#include "sim/live/curl_int.h"
#include "sim/live/foreign_int.h"
#include "sim/live/live_int.h"
#include "sim/live/transfer_int.h"
#include "sim/request/own_request.h"

#define KEEP_ALIVE_MAX 1000000 /* the machine's descriptors end before */
#define JOURNAL_BIT    0
#define STOP_BIT       1
#define DETOUR_BYTES   96
/* No label of a host name has more than 63 characters. */
#define NO_HOST "a-label-of-more-than-sixty-three-characters-which-no-resolver-takes"

/* What a transfer's request was rendered for: the next attempt on it often asks for the same. */
struct live_transfer {
    struct sq_live_transfer transfer;
    bool rendered;
    bool stream;
    bool foreign;
    uint16_t model;
    uint32_t prompt;
    uint32_t input_tokens;
    uint32_t output_tokens;
    uint64_t tenant;
};

struct sq_live {
    const struct sq_scenario *scenario;
    const struct sq_clock *clock;
    struct sq_journal *journal;
    int stop_fd; /* -1: none, or told already */
    struct sq_contracts contracts;
    struct sq_live_inbox inbox;
    struct sq_live_curl *curl;
    struct sq_live_bills bills;
    struct sq_slab transfers;           /* struct live_transfer, by call slot */
    sq_time now;                        /* told last */
    bool looked;                        /* sockets were looked at since a wait ended with nothing */
    struct sq_hints hints;              /* of the event handed out last */
    struct sq_connections *connections; /* NULL: the script lets none fail */
    void *connections_memory;
    struct sq_own_requests *own_requests;            /* NULL: nobody asks for clauses here */
    char detours[SQ_CONNECTION_FATES][DETOUR_BYTES]; /* where such connections are sent */
    char urls[SQ_PROVIDERS_MAX][SQ_LIVE_URL_BYTES];
    char tls_url[SQ_LIVE_URL_BYTES]; /* of whoever is to greet in TLS; the detour says where */
    struct sq_live_foreign *foreign; /* NULL: all goes to our server */
};

static struct live_transfer *transfer_at(const struct sq_live *live, uint32_t slot)
{
    return sq_slab_at(&live->transfers, slot);
}

static const struct sq_dialect *dialect_of(const struct sq_live *live, uint16_t model)
{
    const struct sq_script *script = &live->scenario->script;
    return script->providers[script->models[model].provider].dialect;
}

/* Sending */

static bool is_rendered(const struct sq_live *live, const struct live_transfer *item,
                        const struct sq_attempt *attempt)
{
    return item->rendered && item->stream == attempt->stream && item->model == attempt->model &&
           item->tenant == attempt->whose.tenant && item->prompt == attempt->prompt &&
           item->input_tokens == attempt->input_tokens &&
           item->foreign == sq_live_foreign_has(live->foreign, attempt->role) &&
           (!item->foreign || item->output_tokens == attempt->output_tokens);
}

static enum sq_status render(const struct sq_live *live, struct live_transfer *item,
                             const struct sq_attempt *attempt, struct sq_error *err)
{
    if (is_rendered(live, item, attempt)) {
        return SQ_OK;
    }
    struct sq_strbuf *out = &item->transfer.request;
    item->foreign = sq_live_foreign_has(live->foreign, attempt->role);
    sq_strbuf_reset(out);
    sq_own_request_body(out, live->scenario, attempt, item->foreign);
    item->rendered = !sq_strbuf_failed(out);
    item->stream = attempt->stream;
    item->model = attempt->model;
    item->prompt = attempt->prompt;
    item->input_tokens = attempt->input_tokens;
    item->output_tokens = attempt->output_tokens;
    item->tenant = attempt->whose.tenant;
    return item->rendered ? SQ_OK : sq_error_set(err, SQ_NO_MEMORY, "out of memory");
}

static enum sq_status plan_way(struct sq_live *live, const struct sq_attempt *attempt,
                               struct sq_connection_plan *way, struct sq_error *err)
{
    struct sq_plan_request request;
    *way = (struct sq_connection_plan){.fate = SQ_CONNECTION_MADE};
    if (live->connections == NULL || sq_live_foreign_has(live->foreign, attempt->role)) {
        return SQ_OK;
    }
    enum sq_status status = sq_own_request(live->own_requests, attempt, &request, err);
    if (status == SQ_OK) {
        *way = sq_plan_connection(live->connections, &request, live->now);
    }
    return status;
}

static enum sq_status start(struct sq_live *live, struct live_transfer *item,
                            const struct sq_attempt *attempt, struct sq_error *err)
{
    const struct sq_dialect *dialect = dialect_of(live, attempt->model);
    struct sq_connection_plan way;
    enum sq_status status = plan_way(live, attempt, &way, err);
    if (status != SQ_OK) {
        return status;
    }
    struct sq_live_request request = {
        .url = live->urls[live->scenario->script.models[attempt->model].provider],
        .content_type = SQ_OWN_REQUEST_CONTENT_TYPE,
        .input_tokens = attempt->input_tokens,
        .output_tokens = attempt->output_tokens,
        .contract = attempt->contract,
        .detour = way.fate == SQ_CONNECTION_MADE ? NULL : live->detours[way.fate],
    };
    if (way.fate == SQ_CONNECTION_UNSECURED) {
        request.url = live->tls_url;
    }
    sq_live_foreign_address(live->foreign, attempt->role, &request);
    status = render(live, item, attempt, err);
    if (status == SQ_OK) {
        status = sq_live_bills_open(&live->bills, attempt, err);
    }
    if (status != SQ_OK) {
        return status;
    }
    if (way.fate != SQ_CONNECTION_MADE) {
        sq_live_bills_astray(&live->bills, attempt, way.fired, live->now);
    }
    sq_live_transfer_begin(&item->transfer, &live->inbox, dialect, attempt);
    return sq_live_curl_send(live->curl, &item->transfer, &request, err);
}

static enum sq_status live_send(void *self, const struct sq_attempt *attempt, sq_time now,
                                struct sq_error *err)
{
    struct sq_live *live = self;
    live->now = sq_time_max(live->now, now);
    enum sq_status status = sq_slab_reserve(&live->transfers, attempt->slot + 1, err);
    return status == SQ_OK ? start(live, transfer_at(live, attempt->slot), attempt, err) : status;
}

static void live_cancel(void *self, uint32_t slot, uint16_t attempt, sq_time now)
{
    (void)now;
    struct sq_live *live = self;
    struct sq_live_transfer *transfer = &transfer_at(live, slot)->transfer;
    sq_assert(transfer->under_way);
    sq_assert(transfer->attempt.attempt == attempt);
    sq_live_curl_cancel(live->curl, transfer);
    sq_live_foreign_over(live->foreign, transfer, &live->bills);
    sq_live_transfer_drop(transfer);
    sq_live_bills_give_up(&live->bills, transfer->attempt.call, attempt, transfer->sent_whole);
}

static sq_time live_next(void *self, uint32_t slot)
{
    (void)self;
    (void)slot;
    return SQ_NEVER;
}

/* Waiting */

/* What has ended goes with its bill when the journal has it; it does for a complete answer. */
static void attach_bill(struct sq_live *live, const struct sq_live_transfer *transfer,
                        struct sq_arrival *arrival)
{
    sq_live_bills_read(&live->bills, live->journal);
    sq_live_foreign_over(live->foreign, transfer, &live->bills);
    sq_live_bills_over(&live->bills, transfer->attempt.call, transfer->attempt.attempt,
                       transfer->sent_whole, arrival);
}

static void address(struct sq_arrival *arrival, const struct sq_live_transfer *transfer)
{
    arrival->kind = SQ_ARRIVAL_EVENT;
    arrival->slot = transfer->attempt.slot;
    arrival->call = transfer->attempt.call;
    arrival->attempt = transfer->attempt.attempt;
    arrival->model = transfer->attempt.model;
    arrival->role = transfer->attempt.role;
}

static void hand_out_news(struct sq_live *live, struct sq_arrival *arrival)
{
    const struct sq_live_transfer *transfer = sq_live_inbox_take(&live->inbox, &arrival->event);
    address(arrival, transfer);
    if (arrival->event.hints != NULL) {
        live->hints = *arrival->event.hints;
        arrival->event.hints = &live->hints;
    }
    if (arrival->event.kind == SQ_EVENT_DONE) {
        attach_bill(live, transfer, arrival);
    }
    live->now = arrival->event.at;
}

/* What is ready without looking at the sockets. */
static bool hand_out(struct sq_live *live, struct sq_arrival *arrival)
{
    if (live->inbox.first != NULL) {
        hand_out_news(live, arrival);
        return true;
    }
    return sq_live_bills_next(&live->bills, arrival);
}

/* The loop's own turn has come: its call may have bytes that the engine does not know of. */
static void hand_out_turn(struct sq_live *live, uint32_t head, struct sq_arrival *arrival)
{
    live->looked = false;
    if (head == SQ_NO_SLOT || head >= sq_slab_capacity(&live->transfers)) {
        return;
    }
    struct sq_live_transfer *transfer = &transfer_at(live, head)->transfer;
    if (transfer->under_way && sq_live_transfer_progress(transfer, &arrival->event, live->now)) {
        address(arrival, transfer);
    }
}

/* Told once, so that the bills of what is given up then can still come. */
static enum sq_status interrupt(struct sq_live *live, struct sq_error *err)
{
    sq_live_curl_unwatch(live->curl, live->stop_fd);
    live->stop_fd = -1;
    return sq_error_set(err, SQ_INTERRUPTED, "interrupted");
}

static enum sq_status look(struct sq_live *live, sq_time until, bool *full, struct sq_error *err)
{
    sq_dur span = until == SQ_NEVER ? SQ_NEVER : sq_time_max(until - live->now, 0);
    struct sq_live_turn turn = sq_live_curl_turn(live->curl, span);
    live->looked = true;
    live->now = live->inbox.at;
    *full = turn.full;
    if (live->inbox.status != SQ_OK) {
        *err = live->inbox.err;
        return live->inbox.status;
    }
    if ((turn.watched & UINT32_C(1) << JOURNAL_BIT) != 0) {
        sq_live_bills_read(&live->bills, live->journal);
    }
    if ((turn.watched & UINT32_C(1) << STOP_BIT) != 0) {
        return interrupt(live, err);
    }
    return SQ_OK;
}

/* A new call that is due and a batch of sockets take turns; a limit that is due is judged only
 * after a look that found nothing more. */
static enum sq_status wait_for_one(struct sq_live *live, sq_time until, uint32_t head,
                                   struct sq_arrival *arrival, struct sq_error *err)
{
    bool full = false;
    while (!hand_out(live, arrival)) {
        live->now = sq_time_max(live->now, sq_clock_now(live->clock));
        if (live->now >= until && live->looked && head == SQ_NO_SLOT) {
            live->looked = false;
            return SQ_OK;
        }
        enum sq_status status = look(live, until, &full, err);
        if (status != SQ_OK) {
            return status;
        }
        if (live->inbox.first == NULL && live->now >= until && !full) {
            hand_out_turn(live, head, arrival);
            return SQ_OK;
        }
    }
    return SQ_OK;
}

static enum sq_status live_wait(void *self, sq_time until, uint32_t head, sq_time *now,
                                struct sq_arrival *arrival, struct sq_error *err)
{
    struct sq_live *live = self;
    enum sq_status status = wait_for_one(live, until, head, arrival, err);
    *now = live->now;
    return status;
}

static const struct sq_carrier_row live_row = {
    .send = live_send,
    .cancel = live_cancel,
    .next = live_next,
    .wait = live_wait,
};

struct sq_carrier sq_live_carrier(struct sq_live *live)
{
    return (struct sq_carrier){.does = &live_row, .self = live};
}

/* Life */

static enum sq_status open_connections(struct sq_live *live,
                                       const struct sq_live_far_side *far_side,
                                       struct sq_error *err)
{
    const struct sq_script *script = &live->scenario->script;
    if (!sq_connections_may_fail(script)) {
        return SQ_OK;
    }
    size_t bytes = sq_connections_size(script, NULL);
    live->connections_memory = sq_memory_new(1, bytes);
    if (script->n_clauses > 0) {
        live->own_requests = sq_own_requests_new(live->scenario);
    }
    if (live->connections_memory == NULL || (script->n_clauses > 0 && live->own_requests == NULL)) {
        return sq_error_set(err, SQ_NO_MEMORY, "out of memory");
    }
    live->connections =
        sq_connections_init(live->connections_memory, bytes, script, NULL, far_side->seed);
    for (int fate = SQ_CONNECTION_REFUSED; fate < SQ_CONNECTION_FATES; fate++) {
        sq_live_set_text(live->detours[fate], DETOUR_BYTES, "::127.0.0.1:%" PRIu16,
                         far_side->decoys[fate]);
    }
    sq_live_set_text(live->tls_url, SQ_LIVE_URL_BYTES, "https://127.0.0.1/");
    sq_live_set_text(live->detours[SQ_CONNECTION_UNRESOLVED], DETOUR_BYTES, "::" NO_HOST ":80");
    return SQ_OK;
}

static enum sq_status watch(struct sq_live *live, struct sq_error *err)
{
    enum sq_status status =
        sq_live_curl_watch(live->curl, sq_journal_fd(live->journal), JOURNAL_BIT, err);
    if (status == SQ_OK && live->stop_fd >= 0) {
        status = sq_live_curl_watch(live->curl, live->stop_fd, STOP_BIT, err);
    }
    return status;
}

/* Idle connections the policy keeps, over its limits of the innermost layer; never none, since
 * libcurl takes 0 for "as it likes". */
static uint32_t keep_alive_of(const struct sq_settings *policy, uint8_t n_roles)
{
    uint64_t sum = 0;
    uint64_t seen = 0;
    for (uint8_t i = 0; policy != NULL && i < n_roles; i++) {
        const struct sq_limits *limits = &policy->layers[policy->n_layers - 1].role[i].limits;
        sum += (seen >> limits->key & 1) != 0 ? 0 : limits->keep_alive;
        seen |= UINT64_C(1) << limits->key;
    }
    return policy == NULL || sum > KEEP_ALIVE_MAX ? KEEP_ALIVE_MAX : sum == 0 ? 1 : (uint32_t)sum;
}

enum sq_status sq_live_open(const struct sq_live_options *options,
                            const struct sq_live_far_side *far_side, struct sq_live **live,
                            struct sq_error *err)
{
    const struct sq_scenario *scenario = options->scenario;
    struct sq_live *made = sq_memory_new(1, sizeof(*made));
    if (made == NULL) {
        return sq_error_set(err, SQ_NO_MEMORY, "out of memory");
    }
    made->scenario = scenario;
    made->clock = options->clock;
    made->journal = far_side->journal;
    made->stop_fd = options->stop_fd;
    sq_contracts_init(&made->contracts, scenario, options->policy);
    made->inbox.contracts = &made->contracts;
    sq_live_bills_init(&made->bills);
    sq_slab_init(&made->transfers, sizeof(struct live_transfer));
    for (uint8_t i = 0; i < scenario->script.n_providers; i++) {
        sq_live_set_text(made->urls[i], SQ_LIVE_URL_BYTES, "http://127.0.0.1:%" PRIu16 "%s",
                         far_side->ports[i], scenario->script.providers[i].dialect->path);
    }
    enum sq_status status = open_connections(made, far_side, err);
    if (status == SQ_OK && far_side->targets != NULL) {
        status = sq_live_foreign_new(scenario, far_side->targets, &made->foreign, err);
    }
    if (status == SQ_OK) {
        uint32_t keep_alive = keep_alive_of(options->policy, scenario->n_roles);
        status = sq_live_curl_new(&made->inbox, options->clock, keep_alive, &made->curl, err);
    }
    if (status == SQ_OK) {
        status = watch(made, err);
    }
    if (status != SQ_OK) {
        sq_live_free(made);
        return status;
    }
    *live = made;
    return SQ_OK;
}

enum sq_status sq_live_new(const struct sq_live_options *options, struct sq_live **live,
                           struct sq_error *err)
{
    struct sq_live_far_side far_side = {.journal = sq_server_journal(options->server),
                                        .targets = options->targets,
                                        .seed = sq_server_seed(options->server)};
    for (int fate = 0; fate < SQ_CONNECTION_FATES; fate++) {
        far_side.decoys[fate] =
            sq_server_decoy_port(options->server, (enum sq_connection_fate)fate);
    }
    for (uint8_t i = 0; i < options->scenario->script.n_providers; i++) {
        far_side.ports[i] = sq_server_port(options->server, i);
    }
    return sq_live_open(options, &far_side, live, err);
}

enum sq_status sq_live_health(const struct sq_live *live, struct sq_error *err)
{
    return sq_live_foreign_health(live->foreign, err);
}

void sq_live_free(struct sq_live *live)
{
    if (live == NULL) {
        return;
    }
    for (uint32_t slot = 0; slot < sq_slab_capacity(&live->transfers); slot++) {
        struct sq_live_transfer *transfer = &transfer_at(live, slot)->transfer;
        sq_live_curl_forget(live->curl, transfer);
        sq_live_transfer_clear(transfer);
    }
    sq_slab_clear(&live->transfers);
    sq_live_curl_free(live->curl);
    sq_live_bills_clear(&live->bills);
    sq_live_foreign_free(live->foreign);
    sq_own_requests_free(live->own_requests);
    sq_memory_free(live->connections_memory);
    sq_memory_free(live);
}
