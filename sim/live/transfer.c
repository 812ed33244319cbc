/* SPDX-License-Identifier: MIT */
/*
 * Bytes to news. Which transport word an ending gets depends on how far the answer had come:
 * LANGUAGE says reset for any close before the headers were complete, cut for a close inside a
 * stream, and malformed for a plain answer that is too short.
 */
#include "sim/live/transfer_int.h"

#include <string.h>

#include "base/assert.h"
#include "sim/hints.h"

void sq_live_inbox_fail(struct sq_live_inbox *inbox, enum sq_status status, const char *what,
                        const char *why)
{
    if (inbox->status == SQ_OK) {
        inbox->status = sq_error_set(&inbox->err, status, "%s: %s", what, why);
    }
}

static void out_of_memory(struct sq_live_transfer *transfer)
{
    sq_live_inbox_fail(transfer->inbox, SQ_NO_MEMORY, "cannot read an answer", "out of memory");
}

static void link_last(struct sq_live_inbox *inbox, struct sq_live_transfer *transfer)
{
    transfer->next = NULL;
    transfer->previous = inbox->last;
    if (inbox->last == NULL) {
        inbox->first = transfer;
    } else {
        inbox->last->next = transfer;
    }
    inbox->last = transfer;
}

static void take_out(struct sq_live_inbox *inbox, struct sq_live_transfer *transfer)
{
    if (transfer->previous == NULL) {
        inbox->first = transfer->next;
    } else {
        transfer->previous->next = transfer->next;
    }
    if (transfer->next == NULL) {
        inbox->last = transfer->previous;
    } else {
        transfer->next->previous = transfer->previous;
    }
}

static void tell(struct sq_live_transfer *transfer, enum sq_live_news news)
{
    if (transfer->news == 0) {
        link_last(transfer->inbox, transfer);
    }
    transfer->news |= (uint8_t)news;
}

void sq_live_transfer_begin(struct sq_live_transfer *transfer, struct sq_live_inbox *inbox,
                            const struct sq_dialect *dialect, const struct sq_attempt *attempt)
{
    sq_assert(!transfer->under_way);
    sq_assert(transfer->news == 0);
    transfer->inbox = inbox;
    transfer->dialect = dialect;
    transfer->attempt = *attempt;
    transfer->under_way = true;
    transfer->sent = false;
    transfer->sent_twice = false;
    transfer->sent_whole = false;
    transfer->headers_complete = false;
    transfer->reads_stream = false;
    transfer->overlong = false;
    transfer->status = 0;
    transfer->transport = SQ_TRANSPORT_OK;
    transfer->reading = (struct sq_reading){0};
    transfer->usage = (struct sq_usage){0};
    transfer->hints = (struct sq_hints){0};
    transfer->has_content_type = false;
    transfer->last_byte_at = SQ_NEVER;
    transfer->reported_at = 0;
    sq_strbuf_reset(&transfer->body);
}

bool sq_live_transfer_sending(struct sq_live_transfer *transfer)
{
    if (transfer->sent) {
        transfer->sent_twice = true;
        return false;
    }
    transfer->sent = true;
    tell(transfer, SQ_LIVE_NEWS_CONNECTED);
    return true;
}

static bool is_blank(char character)
{
    return character == ' ' || character == '\t' || character == '\r' || character == '\n';
}

static bool is_content_type(const char *name)
{
    static const char wanted[] = "content-type";
    size_t at = 0;
    while (at < sizeof(wanted) - 1 && (name[at] | 0x20) == (wanted[at] | 0x20)) {
        at++;
    }
    return at == sizeof(wanted) - 1 && name[at] == '\0';
}

static void take_header(struct sq_live_transfer *transfer, const char *name, const char *value)
{
    if (is_content_type(name)) {
        memcpy(transfer->content_type, value, strlen(value) + 1);
        transfer->has_content_type = true;
    } else {
        sq_hints_take_header(&transfer->hints, name, value);
    }
}

void sq_live_transfer_header(struct sq_live_transfer *transfer, const char *line, size_t length)
{
    char text[SQ_LIVE_HEADER_BYTES_MAX];
    if (transfer->headers_complete || length >= sizeof(text)) {
        return;
    }
    while (length > 0 && is_blank(line[length - 1])) {
        length--;
    }
    memcpy(text, line, length);
    text[length] = '\0';
    char *colon = memchr(text, ':', length);
    if (colon == NULL) {
        return;
    }
    *colon = '\0';
    const char *value = colon + 1;
    while (is_blank(*value)) {
        value++;
    }
    take_header(transfer, text, value);
}

static const struct sq_contract *contract_of(const struct sq_live_transfer *transfer)
{
    return sq_contracts_get(transfer->inbox->contracts, transfer->attempt.contract);
}

void sq_live_transfer_headers_complete(struct sq_live_transfer *transfer, uint16_t status)
{
    if (transfer->headers_complete || status < 200) {
        return;
    }
    transfer->headers_complete = true;
    transfer->status = status;
    transfer->reads_stream = transfer->attempt.stream && status < 300;
    if (transfer->reads_stream) {
        sq_sse_clear(&transfer->events);
        sq_stream_clear(&transfer->stream);
        sq_stream_init(&transfer->stream, transfer->dialect, contract_of(transfer),
                       transfer->has_content_type ? transfer->content_type : NULL);
    }
    tell(transfer, SQ_LIVE_NEWS_HEADERS);
}

static void read_events(struct sq_live_transfer *transfer, const char *bytes, size_t length)
{
    size_t used = 0;
    struct sq_sse_event event;
    enum sq_sse_result result = sq_sse_feed(&transfer->events, bytes, length, &used, &event);
    while (result == SQ_SSE_EVENT) {
        bool had_token = transfer->stream.token;
        sq_stream_feed(&transfer->stream, &event);
        if (!had_token && transfer->stream.token) {
            tell(transfer, SQ_LIVE_NEWS_FIRST_TOKEN);
        }
        result = sq_sse_feed(&transfer->events, bytes, length, &used, &event);
    }
    transfer->overlong = result == SQ_SSE_TOO_LONG;
    if (result == SQ_SSE_NO_MEMORY) {
        out_of_memory(transfer);
    }
}

static void keep_bytes(struct sq_live_transfer *transfer, const char *bytes, size_t length)
{
    if (transfer->overlong || length > SQ_LIVE_BODY_BYTES_MAX - transfer->body.length) {
        transfer->overlong = true;
        return;
    }
    sq_strbuf_add_bytes(&transfer->body, bytes, length);
    if (sq_strbuf_failed(&transfer->body)) {
        out_of_memory(transfer);
    }
}

void sq_live_transfer_body(struct sq_live_transfer *transfer, const char *bytes, size_t length)
{
    transfer->last_byte_at = transfer->inbox->at;
    if (transfer->reads_stream) {
        read_events(transfer, bytes, length);
    } else {
        keep_bytes(transfer, bytes, length);
    }
}

/* The end mark makes a stream whole: a FIN where the last chunk should be takes nothing away. */
static enum sq_transport closed_early(const struct sq_live_transfer *transfer)
{
    if (!transfer->reads_stream) {
        return SQ_TRANSPORT_SHORT;
    }
    return transfer->stream.done ? SQ_TRANSPORT_OK : SQ_TRANSPORT_CUT;
}

static enum sq_transport before_sending(enum sq_live_end end)
{
    return end == SQ_LIVE_END_DNS       ? SQ_TRANSPORT_DNS
           : end == SQ_LIVE_END_REFUSED ? SQ_TRANSPORT_REFUSED
           : end == SQ_LIVE_END_TLS     ? SQ_TRANSPORT_TLS
                                        : SQ_TRANSPORT_RESET;
}

static enum sq_transport transport_of(const struct sq_live_transfer *transfer, enum sq_live_end end)
{
    if (!transfer->sent) {
        return before_sending(end);
    }
    if (transfer->sent_twice) {
        return SQ_TRANSPORT_RESET;
    }
    if (end == SQ_LIVE_END_GARBLED) {
        return SQ_TRANSPORT_SHORT;
    }
    if (!transfer->headers_complete) {
        return SQ_TRANSPORT_RESET;
    }
    if (end == SQ_LIVE_END_CLOSED) {
        return closed_early(transfer);
    }
    return end == SQ_LIVE_END_COMPLETE ? SQ_TRANSPORT_OK : SQ_TRANSPORT_RESET;
}

static enum sq_status read_plain(struct sq_live_transfer *transfer)
{
    struct sq_contract_answer answer;
    struct sq_contract_bytes bytes = {
        .status = transfer->status,
        .content_type = transfer->has_content_type ? transfer->content_type : NULL,
        .body = sq_strbuf_text(&transfer->body),
        .length = transfer->body.length,
    };
    enum sq_status status =
        sq_contract_read_answer(transfer->dialect, contract_of(transfer), &bytes, &answer);
    transfer->reading = answer.reading;
    transfer->usage = answer.usage;
    return status;
}

static enum sq_status read_stream(struct sq_live_transfer *transfer)
{
    enum sq_status status = sq_stream_end(&transfer->stream);
    transfer->reading = transfer->stream.answer.reading;
    transfer->usage = transfer->stream.answer.usage;
    return status;
}

static void read_answer(struct sq_live_transfer *transfer)
{
    enum sq_status status = transfer->reads_stream ? read_stream(transfer) : read_plain(transfer);
    if (status != SQ_OK) {
        out_of_memory(transfer);
    }
    if (transfer->overlong) {
        transfer->reading.klass = SQ_CLASS_MALFORMED;
    }
}

void sq_live_transfer_end(struct sq_live_transfer *transfer, enum sq_live_end end)
{
    transfer->transport = transport_of(transfer, end);
    if (transfer->transport == SQ_TRANSPORT_OK) {
        read_answer(transfer);
    }
    tell(transfer, SQ_LIVE_NEWS_DONE);
}

static void fill_done(struct sq_live_transfer *transfer, struct sq_event *event)
{
    event->kind = SQ_EVENT_DONE;
    event->status = transfer->status;
    event->transport = transfer->transport;
    event->reading = transfer->reading;
    if (transfer->transport == SQ_TRANSPORT_OK && transfer->status >= 300) {
        event->hints = &transfer->hints;
    }
    transfer->under_way = false;
}

static void fill(struct sq_live_transfer *transfer, enum sq_live_news news, struct sq_event *event)
{
    switch (news) {
    case SQ_LIVE_NEWS_CONNECTED:
        event->kind = SQ_EVENT_CONNECTED;
        return;
    case SQ_LIVE_NEWS_HEADERS:
        event->kind = SQ_EVENT_HEADERS;
        event->status = transfer->status;
        transfer->reported_at = event->at;
        return;
    case SQ_LIVE_NEWS_FIRST_TOKEN:
        event->kind = SQ_EVENT_FIRST_TOKEN;
        transfer->reported_at = event->at;
        return;
    case SQ_LIVE_NEWS_DONE:
        fill_done(transfer, event);
        return;
    }
    sq_assert(false && "news of no kind");
}

struct sq_live_transfer *sq_live_inbox_take(struct sq_live_inbox *inbox, struct sq_event *event)
{
    struct sq_live_transfer *transfer = inbox->first;
    sq_assert(transfer->under_way);
    uint8_t lowest = (uint8_t)(transfer->news & -transfer->news);
    *event = (struct sq_event){.at = inbox->at, .attempt = transfer->attempt.attempt};
    fill(transfer, (enum sq_live_news)lowest, event);
    transfer->news &= (uint8_t)~lowest;
    if (transfer->news == 0) {
        take_out(inbox, transfer);
    }
    return transfer;
}

bool sq_live_transfer_progress(struct sq_live_transfer *transfer, struct sq_event *event,
                               sq_time now)
{
    if (transfer->last_byte_at == SQ_NEVER || transfer->last_byte_at <= transfer->reported_at) {
        return false;
    }
    transfer->reported_at = transfer->last_byte_at;
    *event = (struct sq_event){.at = now,
                               .kind = SQ_EVENT_PROGRESS,
                               .attempt = transfer->attempt.attempt,
                               .last_byte_at = transfer->last_byte_at};
    return true;
}

void sq_live_transfer_drop(struct sq_live_transfer *transfer)
{
    if (transfer->news != 0) {
        take_out(transfer->inbox, transfer);
    }
    transfer->news = 0;
    transfer->under_way = false;
}

void sq_live_transfer_clear(struct sq_live_transfer *transfer)
{
    sq_strbuf_clear(&transfer->body);
    sq_strbuf_clear(&transfer->request);
    sq_sse_clear(&transfer->events);
    sq_stream_clear(&transfer->stream);
}
