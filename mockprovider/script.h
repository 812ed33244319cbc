/* SPDX-License-Identifier: MIT */
/*
 * The script: all that the far side does, resolved. scenarios/ reads providers and faults from a
 * file; what remains is this struct: complete, checked, immutable, borrowed by provider, server and
 * reports. Names became indices: a model is a number over all providers.
 *
 * Units: nanoseconds; prices in pico-dollars per token (1 USD per million tokens = 1,000,000);
 * shares as Q32.
 */
#ifndef SQ_MOCKPROVIDER_SCRIPT_H
#define SQ_MOCKPROVIDER_SCRIPT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/curve.h"
#include "base/dist.h"
#include "base/time.h"
#include "mockprovider/kinds.h"
#include "mockprovider/request/clauses.h"
#include "mockprovider/request/identity.h"
#include "wire/dialect.h"

#define SQ_PROVIDERS_MAX     16
#define SQ_MODELS_MAX        64 /* over all providers: a rule's `where` is one 64-bit word */
#define SQ_RULES_MAX         256
#define SQ_RULE_HEADERS_MAX  8
#define SQ_RULE_SEQUENCE_MAX 64
#define SQ_QUOTAS_MAX        4  /* of one provider */
#define SQ_CONTRACTS_MAX     56 /* of 32 kinds of requests, and of 8 policies with 3 layers */
#define SQ_SCRIPT_NAME_BYTES 64

struct sq_price {
    int64_t input; /* pico-dollars per token */
    int64_t cached_input;
    int64_t output;
};

/* Bytes of a body whose size does not depend on the draw; measured by body.c when the script is
 * made. Events grow when the totals were asked for (`usage: null`): the index is
 * sq_plan_request.include_usage. The totals are counted as three numbers of no digits. */
struct sq_body_sizes {
    uint32_t stream_first_bytes[2]; /* the role event */
    uint32_t stream_token_bytes[2]; /* one content event of one token */
    uint32_t stream_end_bytes[2];   /* finish, totals, end mark */
    uint32_t plain_fixed_bytes;     /* a plain body without its content */
};

/* What requests of one kind ask of an answer's text, as the provider needs to know it: a text that
 * will do. Contract n of a script is contracts[n - 1]; 0 is none: the text is filler prose, also
 * where a contract has no sample. */
struct sq_script_contract {
    const char *sample; /* JSON, ASCII, at most SQ_SAMPLE_BYTES_MAX; NULL: any text will do */
    uint32_t fill_at;   /* filler may stand in front of this byte without breaking it: */
    bool fill_blank;    /* spaces only (between values); else prose (inside a string) */
    const char *wrong;  /* JSON as above that the contract refuses; NULL: none is known, or no rule
                           asks for it */
    uint32_t wrong_fill_at;
    bool wrong_fill_blank;
};
#define SQ_SAMPLE_BYTES_MAX 4096

struct sq_model {
    char name[SQ_SCRIPT_NAME_BYTES];      /* as on the wire: "gpt-4o" */
    char label[2 * SQ_SCRIPT_NAME_BYTES]; /* "openai/gpt-4o" */
    uint8_t provider;
    struct sq_dist ttft;        /* ns from start of service to the first token */
    struct sq_dist pace;        /* ns per token, of one answer */
    sq_dur prefill;             /* added to ttft, ns per input token */
    uint32_t max_output_tokens; /* what a quota reserves when a request names no limit */
    struct sq_price price;
    struct sq_body_sizes sizes;
};

/* A limit of the provider, kept as a bucket that refills continuously: per_minute * window / 60 s
 * fit in, at least 1; it starts full. */
enum sq_quota_scope { SQ_QUOTA_PROVIDER, SQ_QUOTA_MODEL };
enum sq_quota_reserve {
    SQ_QUOTA_ACTUAL,    /* takes input and output as they will be, for good */
    SQ_QUOTA_MAX_TOKENS /* takes input and the request's limit; what was not billed comes back */
};

struct sq_quota {
    int64_t requests_per_minute; /* 0: no such limit */
    int64_t tokens_per_minute;   /* 0: no such limit */
    sq_dur window;               /* an empty bucket is full again after it */
    enum sq_quota_scope scope;
    enum sq_quota_reserve reserve;
};

enum sq_on_disconnect { SQ_ON_DISCONNECT_STOP, SQ_ON_DISCONNECT_FINISH };

struct sq_provider_spec {
    char name[SQ_SCRIPT_NAME_BYTES];
    const struct sq_dialect *dialect;
    uint64_t models;             /* bits over sq_script.models */
    enum sq_on_disconnect plain; /* what becomes of slot, tokens and bill when the client leaves */
    enum sq_on_disconnect stream;
    struct sq_quota quotas[SQ_QUOTAS_MAX]; /* all must admit an attempt */
    uint8_t n_quotas;
};

/* How often a rule strikes among the attempts it matches. Each opening of a repeated window counts
 * anew. Every matching attempt counts, also one that another rule or a draw lets pass or hides. A
 * rule that needs a stream matches streamed attempts only. */
enum sq_count_kind {
    SQ_COUNT_ALL,
    SQ_COUNT_FIRST,   /* the first n */
    SQ_COUNT_EVERY,   /* the n-th, 2n-th, ... */
    SQ_COUNT_RANGE,   /* from..to, both included, from 1 */
    SQ_COUNT_SEQUENCE /* strikes where bit i of sequence is set; past its end never */
};

struct sq_count {
    enum sq_count_kind kind;
    uint32_t first; /* n, or from */
    uint32_t last;  /* to */
    uint64_t sequence;
    uint8_t n_sequence;
};

/* What shares one draw and one count; who has no key, tenant or session shares them with all who
 * have none. */
enum sq_per { SQ_PER_ATTEMPT, SQ_PER_CALL, SQ_PER_KEY, SQ_PER_TENANT, SQ_PER_SESSION };

/* Tri-state matches: -1 any, 0 no, 1 yes. */
struct sq_match {
    int8_t stream;
    uint16_t attempt; /* the n-th attempt of its call; 0: any */
    uint32_t clauses; /* bits over sq_script.clauses: all must hold */
    uint64_t key;     /* as in sq_identity; 0: any */
    uint64_t tenant;
};

enum sq_retry_after_kind {
    SQ_RETRY_AFTER_NONE,
    SQ_RETRY_AFTER_SECONDS,      /* retry-after: whole seconds of span */
    SQ_RETRY_AFTER_MILLISECONDS, /* retry-after-ms: milliseconds of span */
    SQ_RETRY_AFTER_DATE,  /* retry-after: the HTTP date of now + span (span may be negative) */
    SQ_RETRY_AFTER_RAW,   /* retry-after: raw, as it stands */
    SQ_RETRY_AFTER_REFILL /* retry-after: whole seconds until the quotas admit such an attempt */
};

struct sq_retry_after {
    enum sq_retry_after_kind kind;
    sq_dur span;
    const char *raw; /* also for {"seconds": "0.5"} */
};

#define SQ_RETRY_AFTERS_MAX 4 /* hints that may disagree */

enum sq_body_form { SQ_BODY_JSON, SQ_BODY_HTML, SQ_BODY_TEXT };

struct sq_header {
    const char *name;
    const char *value;
};

enum sq_ending { SQ_ENDING_COMPLETE, SQ_ENDING_FIN, SQ_ENDING_RST, SQ_ENDING_SILENCE };

/* How a text fails to be JSON. */
enum sq_json_shape {
    SQ_JSON_SHAPE_FENCED,     /* JSON inside a Markdown fence */
    SQ_JSON_SHAPE_PROSE,      /* JSON between two sentences */
    SQ_JSON_SHAPE_PLAIN_TEXT, /* no JSON at all */
    SQ_JSON_SHAPE_TRUNCATED,  /* its end is missing */
    SQ_JSON_SHAPE_TRAILING_COMMA,
    SQ_JSON_SHAPE_SINGLE_QUOTES,
    SQ_JSON_SHAPE_CONTROL_CHARACTER, /* a raw one inside */
    SQ_JSON_SHAPE_NAN,
    SQ_JSON_SHAPES
};

#define SQ_UNSET_U32 UINT32_MAX /* an optional count that was not given */

/* What a rule does; only what its kind's row names is used. */
struct sq_effect {
    uint16_t status;
    const char *error_code; /* NULL: the dialect's own for this status */
    const char *error_type;
    const char *message;
    enum sq_body_form body_form;
    const char *should_retry; /* x-should-retry, or NULL */
    struct sq_retry_after retry_after[SQ_RETRY_AFTERS_MAX];
    uint8_t n_retry_after;
    struct sq_header headers[SQ_RULE_HEADERS_MAX];
    uint8_t n_headers;
    sq_dur add;
    uint64_t factor_q32;
    uint32_t after_tokens; /* SQ_UNSET_U32: not given */
    uint32_t after_bytes;  /* SQ_UNSET_U32: not given */
    enum sq_ending ending;
    sq_dur for_each; /* SQ_NEVER: until the client leaves */
    bool in_flight;
    enum sq_json_shape shape;
};

struct sq_rule {
    char name[SQ_SCRIPT_NAME_BYTES]; /* given, or "status@openai/gpt-4o#1": kind, where, ordinal
                                        among equals */
    uint32_t key; /* of the name: keys the draws, so that other rules change nothing here */
    enum sq_fault_kind kind;
    uint64_t models; /* where: bits over sq_script.models */
    struct sq_match match;
    bool windowed;      /* `at` was given: the rule counts as a fault window in reports */
    sq_time at;         /* window [at, at + span), repeated every `every` */
    sq_dur span;        /* SQ_NEVER: to the end */
    sq_dur every;       /* 0: once */
    uint64_t share_q32; /* probability; SQ_DRAW_ALWAYS when none was given */
    struct sq_curve
        probability; /* empty: share_q32 holds; else Q32 shares from the window's start */
    struct sq_count count;
    enum sq_per per;
    struct sq_effect effect;
};

struct sq_script {
    int64_t epoch_s; /* Unix seconds of scenario time zero */
    uint8_t n_providers;
    struct sq_provider_spec providers[SQ_PROVIDERS_MAX];
    uint8_t n_models;
    struct sq_model models[SQ_MODELS_MAX];
    uint16_t n_rules;
    struct sq_rule *rules; /* in file order; owned by the scenario */
    uint8_t n_clauses;
    struct sq_clause clauses[SQ_CLAUSES_MAX]; /* of all rules */
    uint8_t n_contracts;
    struct sq_script_contract contracts[SQ_CONTRACTS_MAX];
};

/* Whether the rule's window is open at now; *start is when the present window opened. Rules without
 * `at` are always open from 0. */
bool sq_rule_open(const struct sq_rule *rule, sq_time now, sq_time *start);

/* The first opening at or after now; SQ_NEVER: none. */
sq_time sq_rule_next_opening(const struct sq_rule *rule, sq_time now);

/* The k-th window of a rule (k from 0) within [0, end); false: there is none. */
bool sq_rule_window(const struct sq_rule *rule, uint32_t k, sq_time end, sq_time *from,
                    sq_time *to);

#endif
