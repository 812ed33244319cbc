/* SPDX-License-Identifier: MIT */
/*
 * Settings: one policy, resolved. scenarios/ reads a policy file, applies its overrides per role
 * and binds its role names; what remains is this struct: complete, checked, immutable, one set per
 * layer and role. The engine borrows it for its whole life and never looks at a file.
 *
 * Units: spans in nanoseconds, SQ_NEVER for "no limit"; shares and factors as Q32 (value * 2^32).
 */
#ifndef SQ_POLICIES_SETTINGS_H
#define SQ_POLICIES_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"
#include "policies/words.h"

#define SQ_ROLES_MAX          8   /* roles of one scenario */
#define SQ_RUNGS_MAX          8   /* steps of one fallback ladder */
#define SQ_LAYERS_MAX         3   /* policies stacked in one another */
#define SQ_CLASSIFY_RULES_MAX 16  /* rules of one `classify` list */
#define SQ_ATTEMPTS_MAX       255 /* retry.max_attempts, on one rung of one layer */
#define SQ_NAME_BYTES         64  /* any name in a file, with its NUL */
#define SQ_ANSWER_RULES_MAX   32  /* rules of one `rules` rung */
#define SQ_REASKS_MAX         10  /* contract.reask.max */

/* retry.budget.floor_per_second; ten seconds of it, in the smallest ratio, fit 63 bits */
#define SQ_BUDGET_FLOOR_MAX 100000

#define SQ_STATUS_MIN 100
#define SQ_STATUS_MAX 599

/* A list such as [502, "timeout"]: an attempt matches by its class or by its status. */
struct sq_on {
    uint64_t classes;                                            /* bits of enum sq_class */
    uint64_t statuses[(SQ_STATUS_MAX - SQ_STATUS_MIN) / 64 + 1]; /* bit status - SQ_STATUS_MIN */
};

/* status 0: none came. */
bool sq_on_matches(const struct sq_on *on, enum sq_class klass, uint16_t status);
void sq_on_add_status(struct sq_on *on, uint16_t status);

/* How long a phase may last. connect, first_byte, first_token and attempt run from the send; idle
 * from the last byte after the headers; total from the start of the call in its layer. Of an outer
 * layer only attempt and total count: the other phases are those of the wire, which the innermost
 * layer sees. total and retry.report are the wanted role's, whatever rung a call is on. */
struct sq_timeouts {
    sq_dur connect;
    sq_dur first_byte;
    sq_dur first_token;
    sq_dur idle;
    sq_dur attempt;
    sq_dur total;
};

enum sq_delay_kind { SQ_DELAY_CONSTANT, SQ_DELAY_LINEAR, SQ_DELAY_EXPONENTIAL };

/* With x the delay and u a draw in [0, 1): none x; full u*x; equal x/2 + u*x/2; subtractive x*(1 -
 * f*u); additive x + a*u. One draw each. */
enum sq_jitter_kind {
    SQ_JITTER_NONE,
    SQ_JITTER_FULL,
    SQ_JITTER_EQUAL,
    SQ_JITTER_SUBTRACTIVE,
    SQ_JITTER_ADDITIVE
};

/* The wait before the k-th retry (k from 0): constant d; linear d*(k+1); exponential d*factor^k;
 * then cap, then jitter (or jitter, then cap, when cap_after_jitter). */
struct sq_delay {
    enum sq_delay_kind kind;
    sq_dur initial;
    uint64_t factor_q32; /* exponential only, >= 1.0 */
    sq_dur cap;          /* SQ_NEVER: none */
    bool cap_after_jitter;
    enum sq_jitter_kind jitter;
    uint64_t jitter_share_q32; /* f of subtractive */
    sq_dur jitter_span;        /* a of additive */
};

enum sq_hint_above {
    SQ_HINT_ABOVE_IGNORE, /* wait the computed delay */
    SQ_HINT_ABOVE_FORBID  /* do not retry on this rung; outranks x-should-retry: true */
};

enum sq_hint_combine {
    SQ_HINT_REPLACE, /* the hint is the delay; no jitter is drawn */
    SQ_HINT_MAX      /* the longer of hint and computed delay */
};

/* Which hints are read, in this order: retry-after-ms, retry-after as seconds, as whole seconds, as
 * a date. */
enum sq_hint_source {
    SQ_HINT_MILLISECONDS = 1 << 0, /* retry-after-ms, a decimal number */
    SQ_HINT_SECONDS = 1 << 1,      /* retry-after, a decimal number */
    SQ_HINT_DATE =
        1 << 2, /* retry-after, an HTTP date, minus the time of receipt (whole seconds) */
    SQ_HINT_SHOULD_RETRY = 1 << 3, /* x-should-retry: true forces a retry, false forbids it */
    SQ_HINT_WHOLE_SECONDS = 1 << 4 /* retry-after, digits only: int(...) of a naive client */
};

/* What a hint is that none of the sources can read; one that is absent is never invalid. */
enum sq_hint_invalid {
    SQ_HINT_INVALID_IGNORE,
    SQ_HINT_INVALID_ABORT /* the reader's own exception: the rung is left without a retry */
};

struct sq_hint_settings {
    uint32_t sources; /* bits of enum sq_hint_source; 0: hints are ignored */
    sq_dur low; /* the interval of accepted hints; what is below it or unreadable is ignored */
    sq_dur high;
    bool low_included;
    bool high_included;
    enum sq_hint_above above;
    enum sq_hint_combine combine;
    enum sq_hint_invalid invalid;
    bool sleep_then_fail; /* a failure that is not retried still waits for an accepted hint */
    bool listed;          /* only the hints of failures in `on` are read; false: of any */
    struct sq_on on;
};

/* When an answer becomes the caller's: from then on a failure is final. */
enum sq_commit {
    SQ_COMMIT_AUTO, /* first token for streams, end otherwise and with a contract */
    SQ_COMMIT_HEADERS,
    SQ_COMMIT_FIRST_TOKEN,
    SQ_COMMIT_END
};

enum sq_report { SQ_REPORT_LAST, SQ_REPORT_FIRST }; /* whose error the caller sees */

/* Each call that begins on the role deposits, each retry withdraws, both for ten seconds. What the
 * deposits pay for is `ratio` retries a call; the floor is paid for always. */
struct sq_retry_budget {
    bool on;
    uint64_t ratio_q32; /* at most 1.0 */
    uint32_t floor_per_second;
};

struct sq_retry {
    uint16_t max_attempts; /* 1: no retry */
    enum sq_commit commit_at;
    enum sq_report report;
    struct sq_on on;
    struct sq_delay delay;
    struct sq_hint_settings hint;
    struct sq_retry_budget budget;
};

/* Trips on either rule; a rule with 0 attempts is off. Counts include the current result (>=
 * trips). */
struct sq_breaker_trip {
    uint32_t consecutive;      /* failures in a row */
    uint32_t minimum_attempts; /* of the window, before the ratio is looked at */
    uint64_t failure_share_q32;
    sq_dur window; /* sliding, in SQ_BREAKER_BUCKETS buckets */
};

#define SQ_BREAKER_BUCKETS   10
#define SQ_BREAKER_KEYS_MAX  64 /* breakers of one layer */
#define SQ_BREAKER_ADMIT_MAX 64 /* half_open.admit */

struct sq_breaker {
    bool on;
    uint16_t key; /* which breaker of the layer this role's attempts share, 0 .. n_breakers - 1 */
    struct sq_breaker_trip trip;
    sq_dur open_for;          /* open until now >= opened + open_for */
    uint16_t admit;           /* probes in flight while half open; as many successes close */
    sq_dur lease_timeout;     /* a probe without a result by then counts as failure */
    uint8_t mark[SQ_CLASSES]; /* enum sq_mark a class; SQ_CLASS_NONE is a success */
};

/* What the client imposes on itself. Roles with the same key share one object. Of an outer layer
 * only concurrency counts: connections are those of the wire. */
struct sq_limits {
    uint16_t key;         /* which object of the layer, 0 .. n_limits - 1 */
    uint32_t concurrency; /* attempts under way, those that wait for a connection included; one more
                             is refused; 0: no limit */
    uint32_t connections; /* attempts on the wire; one more waits, first come first served; 0: no
                             limit */
    uint32_t keep_alive;  /* idle connections a live carrier keeps */
    sq_dur pool_wait;     /* for a connection; 0: refused at once; SQ_NEVER: without end */
};

#define SQ_LIMITS_MAX     (SQ_ROLES_MAX + 1) /* objects of one layer: one a role and the shared one */
#define SQ_KEEP_ALIVE_ALL UINT32_MAX

/* What is done with an answer that breaks the contract. A re-ask is the same question again, with
 * the bad answer and what was wrong with it behind; at once, and not one of max_attempts. A
 * truncated answer is not asked for again: it would end at the same limit. */
struct sq_contract_settings {
    bool required;   /* every call has a contract, whether its request says so or not */
    uint8_t own;     /* which one, as the scenario counts them from 1: the policy's own; 0: that of
                        the request. For whoever sends, the engine needs not to know */
    uint32_t repair; /* bits 1u << enum sq_repair_step (wire/repair.h), for whoever reads answers:
                        only those of the innermost layer, the one at the wire, are used */
    uint8_t reask_max; /* on one rung */
};

enum sq_rung_kind {
    SQ_RUNG_ROLE,
    SQ_RUNG_ANSWER,
    SQ_RUNG_RULES /* at most one of all layers: the rule that fits the call's question answers */
};

/* One rule of the `rules` rung. The driver compares; the engine is told which one fits. */
struct sq_answer_rule {
    const char *contains; /* lives as long as the settings, like the answer */
    const char *answer;
    bool word; /* the text stands as a word of its own */
};

struct sq_rung {
    enum sq_rung_kind kind;
    struct sq_on on;       /* which failures lead here */
    uint8_t role;          /* of SQ_RUNG_ROLE */
    bool counts_as_answer; /* a fixed answer that counts as available (outcome substitute) */
    const char *answer;    /* of SQ_RUNG_ANSWER; lives as long as the settings */
};

/* First match wins; an attempt that no rule matches is classed by the built-in table. */
struct sq_classify_rule {
    uint16_t status;   /* 0: any */
    uint64_t code_key; /* sq_digest_name of error.code or error.type; 0: any */
    enum sq_class klass;
};

struct sq_role_settings {
    struct sq_timeouts timeouts;
    struct sq_retry retry;
    struct sq_breaker breaker;
    struct sq_limits limits;
};

struct sq_layer_settings {
    struct sq_role_settings role[SQ_ROLES_MAX];
    struct sq_rung rungs[SQ_RUNGS_MAX];
    uint8_t n_rungs;
    struct sq_classify_rule classify[SQ_CLASSIFY_RULES_MAX];
    uint8_t n_classify;
    struct sq_answer_rule
        rules[SQ_ANSWER_RULES_MAX]; /* of its SQ_RUNG_RULES, the first that fits counts */
    uint8_t n_rules;
    struct sq_contract_settings contract;
    uint16_t n_limits;
    uint16_t n_breakers;
    char breaker_name[SQ_BREAKER_KEYS_MAX][2 * SQ_NAME_BYTES]; /* "openai/gpt-4o", for reports */
};

/* Layer 0 is the outermost; only the last one's sends reach the wire. */
struct sq_settings {
    char name[SQ_NAME_BYTES];
    uint8_t n_roles;
    uint8_t n_layers; /* at least 1 */
    struct sq_layer_settings layers[SQ_LAYERS_MAX];
    int64_t epoch_s; /* scenario time zero in Unix seconds, for hints that are dates */
};

#endif
