/* SPDX-License-Identifier: MIT */
/*
 * Options: one row each; they mean the same in every command that has them. Parsing knows --name
 * VALUE, --name=VALUE, -n VALUE, -nVALUE and -- for "no more options"; every mistake is a usage
 * error with the nearest right spelling.
 */
#ifndef SQ_CLI_OPTIONS_H
#define SQ_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* X(enumerator, short letter or 0, long name, value or NULL for a flag, may be repeated, sentence)
 */
#define SQ_OPTION_LIST(X)                                                                          \
    X(POLICY, 'p', "policy", "FILE|PRESET", true,                                                  \
      "run this policy instead of the scenario's own; repeat to compare side by side on the same " \
      "draws")                                                                                     \
    X(BIND, 0, "bind", "ROLE=PROVIDER/MODEL", true,                                                \
      "bind a role that the scenario lacks, or rebind one")                                        \
    X(MODE, 0, "mode", "virtual|live|both", false,                                                 \
      "which clock: virtual time (default), real HTTP, or both compared")                          \
    X(SEED, 0, "seed", "N", false, "the first seed, instead of the scenario's")                    \
    X(SEEDS, 0, "seeds", "K", false, "run K seeds, from the first one on")                         \
    X(JOBS, 'j', "jobs", "N", false,                                                               \
      "threads for virtual runs (default: all cores); the result does not depend on it")           \
    X(SHARD, 0, "shard", "I/N", false,                                                             \
      "run only share I of N of all policies, scenarios and seeds, I from 1 on; squall merge "     \
      "puts "                                                                                      \
      "the parts together")                                                                        \
    X(OUTPUT, 'o', "output", "[FORMAT=]PATH", true,                                                \
      "write a report; the format by name or by the path's extension; - is standard output")       \
    X(FORMAT, 0, "format", "FORMAT", false, "what goes to standard output (default: text)")        \
    X(SPEED, 0, "speed", "X", false,                                                               \
      "live: scenario seconds per real second, 0.001 to 1000 (default: 1)")                        \
    X(PORT, 0, "port", "PROVIDER=N", true,                                                         \
      "listen on this port of 127.0.0.1 for a provider (default: any free one)")                   \
    X(PORTS, 0, "ports", "FILE", false, "write ports and URLs as JSON, once all can be reached")   \
    X(FOR, 0, "for", "DURATION", false, "end after this span of scenario time, such as 90s or 5m") \
    X(SET, 0, "set", "PATH=VALUE", true,                                                           \
      "change the scenario before it is read, such as policy.retry.max_attempts=3 or "             \
      "faults[0].for=30s; VALUE is JSON or a text")                                                \
    X(THRESHOLDS, 0, "thresholds", "FILE|SET", true,                                               \
      "judge by these thresholds instead of the scenario's own; sets: batch, interactive")         \
    X(TAG, 0, "tag", "T", true, "run only scenarios that have one of these tags")                  \
    X(LABEL, 0, "label", "K=V", true, "note this in every report, such as commit=1a2b3c")          \
    X(DRY_RUN, 0, "dry-run", NULL, false,                                                          \
      "say what would run: seeds, policies, expected calls, fault windows; run nothing")           \
    X(FAIL_FAST, 0, "fail-fast", NULL, false, "stop after the first scenario that fails")          \
    X(EXIT_CODE_ON_FAIL, 0, "exit-code-on-fail", "N", false,                                       \
      "the exit code instead of 1 when a check failed, 0 to 125")                                  \
    X(TARGET_URL, 0, "target-url", "[ROLE=]URL", true,                                             \
      "live: send to somebody else's endpoint, named as OPENAI_BASE_URL would name it; the key "   \
      "comes from OPENAI_API_KEY")                                                                 \
    X(ALLOW_REMOTE, 0, "allow-remote", NULL, false,                                                \
      "let --target-url leave this machine; needs --max-cost or --max-calls")                      \
    X(MAX_COST, 0, "max-cost", "USD", false,                                                       \
      "start no further call to --target-url once this much was spent, by the scenario's prices")  \
    X(MAX_CALLS, 0, "max-calls", "N", false,                                                       \
      "start at most so many calls to --target-url, shared by all runs")                           \
    X(QUIET, 'q', "quiet", NULL, false, "print the last line only")                                \
    X(VERBOSE, 'v', "verbose", NULL, false,                                                        \
      "say more on standard error: seeds, digests, what was written")                              \
    X(COLOR, 0, "color", "auto|always|never", false,                                               \
      "colours (default: auto; NO_COLOR is honoured)")                                             \
    X(PROGRESS, 0, "progress", "auto|always|never", false,                                         \
      "progress on standard error (default: auto, on a terminal)")                                 \
    X(RESOLVED, 0, "resolved", NULL, false,                                                        \
      "print a policy as it is after defaults and overrides, one set per role")                    \
    X(AGAINST, 0, "against", "SCHEMA", false,                                                      \
      "check any JSON file against a JSON Schema: a file, {...} itself, true or false")            \
    X(HELP, 'h', "help", NULL, false, "explain the command")

#define SQ_OPTIONS_ENUM(id, letter, name, value, repeated, sentence) SQ_OPTION_##id,
enum sq_option { SQ_OPTION_LIST(SQ_OPTIONS_ENUM) SQ_OPTIONS };
#undef SQ_OPTIONS_ENUM

struct sq_option_row {
    char letter; /* 0: none */
    const char *name;
    const char *value; /* NULL: a flag */
    bool repeated;
    const char *sentence;
};

const struct sq_option_row *sq_option_row(enum sq_option option);

#define SQ_ARGUMENTS_MAX     4096 /* files of one command line: as many as there may be shards */
#define SQ_OPTION_VALUES_MAX 64   /* of one repeated option */

struct sq_arguments {
    const char *command;
    const char *values[SQ_OPTIONS][SQ_OPTION_VALUES_MAX]; /* "" for a flag */
    size_t n_values[SQ_OPTIONS];
    const char *names[SQ_ARGUMENTS_MAX]; /* what is not an option, in order */
    size_t n_names;
    size_t rest; /* names[rest] is the first after "--"; SIZE_MAX: there was no "--" */
};

/* Reads argv[0..argc) by the options allowed. Strings are borrowed from argv. SQ_INVALID: a usage
 * error. */
SQ_MUST_USE enum sq_status sq_arguments_read(int argc, char **argv, const enum sq_option *allowed,
                                             size_t n_allowed, struct sq_arguments *arguments,
                                             struct sq_error *err);

/* The value given last, or the fallback. */
const char *sq_arguments_value(const struct sq_arguments *arguments, enum sq_option option,
                               const char *fallback);
bool sq_arguments_has(const struct sq_arguments *arguments, enum sq_option option);

/* "2", "0.5", "12.25" as a whole number of 10^-decimals; false: none of at most so many decimals,
 * or above max. */
bool sq_decimal_option(const char *text, int decimals, int64_t max, int64_t *out);

/* A whole number within [low, high]; absent: *out stays. */
SQ_MUST_USE enum sq_status sq_arguments_number(const struct sq_arguments *arguments,
                                               enum sq_option option, uint64_t low, uint64_t high,
                                               uint64_t *out, struct sq_error *err);

/* Which of three words an option says, *chosen 0 to 2; absent: the first. */
SQ_MUST_USE enum sq_status sq_arguments_word(const struct sq_arguments *arguments,
                                             enum sq_option option, const char *const words[3],
                                             int *chosen, struct sq_error *err);

/* --speed as scenario milliseconds a real second; absent: 1000. */
SQ_MUST_USE enum sq_status sq_arguments_speed(const struct sq_arguments *arguments,
                                              int64_t *speed_milli, struct sq_error *err);

#endif
