/* SPDX-License-Identifier: MIT */
/*
 * The classifier: how an attempt ended, as one class. Mechanisms look at classes only (and at
 * statuses that a list of the policy names); what a status means is written here and nowhere else.
 */
#ifndef SQ_POLICIES_CLASSIFY_INT_H
#define SQ_POLICIES_CLASSIFY_INT_H

#include "policies/engine.h"
#include "policies/settings.h"
#include "policies/words.h"

/*
 * The class of a DONE event; SQ_CLASS_NONE is success. The transport's own failure comes first
 * (there is no whole answer to read), then the layer's `classify` rules, then the built-in table
 * over status and meaning, which for a 2xx is the class of the reading.
 */
enum sq_class sq_classify(const struct sq_layer_settings *layer, const struct sq_event *done);

#endif
