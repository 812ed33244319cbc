/* SPDX-License-Identifier: MIT */
/* See dialect.h. */
#include "wire/dialect.h"

#include <string.h>

#include "base/assert.h"
#include "wire/openai.h"

static const struct sq_dialect dialects[SQ_DIALECTS] = {
    [SQ_DIALECT_OPENAI] =
        {
            .name = "openai",
            .path = "/v1/chat/completions",
            .base_path = "/v1",
            .base_url_variable = "OPENAI_BASE_URL",
            .api_key_variable = "OPENAI_API_KEY",
            .plain_content_type = "application/json",
            .stream_content_type = "text/event-stream; charset=utf-8",
            .error_content_type = "application/json",
            .rate_type = {"requests", "tokens"},
            .write_request = sq_openai_write_request,
            .read_request = sq_openai_read_request,
            .write_answer = sq_openai_write_answer,
            .write_stream_begin = sq_openai_write_stream_begin,
            .write_stream_piece = sq_openai_write_stream_piece,
            .write_stream_finish = sq_openai_write_stream_finish,
            .write_stream_usage = sq_openai_write_stream_usage,
            .write_stream_end = sq_openai_write_stream_end,
            .failure = sq_openai_failure,
            .write_error = sq_openai_write_error,
            .write_error_event = sq_openai_write_error_event,
            .write_rate_message = sq_openai_write_rate_message,
            .write_headers = sq_openai_write_headers,
            .read_answer = sq_openai_read_answer,
            .read_event = sq_openai_read_event,
        },
};

const struct sq_dialect *sq_dialect_row(enum sq_dialect_id id)
{
    sq_assert(id < SQ_DIALECTS);
    return &dialects[id];
}

bool sq_dialect_by_name(const char *name, size_t length, enum sq_dialect_id *id)
{
    for (enum sq_dialect_id i = SQ_DIALECT_OPENAI; i < SQ_DIALECTS; i++) {
        if (strlen(dialects[i].name) == length && memcmp(dialects[i].name, name, length) == 0) {
            *id = i;
            return true;
        }
    }
    return false;
}
