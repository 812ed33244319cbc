/* SPDX-License-Identifier: MIT */
/*
 * OpenAI chat completions, as published in the vendor's OpenAPI document and read by its SDKs:
 * the functions of the dialect's row, for dialect.c and tests. What each does stands in dialect.h.
 */
#ifndef SQ_WIRE_OPENAI_H
#define SQ_WIRE_OPENAI_H

#include <stddef.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "wire/message.h"

/* openai_request.c */
void sq_openai_write_request(struct sq_strbuf *out, const struct sq_request_body *request);
enum sq_status sq_openai_read_request(const char *body, size_t length,
                                      struct sq_request_reading *request, struct sq_error *err);

/* openai_answer.c */
void sq_openai_write_answer(struct sq_strbuf *out, const struct sq_answer *answer);

/* openai_stream.c */
void sq_openai_write_stream_begin(struct sq_strbuf *out, const struct sq_answer *answer);
void sq_openai_write_stream_piece(struct sq_strbuf *out, const struct sq_answer *answer,
                                  const char *text, size_t length);
void sq_openai_write_stream_finish(struct sq_strbuf *out, const struct sq_answer *answer);
void sq_openai_write_stream_usage(struct sq_strbuf *out, const struct sq_answer *answer);
void sq_openai_write_stream_end(struct sq_strbuf *out);

/* openai_error.c */
const struct sq_failure *sq_openai_failure(int status, enum sq_meaning meaning);
void sq_openai_write_error(struct sq_strbuf *out, const struct sq_failure *failure);
void sq_openai_write_error_event(struct sq_strbuf *out, const struct sq_failure *failure);
void sq_openai_write_rate_message(struct sq_strbuf *out, const struct sq_rate_refusal *refusal);
/* What error.code, or else error.type, says; either may be empty. */
enum sq_meaning sq_openai_meaning(const char *code, size_t code_length, const char *type,
                                  size_t type_length);

/* openai_headers.c */
enum sq_status sq_openai_write_headers(const struct sq_answer_headers *headers,
                                       const struct sq_header_sink *sink);
/* A span as Go prints durations, rounded up to whole milliseconds: "6ms", "8.64s", "6m0s",
 * "1h2m3s", "0s". */
void sq_openai_add_duration(struct sq_strbuf *out, sq_dur span);

/* openai_reading.c */
void sq_openai_read_answer(const char *body, size_t length, struct sq_answer_part *part);
void sq_openai_read_event(const char *data, size_t length, struct sq_answer_part *part);

#endif
