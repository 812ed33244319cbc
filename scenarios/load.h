/* SPDX-License-Identifier: MIT */
/*
 * Loading: JSON text to struct sq_scenario, through the field tables. All mistakes of all files are
 * collected in one go, each with place, excerpt and hint; a scenario is made only when there is
 * none. What this version cannot do yet is refused by name; nothing is silently ignored.
 */
#ifndef SQ_SCENARIOS_LOAD_H
#define SQ_SCENARIOS_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "scenarios/scenario.h"
#include "scenarios/sources/kept.h"

#define SQ_DIAGNOSTICS_MAX    100 /* mistakes kept of one load; further ones are counted */
#define SQ_OVERRIDES_MAX      64
#define SQ_THRESHOLD_SETS_MAX 16
#define SQ_SCENARIO_BYTES_MAX (16u * 1024 * 1024)

enum sq_severity { SQ_SEVERITY_ERROR, SQ_SEVERITY_WARNING };

/* The mistakes of a load. Zero-initialise; free with sq_diagnostics_clear. */
struct sq_diagnostics {
    struct sq_diagnostic *list; /* opaque to readers: use sq_diagnostics_add_text */
    uint32_t n_list;
    uint32_t n_errors;
    uint32_t n_warnings;
    bool no_memory;
};

/* Adds the text of all diagnostics, in order of file and place, in the form of STYLE: error[S017]:
 * ..., the place, the line, carets, the hint. color: ANSI colours. */
void sq_diagnostics_add_text(const struct sq_diagnostics *diagnostics, struct sq_strbuf *out,
                             bool color);
void sq_diagnostics_clear(struct sq_diagnostics *diagnostics);

/* What the command line lays over the file. Zero-initialised: nothing. */
struct sq_load_options {
    const char *policies[SQ_POLICIES_MAX]; /* -p: preset names or files; none: the scenario's own */
    uint8_t n_policies;
    const char *binds[SQ_ROLES_MAX]; /* --bind role=provider/model */
    uint8_t n_binds;
    bool has_seed;
    uint64_t seed;
    uint32_t n_seeds;                        /* 0: the scenario's */
    const char *overrides[SQ_OVERRIDES_MAX]; /* --set PATH=VALUE, in this order */
    uint8_t n_overrides;
    const char *thresholds[SQ_THRESHOLD_SETS_MAX]; /* --thresholds: sets by name or file; none: the
                                                      scenario's own */
    uint8_t n_thresholds;
    struct sq_kept *keep;       /* gets every file that is read; NULL: nothing is kept */
    const struct sq_kept *from; /* files come from here, none from the disk; NULL: from the disk */
};

/* Loads a scenario by catalog name or file. On SQ_OK *scenario is the caller's, to be freed with
 * sq_scenario_free; diagnostics may hold warnings. On SQ_INVALID diagnostics hold the mistakes.
 * SQ_ENVIRONMENT: unreadable file, in *err. */
SQ_MUST_USE enum sq_status sq_scenario_load(const char *name, const struct sq_load_options *options,
                                            struct sq_scenario **scenario,
                                            struct sq_diagnostics *diagnostics,
                                            struct sq_error *err);

/* A file that was read already. */
struct sq_scenario_text {
    const char *text;
    size_t length;
    const char *file; /* names it in diagnostics and anchors relative paths */
};

/* The same from text, for tests. */
SQ_MUST_USE enum sq_status sq_scenario_load_text(const struct sq_scenario_text *text,
                                                 const struct sq_load_options *options,
                                                 struct sq_scenario **scenario,
                                                 struct sq_diagnostics *diagnostics,
                                                 struct sq_error *err);

/* Checks a file that is a scenario or a policy (told apart by "schema", else by its keys); a policy
 * is checked by itself, its role names taken as they are. */
SQ_MUST_USE enum sq_status
sq_scenario_check_file(const char *name, struct sq_diagnostics *diagnostics, struct sq_error *err);

/* The same with options laid over the file; for a policy only the overrides of its own fields. */
SQ_MUST_USE enum sq_status sq_scenario_check_with(const char *name,
                                                  const struct sq_load_options *options,
                                                  struct sq_diagnostics *diagnostics,
                                                  struct sq_error *err);

#endif
