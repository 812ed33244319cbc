/* SPDX-License-Identifier: MIT */
/* What the files of the OpenAI dialect share; the values of openai.h's messages, in JSON. */
#ifndef SQ_WIRE_OPENAI_INT_H
#define SQ_WIRE_OPENAI_INT_H

#include "base/json_write.h"
#include "wire/message.h"

/* Writes the content as one JSON value. */
void sq_openai_write_content(struct sq_json_writer *json, const struct sq_content *content);

/* The keys every answer and every chunk begins with: id, object, created, model. */
void sq_openai_write_identity(struct sq_json_writer *json, const struct sq_answer *answer,
                              const char *object);

/* The object with the token counts. */
void sq_openai_write_usage(struct sq_json_writer *json, const struct sq_answer *answer);

/* Writes the vendor's word, or null for SQ_FINISH_NONE. */
void sq_openai_write_finish(struct sq_json_writer *json, enum sq_finish finish);

enum sq_finish sq_openai_finish_of(const struct sq_json_token *word);

#endif
