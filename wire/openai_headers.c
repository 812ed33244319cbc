/* SPDX-License-Identifier: MIT */
/* Headers of OpenAI answers: request id, version, processing time and the limits. */
#include <inttypes.h>

#include "wire/openai.h"

void sq_openai_add_duration(struct sq_strbuf *out, sq_dur span)
{
    int64_t ms = span <= 0 ? 0 : (span - 1) / SQ_MS + 1;
    int64_t hours = ms / (SQ_HOUR / SQ_MS);
    int64_t minutes = ms / (SQ_MINUTE / SQ_MS) % 60;
    int64_t rest_ms = ms % (SQ_MINUTE / SQ_MS);
    if (ms > 0 && ms < 1000) {
        sq_strbuf_add_format(out, "%" PRId64 "ms", ms);
        return;
    }
    if (hours > 0) {
        sq_strbuf_add_format(out, "%" PRId64 "h", hours);
    }
    if (hours > 0 || minutes > 0) {
        sq_strbuf_add_format(out, "%" PRId64 "m", minutes);
    }
    int digits = rest_ms % 1000 == 0 ? 0 : rest_ms % 100 == 0 ? 1 : rest_ms % 10 == 0 ? 2 : 3;
    sq_strbuf_add_decimal(out, rest_ms, 3, digits);
    sq_strbuf_add_char(out, 's');
}

struct headers_writer {
    const struct sq_header_sink *sink;
    struct sq_strbuf value;
    bool failed;
};

/* Hands on the header whose value was built, and empties the value. */
static void add_header(struct headers_writer *writer, const char *name)
{
    if (sq_strbuf_failed(&writer->value)) {
        writer->failed = true;
    } else {
        writer->sink->add(writer->sink->context, name, sq_strbuf_text(&writer->value));
    }
    sq_strbuf_reset(&writer->value);
}

struct window_names {
    const char *limit;
    const char *remaining;
    const char *reset;
};

static void add_window(struct headers_writer *writer, const struct sq_rate_window *window,
                       const struct window_names *names)
{
    if (!window->given) {
        return;
    }
    sq_strbuf_add_format(&writer->value, "%" PRId64, window->limit);
    add_header(writer, names->limit);
    sq_strbuf_add_format(&writer->value, "%" PRId64, window->remaining);
    add_header(writer, names->remaining);
    sq_openai_add_duration(&writer->value, window->reset);
    add_header(writer, names->reset);
}

enum sq_status sq_openai_write_headers(const struct sq_answer_headers *headers,
                                       const struct sq_header_sink *sink)
{
    static const struct window_names requests = {"x-ratelimit-limit-requests",
                                                 "x-ratelimit-remaining-requests",
                                                 "x-ratelimit-reset-requests"};
    static const struct window_names tokens = {
        "x-ratelimit-limit-tokens", "x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens"};
    struct headers_writer writer = {.sink = sink};
    sq_strbuf_add_format(&writer.value, "req_%016" PRIx64 "%016" PRIx64, headers->request_id[0],
                         headers->request_id[1]);
    add_header(&writer, "x-request-id");
    sq_strbuf_add(&writer.value, "2020-10-01");
    add_header(&writer, "openai-version");
    sq_strbuf_add_format(&writer.value, "%" PRId64, headers->processing / SQ_MS);
    add_header(&writer, "openai-processing-ms");
    add_window(&writer, &headers->requests, &requests);
    add_window(&writer, &headers->tokens, &tokens);
    sq_strbuf_clear(&writer.value);
    return writer.failed ? SQ_NO_MEMORY : SQ_OK;
}
