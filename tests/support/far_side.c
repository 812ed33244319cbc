/* SPDX-License-Identifier: MIT */
/* The one far side of a test program, in round numbers; its memory is the C library's. */
#include "tests/support/far_side.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/draw.h"
#include "mockprovider/body.h"

/* One test at a time runs in a process. */
static struct far_side world;

struct far_side *far_side(void)
{
    return &world;
}

static void init_model(uint8_t provider, const char *name, int64_t slowness)
{
    uint8_t index = world.script.n_models++;
    struct sq_model *model = &world.script.models[index];
    memcpy(model->name, name, strlen(name) + 1);
    memcpy(model->label, name, strlen(name) + 1);
    model->provider = provider;
    model->ttft.fixed = slowness * FAR_SIDE_TTFT;
    model->pace.fixed = slowness * FAR_SIDE_PACE;
    model->price = (struct sq_price){.input = 2500000, .cached_input = 1250000, .output = 10000000};
    world.script.providers[provider].models |= UINT64_C(1) << index;
}

static void init_provider(const char *name)
{
    struct sq_provider_spec *spec = &world.script.providers[world.script.n_providers++];
    memcpy(spec->name, name, strlen(name) + 1);
    spec->dialect = sq_dialect_row(SQ_DIALECT_OPENAI);
    spec->plain = SQ_ON_DISCONNECT_FINISH;
    spec->stream = SQ_ON_DISCONNECT_STOP;
}

void far_side_init(void)
{
    world = (struct far_side){0};
    world.script.epoch_s = 1767225600; /* 2026-01-01T00:00:00Z */
    world.script.rules = world.rules;
    init_provider("openai");
    init_provider("inhouse");
    init_model(0, "gpt-4o", 1);
    init_model(0, "mini", 1);
    init_model(1, "llama", 2);
    for (uint16_t i = 0; i < world.script.n_models; i++) {
        struct sq_body_sizes *sizes = &world.script.models[i].sizes;
        ck_assert_int_eq(sq_body_measure(&world.script, i, sizes), SQ_OK);
    }
}

void far_side_clear(void)
{
    free(world.memory);
    world.memory = NULL;
    sq_strbuf_clear(&world.text);
}

struct sq_rule *far_side_rule(enum sq_fault_kind kind, const char *name)
{
    struct sq_rule *rule = &world.rules[world.script.n_rules++];
    *rule = (struct sq_rule){
        .kind = kind,
        .models = UINT64_MAX,
        .match = {.stream = -1},
        .span = SQ_NEVER,
        .share_q32 = SQ_DRAW_ALWAYS,
        .effect = {.status = 503,
                   .factor_q32 = SQ_DRAW_ALWAYS,
                   .after_tokens = SQ_UNSET_U32,
                   .after_bytes = SQ_UNSET_U32,
                   .ending = SQ_ENDING_FIN,
                   .for_each = SQ_NEVER},
    };
    memcpy(rule->name, name, strlen(name) + 1);
    for (const char *at = name; *at != '\0'; at++) {
        rule->key = rule->key * 31U + (unsigned char)*at;
    }
    return rule;
}

void far_side_window(struct sq_rule *rule, sq_time at, sq_dur span, sq_dur every)
{
    rule->windowed = true;
    rule->at = at;
    rule->span = span;
    rule->every = every;
}

void far_side_start(uint64_t seed)
{
    size_t size = sq_provider_size(&world.script, &world.bounds);
    free(world.memory);
    world.memory = malloc(size);
    ck_assert_ptr_nonnull(world.memory);
    world.provider = sq_provider_init(world.memory, size, &world.script, &world.bounds, seed);
}

struct sq_plan_request far_side_request(uint64_t call)
{
    return (struct sq_plan_request){.call = call,
                                    .nth = 1,
                                    .attempt = 1,
                                    .stream = true,
                                    .input_tokens = 100,
                                    .output_tokens = 20};
}

enum sq_notice_kind far_side_arrive(struct sq_visit *visit, const struct sq_plan_request *request,
                                    sq_time now)
{
    struct sq_notice notice;
    *visit = (struct sq_visit){0};
    sq_provider_arrive(world.provider, visit, request, now);
    ck_assert(sq_provider_next(world.provider, now, &notice));
    ck_assert_ptr_eq(notice.visit, visit);
    return notice.kind;
}

bool far_side_refuses(const struct sq_plan_request *request, sq_time now)
{
    struct sq_visit visit;
    struct sq_bill bill;
    enum sq_notice_kind kind = far_side_arrive(&visit, request, now);
    sq_provider_leave(world.provider, &visit, now, &bill);
    return kind == SQ_NOTICE_REFUSED;
}

struct sq_plan far_side_plan(const struct sq_plan_request *request, sq_time now)
{
    struct sq_visit visit;
    struct sq_bill bill;
    far_side_start(1);
    far_side_arrive(&visit, request, now);
    struct sq_plan plan = visit.plan;
    sq_provider_leave(world.provider, &visit, now, &bill);
    return plan;
}
