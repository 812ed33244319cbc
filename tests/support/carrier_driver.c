/* SPDX-License-Identifier: MIT */
/* The loop of a run without its engine. */
#include "tests/support/carrier_driver.h"

#include <stdlib.h>

#include "base/assert.h"

struct carrier_driver *carrier_driver_new(struct sq_carrier carrier)
{
    struct carrier_driver *driver = calloc(1, sizeof(*driver));
    sq_assert(driver != NULL);
    driver->carrier = carrier;
    driver->input_tokens = 100;
    return driver;
}

void carrier_driver_free(struct carrier_driver *driver)
{
    for (uint32_t i = 0; i < CARRIER_DRIVER_SLOTS; i++) {
        sq_strbuf_clear(&driver->slots[i].log);
    }
    free(driver);
}

static void write_word(struct carrier_slot *slot, const char *word)
{
    if (slot->log.length > 0) {
        sq_strbuf_add_char(&slot->log, ' ');
    }
    sq_strbuf_add(&slot->log, word);
}

void carrier_driver_send(struct carrier_driver *driver, uint32_t slot, uint64_t call, bool stream)
{
    struct carrier_slot *place = &driver->slots[slot];
    uint16_t ordinal = (uint16_t)(place->attempt.call == call ? place->attempt.attempt + 1 : 1);
    sq_assert(!place->in_flight);
    place->attempt = (struct sq_attempt){.call = call,
                                         .slot = slot,
                                         .attempt = ordinal,
                                         .nth = ordinal,
                                         .stream = stream,
                                         .contract = driver->contract,
                                         .input_tokens = driver->input_tokens,
                                         .output_tokens = 11};
    place->in_flight = true;
    place->sent_at = driver->now;
    place->n_sent++;
    driver->n_in_flight++;
    driver->n_owed++;
    driver->n_slots = slot >= driver->n_slots ? slot + 1 : driver->n_slots;
    struct sq_error err = {0};
    enum sq_status status =
        driver->carrier.does->send(driver->carrier.self, &place->attempt, driver->now, &err);
    sq_assert(status == SQ_OK);
}

void carrier_driver_cancel(struct carrier_driver *driver, uint32_t slot)
{
    struct carrier_slot *place = &driver->slots[slot];
    driver->carrier.does->cancel(driver->carrier.self, slot, place->attempt.attempt, driver->now);
    place->in_flight = false;
    driver->n_in_flight--;
    write_word(place, "cancelled");
}

static void take_bill(struct carrier_driver *driver, const struct sq_arrival *arrival)
{
    struct carrier_slot *slot = &driver->slots[arrival->slot];
    sq_assert(slot->attempt.call == arrival->call);
    sq_assert(slot->n_billed < slot->n_sent);
    slot->n_billed++;
    slot->bill = arrival->bill;
    slot->fired_status = arrival->fired[SQ_FAMILY_STATUS];
    for (uint32_t family = 0; family < SQ_FAMILIES; family++) {
        slot->fired[family] = arrival->fired[family];
    }
    driver->n_owed--;
}

static void take_done(struct carrier_driver *driver, struct carrier_slot *slot,
                      const struct sq_arrival *arrival)
{
    const struct sq_event *event = &arrival->event;
    slot->in_flight = false;
    slot->n_done++;
    slot->done_at = event->at;
    slot->reading = event->reading;
    slot->billed_with_done = arrival->billed;
    slot->hints = (struct sq_hints){0};
    if (event->hints != NULL) {
        slot->hints = *event->hints;
    }
    driver->n_in_flight--;
    sq_strbuf_add_format(&slot->log, ":%s:%d:%s", sq_transport_name(event->transport),
                         event->status, sq_class_row(event->reading.klass)->name);
}

static void take_event(struct carrier_driver *driver, const struct sq_arrival *arrival)
{
    const struct sq_event *event = &arrival->event;
    struct carrier_slot *slot = &driver->slots[arrival->slot];
    sq_assert(event->at == driver->now);
    sq_assert(slot->in_flight);
    sq_assert(slot->attempt.call == arrival->call);
    sq_assert(slot->attempt.attempt == arrival->attempt);
    sq_assert(event->attempt == arrival->attempt);
    write_word(slot, sq_event_name(event->kind));
    if (event->kind == SQ_EVENT_HEADERS) {
        sq_strbuf_add_format(&slot->log, ":%d", event->status);
        slot->headers_at = event->at;
    } else if (event->kind == SQ_EVENT_FIRST_TOKEN) {
        slot->first_token_at = event->at;
    } else if (event->kind == SQ_EVENT_PROGRESS) {
        slot->progress_at = event->last_byte_at;
    } else if (event->kind == SQ_EVENT_DONE) {
        take_done(driver, slot, arrival);
    }
    if (arrival->billed) {
        take_bill(driver, arrival);
    }
}

enum sq_arrival_kind carrier_driver_step(struct carrier_driver *driver, sq_time until,
                                         uint32_t head)
{
    struct sq_arrival arrival = {.kind = SQ_ARRIVAL_NONE, .slot = SQ_NO_SLOT};
    struct sq_error err = {0};
    sq_time before = driver->now;
    enum sq_status status = driver->carrier.does->wait(
        driver->carrier.self, sq_time_max(until, before), head, &driver->now, &arrival, &err);
    sq_assert(status == SQ_OK);
    sq_assert(driver->now >= before);
    if (arrival.kind == SQ_ARRIVAL_EVENT) {
        take_event(driver, &arrival);
    } else if (arrival.kind == SQ_ARRIVAL_BILL) {
        take_bill(driver, &arrival);
    }
    return arrival.kind;
}

/* The earliest step the carrier knows; in live it knows none. */
static sq_time next_step(const struct carrier_driver *driver, uint32_t *head)
{
    sq_time earliest = SQ_NEVER;
    for (uint32_t i = 0; i < driver->n_slots; i++) {
        if (driver->slots[i].in_flight) {
            sq_time at = driver->carrier.does->next(driver->carrier.self, i);
            if (at < earliest) {
                earliest = at;
                *head = i;
            }
        }
    }
    return earliest;
}

bool carrier_driver_finish(struct carrier_driver *driver, sq_dur patience)
{
    sq_time end = sq_time_add(driver->now, patience);
    while (driver->n_in_flight > 0 || driver->n_owed > 0) {
        uint32_t head = SQ_NO_SLOT;
        sq_time at = next_step(driver, &head);
        if (driver->now >= end) {
            return false;
        }
        (void)carrier_driver_step(driver, sq_time_min(at, end), at > end ? SQ_NO_SLOT : head);
    }
    return true;
}

const char *carrier_driver_log(const struct carrier_driver *driver, uint32_t slot)
{
    return sq_strbuf_text(&driver->slots[slot].log);
}
