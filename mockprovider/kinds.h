/* SPDX-License-Identifier: MIT */
/*
 * The kinds of faults, one row each: what family it is of, when it strikes, which parameters it
 * takes, how the transport looks from the client, and what it needs to make sense. A kind without a
 * row does not exist. Code, schema, `list`, docs and tests iterate over the rows.
 */
#ifndef SQ_MOCKPROVIDER_KINDS_H
#define SQ_MOCKPROVIDER_KINDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* In order of striking; within a family the first rule that fires wins. */
enum sq_family {
    SQ_FAMILY_CONNECTION, /* on the way there: before the quotas, decided by connection.h */
    SQ_FAMILY_STATUS,
    SQ_FAMILY_LATENCY,
    SQ_FAMILY_TRANSPORT,
    SQ_FAMILY_STREAM,
    SQ_FAMILY_CONTENT,
    SQ_FAMILIES
};

enum sq_fault_parameter {
    SQ_PARAMETER_STATUS =
        1 << 0, /* status, error_code, error_type, headers, body, retry_after, hints */
    SQ_PARAMETER_ADD = 1 << 1,          /* add */
    SQ_PARAMETER_FACTOR = 1 << 2,       /* factor */
    SQ_PARAMETER_AFTER_TOKENS = 1 << 3, /* after_tokens */
    SQ_PARAMETER_AFTER_BYTES = 1 << 4,  /* after_bytes, of the body */
    SQ_PARAMETER_ENDING = 1 << 5,       /* ending */
    SQ_PARAMETER_FOR_EACH = 1 << 6,     /* for_each */
    SQ_PARAMETER_IN_FLIGHT = 1 << 7,    /* in_flight */
    SQ_PARAMETER_SHAPE = 1 << 8         /* shape */
};

enum sq_fault_needs { SQ_NEEDS_NOTHING, SQ_NEEDS_STREAM };

/* X(enumerator, name, family, parameters, needs, sentence) */
#define SQ_FAULT_KIND_LIST(X)                                                                      \
    X(DNS_FAIL, "dns_fail", CONNECTION, 0, NOTHING, "the host's name is not resolved")             \
    X(REFUSE, "refuse", CONNECTION, 0, NOTHING, "the connection is refused")                       \
    X(CONNECT_HANG, "connect_hang", CONNECTION, 0, NOTHING,                                        \
      "the connection is never made: nobody answers, until the client gives up")                   \
    X(ACCEPT_HANG, "accept_hang", CONNECTION, 0, NOTHING,                                          \
      "the connection is made, then nobody reads from it, until the client leaves")                \
    X(TLS_FAIL, "tls_fail", CONNECTION, 0, NOTHING,                                                \
      "the connection is closed after the client's first words of TLS")                            \
    X(STATUS, "status", STATUS, SQ_PARAMETER_STATUS, NOTHING,                                      \
      "answers with this status and an error body in the provider's shape")                        \
    X(LATENCY, "latency", LATENCY, SQ_PARAMETER_ADD | SQ_PARAMETER_FACTOR, NOTHING,                \
      "answers late: the time to the first token is multiplied, then added to")                    \
    X(HANG, "hang", LATENCY, SQ_PARAMETER_FOR_EACH | SQ_PARAMETER_IN_FLIGHT, NOTHING,              \
      "reads the request and answers nothing, until the client leaves or for_each is over")        \
    X(RESET, "reset", TRANSPORT, SQ_PARAMETER_AFTER_BYTES | SQ_PARAMETER_IN_FLIGHT, NOTHING,       \
      "sends RST: before the headers, or after so many bytes of the body")                         \
    X(CUT, "cut", STREAM,                                                                          \
      SQ_PARAMETER_AFTER_TOKENS | SQ_PARAMETER_AFTER_BYTES | SQ_PARAMETER_ENDING |                 \
          SQ_PARAMETER_IN_FLIGHT,                                                                  \
      STREAM, "ends the stream early: exactly the bytes before, then exactly the chosen ending")   \
    X(STALL, "stall", STREAM, SQ_PARAMETER_AFTER_TOKENS | SQ_PARAMETER_FOR_EACH, STREAM,           \
      "falls silent inside the stream, for good or for for_each")                                  \
    X(INVALID_JSON, "invalid_json", CONTENT, SQ_PARAMETER_SHAPE, NOTHING,                          \
      "the answer's text is not the JSON that was asked for: fenced, cut off, or broken")          \
    X(WRONG_SCHEMA, "wrong_schema", CONTENT, 0, NOTHING,                                           \
      "the answer's text is JSON with other members than were asked for")                          \
    X(EMPTY, "empty", CONTENT, 0, NOTHING,                                                         \
      "the answer's text is empty; its tokens are made and billed all the same")                   \
    X(NULL_CONTENT, "null_content", CONTENT, 0, NOTHING,                                           \
      "the answer has null for a text; its tokens are made and billed all the same")               \
    X(LENGTH, "length", CONTENT, 0, NOTHING,                                                       \
      "the answer stops at half of its tokens and says that its length limit was reached")         \
    X(CONTENT_FILTER, "content_filter", CONTENT, 0, NOTHING,                                       \
      "the answer stops at half of its tokens and says that a filter blocked the rest")            \
    X(REFUSAL, "refusal", CONTENT, 0, NOTHING, "the model refuses, in the field made for that")    \
    X(WRONG_CONTENT_TYPE, "wrong_content_type", CONTENT, 0, NOTHING,                               \
      "status 200 with a page of HTML, as something in between sends it; nothing is billed")

#define SQ_KINDS_ENUM(id, name, family, parameters, needs, sentence) SQ_FAULT_##id,
enum sq_fault_kind { SQ_FAULT_KIND_LIST(SQ_KINDS_ENUM) SQ_FAULT_KINDS };
#undef SQ_KINDS_ENUM

struct sq_fault_kind_row {
    const char *name;
    enum sq_family family;
    uint32_t parameters; /* bits of enum sq_fault_parameter */
    enum sq_fault_needs needs;
    const char *sentence;
};

const struct sq_fault_kind_row *sq_fault_kind_row(enum sq_fault_kind kind);
const char *sq_family_name(enum sq_family family);
bool sq_fault_kind_by_name(const char *name, size_t length, enum sq_fault_kind *kind);

#endif
