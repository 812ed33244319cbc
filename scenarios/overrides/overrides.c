/* SPDX-License-Identifier: MIT */
/* Laying --set over documents: find the place, make the pieces, splice. */
#include "scenarios/overrides_int.h"

#include <string.h>

#include "base/assert.h"
#include "base/json_write.h"
#include "scenarios/overrides/overrides_int.h"
#include "wire/text.h"

#define OPTION    "--set "
#define STEPS_MAX (SQ_OVERRIDE_STEPS_MAX / 2) /* a step that is made takes two pieces */

/* ---- saying what is wrong ---- */

static uint32_t code_points(const char *text, size_t length)
{
    uint32_t n = 0;
    for (size_t i = 0; i < length; i++) {
        n += ((unsigned char)text[i] & 0xc0) != 0x80;
    }
    return n;
}

bool sq_override_complain(struct sq_reader *reader, const struct sq_override *override,
                          struct sq_override_place place, const char *hint, const char *text)
{
    struct sq_mistake mistake = {.code = SQ_CODE_OVERRIDE,
                                 .file = "command line",
                                 .begin = override->shown,
                                 .at = override->shown + place.at,
                                 .end = override->shown + override->length,
                                 .width = code_points(override->shown + place.at, place.length),
                                 .text = text,
                                 .hint = hint};
    sq_diagnostics_add(reader->diagnostics, &mistake);
    return false;
}

/* ---- options ---- */

/* The "=" that ends the path; quoted keys may hold others. 0: none. */
static size_t equals_at(const char *shown, size_t at)
{
    bool quoted = false;
    for (; shown[at] != '\0'; at++) {
        quoted = shown[at] == '"' ? !quoted : quoted;
        if (shown[at] == '=' && !quoted) {
            return at;
        }
    }
    return 0;
}

/* Whether VALUE is JSON; what begins like JSON and is none is a mistake. */
static bool read_value(struct sq_reader *reader, struct sq_override *override)
{
    struct sq_json_document *json = NULL;
    struct sq_error err = {0};
    const char *value = override->shown + override->value_at;
    size_t length = override->length - override->value_at;
    enum sq_status status = sq_json_read(value, length, NULL, &json, &err);
    sq_json_free(json);
    reader->no_memory |= status == SQ_NO_MEMORY;
    override->is_json = status == SQ_OK;
    struct sq_override_place place = {override->value_at, length};
    if (!sq_text_valid(value, length)) {
        return sq_override_complain(reader, override, place, NULL, "the value is not UTF-8");
    }
    if (override->is_json || length == 0 || strchr("{[\"", value[0]) == NULL) {
        return true;
    }
    return sq_override_complain(reader, override, place,
                                err.hint[0] == '\0' ? NULL : sq_phrase(reader, "%s", err.hint),
                                sq_phrase(reader, "the value is not JSON: %s", err.text));
}

static bool read_option(struct sq_reader *reader, const char *option, struct sq_override *override)
{
    size_t length = strlen(option);
    char *shown = sq_reader_scratch(reader, sizeof(OPTION) + length, 1);
    if (shown == NULL) {
        return false;
    }
    memcpy(shown, OPTION, sizeof(OPTION) - 1);
    memcpy(shown + sizeof(OPTION) - 1, option, length + 1);
    *override = (struct sq_override){
        .shown = shown, .length = sizeof(OPTION) - 1 + length, .path_at = sizeof(OPTION) - 1};
    size_t equals = equals_at(shown, override->path_at);
    if (equals == 0 || equals == override->path_at) {
        return sq_override_complain(reader, override,
                                    (struct sq_override_place){override->path_at, length},
                                    "write PATH=VALUE, such as policy.retry.max_attempts=3",
                                    equals == 0 ? "no value is given" : "no path is given");
    }
    override->value_at = equals + 1;
    return read_value(reader, override);
}

void sq_overrides_read(struct sq_reader *reader, const char *const *options, uint8_t n_options)
{
    struct sq_override *list =
        n_options == 0 ? NULL : sq_reader_scratch(reader, n_options, sizeof(*list));
    for (uint8_t i = 0; i < n_options && list != NULL; i++) {
        if (read_option(reader, options[i], &list[reader->n_overrides])) {
            reader->n_overrides++;
        }
    }
    reader->overrides = list;
}

/* The part of a path behind its first key, when that is `key`; 0: it is not. The end of the path
 * when nothing follows. */
static size_t behind_key(const struct sq_override *override, const char *key)
{
    size_t length = strlen(key);
    const char *path = override->shown + override->path_at;
    if (strncmp(path, key, length) != 0 || strchr(".[=", path[length]) == NULL) {
        return 0;
    }
    return override->path_at + length + (path[length] == '.');
}

void sq_overrides_refuse(struct sq_reader *reader, const char *key, const char *option)
{
    for (uint8_t i = 0; i < reader->n_overrides; i++) {
        const struct sq_override *override = &reader->overrides[i];
        size_t behind = behind_key(override, key);
        bool whole = behind == override->value_at - 1;
        if (behind != 0 && (whole || strcmp(key, "policy") != 0)) {
            sq_override_complain(
                reader, override, (struct sq_override_place){override->path_at, strlen(key)},
                sq_phrase(reader, "give one of them"),
                sq_phrase(reader, "both --set and %s say what `%s` is", option, key));
        }
    }
}

/* ---- pieces ---- */

static void add_piece(struct sq_override_splice *splice, const struct sq_override *override,
                      struct sq_override_place place, const char *text)
{
    sq_assert(splice->n_pieces < SQ_OVERRIDE_STEPS_MAX + 4);
    splice->texts[splice->n_pieces] = text;
    splice->pieces[splice->n_pieces++] =
        (struct sq_piece){.length = strlen(text),
                          .source = override->shown,
                          .source_length = override->length,
                          .offset = place.at,
                          .width = code_points(override->shown + place.at, place.length),
                          .of_option = true,
                          .fixed = true};
}

static const char *kept(struct sq_reader *reader, struct sq_strbuf *text)
{
    const char *copy = sq_arena_text(reader->scratch, sq_strbuf_text(text), text->length);
    reader->no_memory |= copy == NULL || sq_strbuf_failed(text);
    sq_strbuf_clear(text);
    return copy == NULL ? "" : copy;
}

/* `"key":`, with what stands before it. */
static void add_key(struct sq_reader *reader, struct sq_override_splice *splice,
                    const struct sq_override *override, const struct sq_override_step *step,
                    const char *before)
{
    struct sq_strbuf text = {0};
    add_piece(splice, override, (struct sq_override_place){step->at, step->length}, before);
    sq_json_write_quoted(&text, step->key, step->length);
    sq_strbuf_add_char(&text, ':');
    add_piece(splice, override, (struct sq_override_place){step->at, step->length},
              kept(reader, &text));
}

static void add_value(struct sq_reader *reader, struct sq_override_splice *splice,
                      const struct sq_override *override)
{
    const char *value = override->shown + override->value_at;
    size_t length = override->length - override->value_at;
    struct sq_strbuf text = {0};
    if (override->is_json) {
        add_piece(splice, override, (struct sq_override_place){override->value_at, length}, value);
        splice->pieces[splice->n_pieces - 1].fixed = false;
        return;
    }
    sq_json_write_quoted(&text, value, length);
    add_piece(splice, override, (struct sq_override_place){override->value_at, length},
              kept(reader, &text));
}

static bool complain_length(struct sq_reader *reader, const struct sq_override *override)
{
    size_t length = override->value_at - 1 - override->path_at;
    return sq_override_complain(reader, override,
                                (struct sq_override_place){override->path_at, length}, NULL,
                                "the path is longer than any that leads somewhere");
}

/* The rest of the path leads where nothing is: objects and lists are made on the way. */
static bool add_new(struct sq_reader *reader, struct sq_override_splice *splice,
                    const struct sq_override *override, size_t at, const char *after)
{
    struct sq_strbuf closing = {0};
    char closers[STEPS_MAX + 1];
    size_t n = 0;
    bool good = true;
    while (good && at < override->value_at - 1) {
        struct sq_override_step step;
        good = n < STEPS_MAX ? sq_override_step_read(reader, override, NULL, &at, &step)
                             : complain_length(reader, override);
        if (good && step.is_index && step.index > 0) {
            good = sq_override_complain(
                reader, override, (struct sq_override_place){step.at, step.length},
                "a new list begins with [0]", "there is no list with this element");
        }
        if (good && step.is_index) {
            add_piece(splice, override, (struct sq_override_place){step.at, step.length}, "[");
        } else if (good) {
            add_key(reader, splice, override, &step, "{");
        }
        closers[n++] = good && step.is_index ? ']' : '}';
    }
    if (good) {
        add_value(reader, splice, override);
    }
    while (n > 0) {
        sq_strbuf_add_char(&closing, closers[--n]);
    }
    sq_strbuf_add(&closing, after);
    add_piece(splice, override, (struct sq_override_place){override->value_at, 1},
              kept(reader, &closing));
    return good && !reader->no_memory;
}

/* ---- walking ---- */

/* One override on its way into a document. */
struct walk {
    struct sq_reader *reader;
    struct sq_document *document;
    const struct sq_override *override;
    struct sq_override_splice splice;
};

static bool last(const struct walk *walk, size_t at)
{
    return at == walk->override->value_at - 1;
}

static bool insert_member(struct walk *walk, const struct sq_json *node,
                          const struct sq_override_step *step, size_t at)
{
    walk->splice.at = sq_json_where(node).offset + 1;
    add_key(walk->reader, &walk->splice, walk->override, step, "");
    return add_new(walk->reader, &walk->splice, walk->override, at,
                   sq_json_first(node) == NULL ? "" : ",");
}

/* A new element at the end. */
static bool append_element(struct walk *walk, const struct sq_json *node,
                           const struct sq_override_step *step, size_t at)
{
    const struct sq_json *end = NULL;
    for (const struct sq_json *child = sq_json_first(node); child != NULL;
         child = sq_json_next(child)) {
        end = child;
    }
    walk->splice.at = sq_json_where(node).offset + 1;
    if (end != NULL) {
        size_t begin = sq_json_where(end).offset;
        walk->splice.at = begin + sq_document_value_bytes(walk->document, begin);
        add_piece(&walk->splice, walk->override, (struct sq_override_place){step->at, step->length},
                  ",");
    }
    return add_new(walk->reader, &walk->splice, walk->override, at, "");
}

static bool replace(struct walk *walk, const struct sq_json *child,
                    const struct sq_override_step *step)
{
    size_t value_at = sq_json_where(child).offset;
    walk->splice.at = step->is_index ? value_at : sq_json_key_where(child).offset;
    walk->splice.removed =
        value_at + sq_document_value_bytes(walk->document, value_at) - walk->splice.at;
    if (!step->is_index) {
        add_key(walk->reader, &walk->splice, walk->override, step, "");
    }
    add_value(walk->reader, &walk->splice, walk->override);
    return !walk->reader->no_memory;
}

static const struct sq_json *element(const struct sq_json *list, uint32_t index)
{
    const struct sq_json *child = sq_json_first(list);
    for (uint32_t i = 0; i < index && child != NULL; i++) {
        child = sq_json_next(child);
    }
    return child;
}

static bool complain_step(const struct walk *walk, const struct sq_json *node,
                          const struct sq_override_step *step)
{
    struct sq_reader *reader = walk->reader;
    struct sq_override_place place = {step->at, step->length};
    const char *path = sq_path_of(reader, node);
    if (sq_json_kind(node) == SQ_JSON_ARRAY && step->is_index) {
        return sq_override_complain(
            reader, walk->override, place,
            sq_phrase(reader, "[%zu] adds one at its end", sq_json_count(node)),
            sq_phrase(reader, "`%s` has %zu elements, from [0] on", path, sq_json_count(node)));
    }
    const char *what = sq_json_kind(node) == SQ_JSON_ARRAY    ? "a list: it takes [N]"
                       : sq_json_kind(node) == SQ_JSON_OBJECT ? "an object: it takes .key"
                                                              : "a plain value: nothing is in it";
    return sq_override_complain(reader, walk->override, place, NULL,
                                sq_phrase(reader, "`%s` is %s", path, what));
}

/* Finds the place of the path that begins at `at`, and fills the splice. */
static bool find_place(struct walk *walk, size_t at)
{
    const struct sq_json *node = sq_json_root(walk->document->json);
    for (size_t n = 0; n < STEPS_MAX; n++) {
        struct sq_override_step step;
        if (!sq_override_step_read(walk->reader, walk->override, node, &at, &step)) {
            return false;
        }
        enum sq_json_kind kind = sq_json_kind(node);
        if (kind != (step.is_index ? SQ_JSON_ARRAY : SQ_JSON_OBJECT) ||
            (step.is_index && step.index > sq_json_count(node))) {
            return complain_step(walk, node, &step);
        }
        const struct sq_json *child =
            step.is_index ? element(node, step.index) : sq_json_member(node, step.key);
        if (child == NULL) {
            return step.is_index ? append_element(walk, node, &step, at)
                                 : insert_member(walk, node, &step, at);
        }
        if (last(walk, at)) {
            return replace(walk, child, &step);
        }
        node = child;
    }
    return complain_length(walk->reader, walk->override);
}

static void apply(struct sq_reader *reader, struct sq_document *document,
                  const struct sq_override *override, size_t at)
{
    struct sq_document *before = reader->document;
    struct walk walk = {.reader = reader, .document = document, .override = override};
    reader->document = document; /* paths in messages are its */
    if (find_place(&walk, at)) {
        (void)sq_document_splice(reader, document, &walk.splice);
    }
    reader->document = before;
}

/* ---- the two kinds of documents ---- */

/* Whether the policy is a document of its own. */
static bool policy_waits(const struct sq_document *document, bool policy_elsewhere)
{
    const struct sq_json *policy = sq_json_member(sq_json_root(document->json), "policy");
    return policy_elsewhere || (policy != NULL && sq_json_kind(policy) == SQ_JSON_STRING);
}

void sq_overrides_apply(struct sq_reader *reader, struct sq_document *document,
                        bool policy_elsewhere)
{
    for (uint8_t i = 0; i < reader->n_overrides; i++) {
        const struct sq_override *override = &reader->overrides[i];
        size_t inside = behind_key(override, "policy");
        bool waits = inside != 0 && inside < override->value_at - 1 &&
                     policy_waits(document, policy_elsewhere);
        if (!waits) {
            apply(reader, document, override, override->path_at);
        }
    }
}

void sq_overrides_apply_policy(struct sq_reader *reader, struct sq_document *document)
{
    for (uint8_t i = 0; i < reader->n_overrides; i++) {
        const struct sq_override *override = &reader->overrides[i];
        size_t inside = behind_key(override, "policy");
        if (inside != 0 && inside < override->value_at - 1) {
            apply(reader, document, override, inside);
        }
    }
}
