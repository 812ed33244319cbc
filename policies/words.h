/* SPDX-License-Identifier: MIT */
/*
 * The vocabulary of what happens: classes of failed attempts, outcomes of calls, and the few words
 * that bytes are reduced to on their way there. Each word is written once, in the lists below;
 * code, schema, `squall list`, docs and tests iterate over them.
 *
 * An attempt either succeeds (SQ_CLASS_NONE) or has exactly one class. A call ends with exactly one
 * outcome.
 */
#ifndef SQ_POLICIES_WORDS_H
#define SQ_POLICIES_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum sq_class_group {
    SQ_GROUP_NONE,
    SQ_GROUP_THROTTLED,
    SQ_GROUP_TRANSIENT,
    SQ_GROUP_TIMEOUT,
    SQ_GROUP_CONNECTION,
    SQ_GROUP_CALLER,
    SQ_GROUP_CONTENT,
    SQ_GROUP_LOCAL,
    SQ_GROUPS
};

/* What a mechanism does with a class unless a policy says otherwise. */
enum sq_retry_default { SQ_RETRY_NO, SQ_RETRY_YES, SQ_RETRY_REASK };

/* How a lease (probe, slot, budget token, reservation) ends; every lease is released exactly once.
 */
enum sq_mark { SQ_MARK_NEUTRAL, SQ_MARK_SUCCESS, SQ_MARK_FAILURE, SQ_MARK_CANCELLED };

/* X(enumerator, name, group, retried, breaker mark, falls back, sentence) */
#define SQ_CLASS_LIST(X)                                                                           \
    X(RATE_LIMITED, "rate_limited", THROTTLED, YES, NEUTRAL, true,                                 \
      "429 with a rate code or with none known")                                                   \
    X(SLOW_DOWN, "slow_down", THROTTLED, YES, FAILURE, true,                                       \
      "429 or 503: traffic ramped too fast")                                                       \
    X(OVERLOADED, "overloaded", THROTTLED, YES, FAILURE, true,                                     \
      "529, or 503 with an overload code")                                                         \
    X(QUOTA, "quota", THROTTLED, NO, NEUTRAL, true, "429, 402 or 400: out of credit")              \
    X(SERVER_ERROR, "server_error", TRANSIENT, YES, FAILURE, true, "500 and other 5xx")            \
    X(GATEWAY_ERROR, "gateway_error", TRANSIENT, YES, FAILURE, true,                               \
      "502, 504, or 503 without an overload code")                                                 \
    X(TIMEOUT_CONNECT, "timeout_connect", TIMEOUT, YES, FAILURE, true,                             \
      "no connection within timeouts.connect")                                                     \
    X(TIMEOUT_FIRST_BYTE, "timeout_first_byte", TIMEOUT, YES, FAILURE, true,                       \
      "no headers within timeouts.first_byte, or status 408")                                      \
    X(TIMEOUT_FIRST_TOKEN, "timeout_first_token", TIMEOUT, YES, FAILURE, true,                     \
      "no token within timeouts.first_token")                                                      \
    X(TIMEOUT_IDLE, "timeout_idle", TIMEOUT, YES, FAILURE, true,                                   \
      "silence longer than timeouts.idle inside an answer")                                        \
    X(TIMEOUT_ATTEMPT, "timeout_attempt", TIMEOUT, YES, FAILURE, true,                             \
      "not done within timeouts.attempt")                                                          \
    X(DNS, "dns", CONNECTION, YES, FAILURE, true, "the host name was not resolved")                \
    X(CONNECT, "connect", CONNECTION, YES, FAILURE, true, "the connection was refused")            \
    X(TLS, "tls", CONNECTION, YES, FAILURE, true, "the TLS handshake failed")                      \
    X(RESET, "reset", CONNECTION, YES, FAILURE, true,                                              \
      "RST at any time, or any close before the headers were complete")                            \
    X(CUT, "cut", CONNECTION, YES, FAILURE, true, "closed inside a stream, before its end")        \
    X(BAD_REQUEST, "bad_request", CALLER, NO, NEUTRAL, false, "400, 409, 413, 422 and other 4xx")  \
    X(AUTH, "auth", CALLER, NO, NEUTRAL, true, "401 or 403")                                       \
    X(NOT_FOUND, "not_found", CALLER, NO, NEUTRAL, true, "404, or the model is gone")              \
    X(CONTEXT_LENGTH, "context_length", CALLER, NO, NEUTRAL, true,                                 \
      "the prompt is longer than the model's window")                                              \
    X(MALFORMED, "malformed", CONTENT, YES, FAILURE, true,                                         \
      "a 2xx that is not the dialect's envelope; 1xx and 3xx")                                     \
    X(INVALID_JSON, "invalid_json", CONTENT, REASK, NEUTRAL, true,                                 \
      "the answer's text is not the JSON the contract asks for")                                   \
    X(SCHEMA, "schema", CONTENT, REASK, NEUTRAL, true, "JSON that breaks the contract's schema")   \
    X(TRUNCATED, "truncated", CONTENT, REASK, NEUTRAL, true,                                       \
      "the answer ended at its length limit")                                                      \
    X(EMPTY, "empty", CONTENT, REASK, NEUTRAL, true, "an answer without text")                     \
    X(CONTENT_FILTER, "content_filter", CONTENT, NO, NEUTRAL, true,                                \
      "blocked by the provider's filter")                                                          \
    X(REFUSAL, "refusal", CONTENT, NO, NEUTRAL, true, "the model refused")                         \
    X(TOXIC, "toxic", CONTENT, NO, NEUTRAL, true, "a word of the contract's word list")            \
    X(BREAKER_OPEN, "breaker_open", LOCAL, NO, NEUTRAL, true, "the breaker admitted nothing")      \
    X(LIMIT_LOCAL, "limit_local", LOCAL, NO, NEUTRAL, true,                                        \
      "a limit of the policy admitted nothing")                                                    \
    X(BUDGET_SPENT, "budget_spent", LOCAL, NO, NEUTRAL, true, "the retry budget was empty")        \
    X(POOL_TIMEOUT, "pool_timeout", LOCAL, NO, NEUTRAL, true,                                      \
      "no connection of the pool became free in time")                                             \
    X(CANCELLED, "cancelled", NONE, NO, NEUTRAL, false, "hedge loser, or the caller went away")

#define SQ_WORDS_CLASS_ENUM(id, name, group, retried, mark, falls_back, sentence) SQ_CLASS_##id,
enum sq_class {
    SQ_CLASS_NONE, /* the attempt succeeded */
    SQ_CLASS_LIST(SQ_WORDS_CLASS_ENUM) SQ_CLASSES
};
#undef SQ_WORDS_CLASS_ENUM

struct sq_class_row {
    const char *name;
    enum sq_class_group group;
    enum sq_retry_default retried;
    enum sq_mark mark; /* what a breaker counts */
    bool falls_back;
    const char *sentence;
};

/* The row of a class; SQ_CLASS_NONE has the name "none". */
const struct sq_class_row *sq_class_row(enum sq_class klass);
const char *sq_class_group_name(enum sq_class_group group);
/* False when no class has this name. */
bool sq_class_by_name(const char *name, size_t length, enum sq_class *klass);
bool sq_class_group_by_name(const char *name, size_t length, enum sq_class_group *group);

/* Sets of classes are 64 bits, one a class; the bit of SQ_CLASS_NONE is never set in a list. */
#define SQ_CLASS_BIT(klass) (UINT64_C(1) << (klass))
uint64_t sq_class_group_bits(enum sq_class_group group);

/* X(enumerator, name, answered by a model, counts as available, sentence) */
#define SQ_OUTCOME_LIST(X)                                                                         \
    X(FIRST_TRY, "first_try", true, true, "an answer of the wanted role, at once")                 \
    X(RECOVERED, "recovered", true, true,                                                          \
      "an answer of the wanted role after retry, re-ask or hedge")                                 \
    X(FALLBACK, "fallback", true, true, "an answer of another role")                               \
    X(SUBSTITUTE, "substitute", false, true, "a cached or rule answer")                            \
    X(LATE, "late", false, true, "told \"later\", and then answered in time")                      \
    X(LOST, "lost", false, false, "told \"later\", and never answered")                            \
    X(APOLOGY, "apology", false, false, "a fixed text")                                            \
    X(REJECTED, "rejected", false, false, "an error: refused by the client's own policy")          \
    X(TIMED_OUT, "timed_out", false, false, "an error: the deadline of the call passed")           \
    X(FAILED, "failed", false, false, "an error: the provider's")                                  \
    X(INVALID, "invalid", false, false, "an error: the answer was not usable")                     \
    X(EXCLUDED, "excluded", false, false, "outside the count: warm-up, or cancelled by the caller")

#define SQ_WORDS_OUTCOME_ENUM(id, name, model, available, sentence) SQ_OUTCOME_##id,
enum sq_outcome { SQ_OUTCOME_LIST(SQ_WORDS_OUTCOME_ENUM) SQ_OUTCOMES };
#undef SQ_WORDS_OUTCOME_ENUM

struct sq_outcome_row {
    const char *name;
    bool answered_by_model;
    bool available; /* counts in the numerator of availability */
    const char *sentence;
};

const struct sq_outcome_row *sq_outcome_row(enum sq_outcome outcome);
bool sq_outcome_by_name(const char *name, size_t length, enum sq_outcome *outcome);

/* How the transport of an attempt ended; everything but OK is the transport's own failure. */
#define SQ_TRANSPORT_LIST(X)                                                                       \
    X(OK, "ok", NONE) /* complete, as far as the transport can tell */                             \
    X(DNS, "dns", DNS)                                                                             \
    X(REFUSED, "refused", CONNECT)                                                                 \
    X(TLS, "tls", TLS)                                                                             \
    X(RESET, "reset", RESET)     /* RST, or any close before the headers were complete */          \
    X(CUT, "cut", CUT)           /* FIN inside a stream, before its end */                         \
    X(SHORT, "short", MALFORMED) /* FIN before the length of a plain answer */

#define SQ_WORDS_TRANSPORT_ENUM(id, name, klass) SQ_TRANSPORT_##id,
enum sq_transport { SQ_TRANSPORT_LIST(SQ_WORDS_TRANSPORT_ENUM) SQ_TRANSPORTS };
#undef SQ_WORDS_TRANSPORT_ENUM

const char *sq_transport_name(enum sq_transport transport);
enum sq_class
sq_transport_class(enum sq_transport transport); /* SQ_CLASS_NONE for SQ_TRANSPORT_OK */

/* What an error's code or type says, whatever the vendor calls it. wire/ makes it; the classifier
 * uses it. */
enum sq_meaning {
    SQ_MEANING_NONE, /* no error body, or a code nobody knows */
    SQ_MEANING_RATE,
    SQ_MEANING_SLOW_DOWN,
    SQ_MEANING_OVERLOADED,
    SQ_MEANING_QUOTA,
    SQ_MEANING_SERVER_ERROR,
    SQ_MEANING_CONTEXT_LENGTH,
    SQ_MEANING_CONTENT_FILTER,
    SQ_MEANING_AUTH,
    SQ_MEANING_NOT_FOUND,
    SQ_MEANINGS
};

/* Why a model stopped, whatever the vendor calls it. */
enum sq_finish {
    SQ_FINISH_NONE, /* not said */
    SQ_FINISH_STOP,
    SQ_FINISH_LENGTH,
    SQ_FINISH_TOOL_CALLS,
    SQ_FINISH_CONTENT_FILTER,
    SQ_FINISH_OTHER,
    SQ_FINISHES
};

/* What an answer's bytes mean. */
struct sq_reading {
    enum sq_class klass; /* of the content: MALFORMED, EMPTY, ...; SQ_CLASS_NONE when usable or an
                            error body */
    enum sq_finish finish;
    enum sq_meaning meaning; /* of an error body or an error event */
    uint64_t code_key;       /* sq_digest_name of error.code; 0: none */
    uint64_t type_key;       /* sq_digest_name of error.type; 0: none */
    uint8_t
        repaired; /* the step of wire/repair.h that made the text JSON, from 1; 0: none had to */
};

#endif
