/* SPDX-License-Identifier: MIT */
/* Reading a command line by the option rows. Prints nothing: errors go back as text. */
#include "cli/options.h"

#include <string.h>

#include "base/spelling.h"
#include "host/clock.h"

#define ROW(id, letter_, name_, value_, repeated_, sentence_)                                      \
    [SQ_OPTION_##id] = {.letter = (letter_),                                                       \
                        .name = (name_),                                                           \
                        .value = (value_),                                                         \
                        .repeated = (repeated_),                                                   \
                        .sentence = (sentence_)},
static const struct sq_option_row rows[SQ_OPTIONS] = {SQ_OPTION_LIST(ROW)};
#undef ROW

const struct sq_option_row *sq_option_row(enum sq_option option)
{
    return &rows[option];
}

/* Where reading stands. */
struct reading {
    int argc;
    char **argv;
    int at;
    const enum sq_option *allowed;
    size_t n_allowed;
    struct sq_arguments *arguments;
    struct sq_error *err;
};

static enum sq_status keep(struct reading *reading, enum sq_option option, const char *value)
{
    struct sq_arguments *arguments = reading->arguments;
    const struct sq_option_row *row = &rows[option];
    size_t n = arguments->n_values[option];
    if (n > 0 && !row->repeated && row->value != NULL) {
        return sq_error_set(reading->err, SQ_INVALID, "option '--%s' was given twice", row->name);
    }
    if (n == SQ_OPTION_VALUES_MAX) {
        return sq_error_set(reading->err, SQ_INVALID, "option '--%s' was given more than %d times",
                            row->name, SQ_OPTION_VALUES_MAX);
    }
    arguments->values[option][n] = value;
    arguments->n_values[option] = n + 1;
    return SQ_OK;
}

/* The value of an option that was found, from the rest of its word or the next word. */
static enum sq_status take_value(struct reading *reading, enum sq_option option,
                                 const char *attached)
{
    const struct sq_option_row *row = &rows[option];
    if (row->value == NULL) {
        if (attached != NULL) {
            return sq_error_set(reading->err, SQ_INVALID, "option '--%s' takes no value",
                                row->name);
        }
        return keep(reading, option, "");
    }
    if (attached == NULL) {
        if (reading->at >= reading->argc) {
            return sq_error_set(reading->err, SQ_INVALID, "option '--%s' needs a value: %s",
                                row->name, row->value);
        }
        attached = reading->argv[reading->at++];
    }
    return keep(reading, option, attached);
}

static enum sq_status unknown(struct reading *reading, const char *word, size_t length)
{
    struct sq_spelling spelling = sq_spelling_start(word, length);
    for (size_t i = 0; i < reading->n_allowed; i++) {
        sq_spelling_offer(&spelling, rows[reading->allowed[i]].name);
    }
    sq_error_set(reading->err, SQ_INVALID, "unknown option '--%.*s'", (int)length, word);
    if (spelling.best != NULL) {
        return sq_error_hint(reading->err, "did you mean '--%s'?", spelling.best);
    }
    return SQ_INVALID;
}

static enum sq_status read_long(struct reading *reading, const char *word)
{
    const char *equals = strchr(word, '=');
    size_t length = equals == NULL ? strlen(word) : (size_t)(equals - word);
    for (size_t i = 0; i < reading->n_allowed; i++) {
        const char *name = rows[reading->allowed[i]].name;
        if (strlen(name) == length && memcmp(name, word, length) == 0) {
            return take_value(reading, reading->allowed[i], equals == NULL ? NULL : equals + 1);
        }
    }
    return unknown(reading, word, length);
}

/* -q, -qv, -p FILE, -pFILE. */
static enum sq_status read_letters(struct reading *reading, const char *letters)
{
    for (const char *letter = letters; *letter != '\0'; letter++) {
        const enum sq_option *found = NULL;
        for (size_t i = 0; i < reading->n_allowed && found == NULL; i++) {
            if (rows[reading->allowed[i]].letter == *letter) {
                found = &reading->allowed[i];
            }
        }
        if (found == NULL) {
            return sq_error_set(reading->err, SQ_INVALID, "unknown option '-%c'", *letter);
        }
        bool takes = rows[*found].value != NULL;
        const char *attached = takes && letter[1] != '\0' ? letter + 1 : NULL;
        enum sq_status status = take_value(reading, *found, attached);
        if (status != SQ_OK || takes) {
            return status;
        }
    }
    return SQ_OK;
}

static enum sq_status read_name(struct reading *reading, const char *word)
{
    struct sq_arguments *arguments = reading->arguments;
    if (arguments->n_names == SQ_ARGUMENTS_MAX) {
        return sq_error_set(reading->err, SQ_INVALID, "more than %d names on one command line",
                            SQ_ARGUMENTS_MAX);
    }
    arguments->names[arguments->n_names++] = word;
    return SQ_OK;
}

enum sq_status sq_arguments_read(int argc, char **argv, const enum sq_option *allowed,
                                 size_t n_allowed, struct sq_arguments *arguments,
                                 struct sq_error *err)
{
    struct reading reading = {.argc = argc,
                              .argv = argv,
                              .allowed = allowed,
                              .n_allowed = n_allowed,
                              .arguments = arguments,
                              .err = err};
    bool options = true;
    enum sq_status status = SQ_OK;
    arguments->rest = SIZE_MAX;
    while (reading.at < argc && status == SQ_OK) {
        const char *word = argv[reading.at++];
        if (!options || word[0] != '-' || word[1] == '\0') {
            status = read_name(&reading, word);
        } else if (strcmp(word, "--") == 0) {
            options = false;
            arguments->rest = arguments->n_names;
        } else if (word[1] == '-') {
            status = read_long(&reading, word + 2);
        } else {
            status = read_letters(&reading, word + 1);
        }
    }
    return status;
}

const char *sq_arguments_value(const struct sq_arguments *arguments, enum sq_option option,
                               const char *fallback)
{
    size_t n = arguments->n_values[option];
    return n == 0 ? fallback : arguments->values[option][n - 1];
}

bool sq_arguments_has(const struct sq_arguments *arguments, enum sq_option option)
{
    return arguments->n_values[option] > 0;
}

bool sq_decimal_option(const char *text, int decimals, int64_t max, int64_t *out)
{
    int64_t value = 0;
    int seen = -1;
    bool digits = false;
    for (const char *at = text; *at != '\0'; at++) {
        if (*at == '.' && seen < 0) {
            seen = 0;
            continue;
        }
        if (*at < '0' || *at > '9' || seen == decimals || value > max) {
            return false;
        }
        digits = true;
        value = value * 10 + (*at - '0');
        seen += seen >= 0;
    }
    for (int i = seen < 0 ? 0 : seen; i < decimals && value <= max; i++) {
        value *= 10;
    }
    *out = value;
    return digits && value <= max;
}

enum sq_status sq_arguments_number(const struct sq_arguments *arguments, enum sq_option option,
                                   uint64_t low, uint64_t high, uint64_t *out, struct sq_error *err)
{
    const char *text = sq_arguments_value(arguments, option, NULL);
    if (text == NULL) {
        return SQ_OK;
    }
    uint64_t value = 0;
    bool good = *text != '\0';
    for (const char *digit = text; good && *digit != '\0'; digit++) {
        good = *digit >= '0' && *digit <= '9' && !__builtin_mul_overflow(value, 10u, &value) &&
               !__builtin_add_overflow(value, (uint64_t)(*digit - '0'), &value);
    }
    if (!good || value < low || value > high) {
        return sq_error_set(
            err, SQ_INVALID, "option '--%s' takes a whole number from %llu to %llu, not '%s'",
            rows[option].name, (unsigned long long)low, (unsigned long long)high, text);
    }
    *out = value;
    return SQ_OK;
}

enum sq_status sq_arguments_word(const struct sq_arguments *arguments, enum sq_option option,
                                 const char *const words[3], int *chosen, struct sq_error *err)
{
    const char *text = sq_arguments_value(arguments, option, words[0]);
    for (int i = 0; i < 3; i++) {
        if (strcmp(text, words[i]) == 0) {
            *chosen = i;
            return SQ_OK;
        }
    }
    return sq_error_set(err, SQ_INVALID, "option '--%s' takes %s, not '%s'", rows[option].name,
                        rows[option].value, text);
}

enum sq_status sq_arguments_speed(const struct sq_arguments *arguments, int64_t *speed_milli,
                                  struct sq_error *err)
{
    const char *text = sq_arguments_value(arguments, SQ_OPTION_SPEED, "1");
    if (!sq_decimal_option(text, 3, SQ_CLOCK_SPEED_MILLI_MAX, speed_milli) ||
        *speed_milli < SQ_CLOCK_SPEED_MILLI_MIN) {
        return sq_error_set(err, SQ_INVALID,
                            "option '--speed' takes a number from 0.001 to 1000, not '%s'", text);
    }
    return SQ_OK;
}
