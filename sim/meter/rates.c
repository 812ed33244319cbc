/* SPDX-License-Identifier: MIT */
/*
 * Peaks of attempts per 250 ms and of attempts per call. Attempts and calls come in order of time,
 * so one window is enough. A window that touches the first 500 ms after the start of a fault window
 * is left out of both peaks: there every policy retries at once. Windows in which no call started
 * have no attempts per call.
 */
#include "sim/meter/meter_int.h"

void meter_rates_init(struct meter_rates *rates, const struct meter_phases *phases,
                      struct meter_slices *slices)
{
    *rates = (struct meter_rates){.phases = phases, .slices = slices};
}

/* Whether the present window touches the first moments of a fault. */
static bool is_left_out(struct meter_rates *rates)
{
    const struct meter_phases *phases = rates->phases;
    while (rates->next_fault < phases->n_windows &&
           phases->windows[rates->next_fault].from + METER_RATE_LEFT_OUT <= rates->from) {
        rates->next_fault++;
    }
    return rates->next_fault < phases->n_windows &&
           phases->windows[rates->next_fault].from < rates->from + METER_RATE_WIDTH;
}

/* Keeps the greater of two quotients, compared without dividing. */
static void keep_ratio(struct meter_rates *rates, uint64_t attempts, uint64_t calls)
{
    if (calls == 0) {
        return;
    }
    if (rates->ratio_calls == 0 ||
        (sq_uint128)attempts * rates->ratio_calls > (sq_uint128)rates->ratio_attempts * calls) {
        rates->ratio_attempts = attempts;
        rates->ratio_calls = calls;
    }
}

void meter_rates_turn(struct meter_rates *rates, sq_time at)
{
    if (!is_left_out(rates)) {
        if (rates->attempts > rates->peak_attempts) {
            rates->peak_attempts = rates->attempts;
        }
        keep_ratio(rates, rates->attempts, rates->calls);
        if (rates->slices != NULL) {
            meter_slices_window(rates->slices, rates->from, rates->attempts, rates->calls);
        }
    }
    rates->from = at - at % METER_RATE_WIDTH;
    rates->attempts = 0;
    rates->calls = 0;
}

void meter_rates_close(struct meter_rates *rates, sq_time now)
{
    meter_rates_turn(rates, now);
    rates->peak_sum = rates->peak_attempts;
}

void meter_rates_merge(struct meter_rates *into, const struct meter_rates *from)
{
    if (from->peak_attempts > into->peak_attempts) {
        into->peak_attempts = from->peak_attempts;
    }
    into->peak_sum += from->peak_sum;
    keep_ratio(into, from->ratio_attempts, from->ratio_calls);
}

int64_t meter_rates_peak_amplification(const struct meter_rates *rates)
{
    if (rates->ratio_calls == 0) {
        return 0;
    }
    return (int64_t)(rates->ratio_attempts * (uint64_t)SQ_FACTOR_ONE / rates->ratio_calls);
}
